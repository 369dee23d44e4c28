"""What the last run of each row came to, by backend: kept in a file for the table of docs/agents.md."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, TypeAlias

from attrs import Factory, define

Result: TypeAlias = Literal["passed", "failed"]
Results: TypeAlias = Mapping[str, Mapping[str, Result]]
"""By the backend's name and the row's."""


@define
class Recorder:
    """Collects during a run of pytest; a row that failed in one of its phases has failed."""

    found: dict[str, dict[str, Result]] = Factory(dict)

    def record(self, backend: str, row: str, *, passed: bool) -> None:
        results = self.found.setdefault(backend, {})
        results[row] = "passed" if passed and results.get(row) != "failed" else "failed"

    def write(self, path: Path) -> None:
        """Into the file, over what earlier runs said of the same rows."""
        if not self.found:
            return
        merged = {name: dict(results) for name, results in read(path).items()}
        for backend, results in self.found.items():
            merged.setdefault(backend, {}).update(results)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(merged, indent=2, sort_keys=True) + "\n")


def read(path: Path) -> Results:
    """Empty when there was no run yet."""
    if not path.exists():
        return {}
    results: Results = json.loads(path.read_text())
    return results

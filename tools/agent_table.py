"""Writes the table of docs/agents.md: which row of the contract each backend has, from the last `make test-agents`.

python -m tools.agent_table            writes it
python -m tools.agent_table --check    exits 1 when docs/agents.md says something else
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from tests.contract import results
from tests.contract.backends import BACKENDS, BackendUnderTest
from tests.contract.rows import Row
from tools.agents_install import FOLDER
from tools.node_packages import ROOT

RESULTS = FOLDER / "contract.json"
PAGE = ROOT / "docs" / "agents.md"
BEGIN, END = "<!-- contract: python -m tools.agent_table -->", "<!-- /contract -->"
YES, FAILS, NOT_RUN = "yes", "**fails**", "not run"
Cell: TypeAlias = Callable[[BackendUnderTest, Row], str]


def declared(backend: BackendUnderTest, row: Row) -> str:
    """What a cell says when all goes well."""
    return YES if row not in backend.cannot else f"no{_note(backend.cannot[row])}"


def measured(found: results.Results) -> Cell:
    def cell(backend: BackendUnderTest, row: Row) -> str:
        if row in backend.cannot:
            return declared(backend, row)
        result = found.get(backend.name, {}).get(row.name)
        return {"passed": YES, "failed": FAILS, None: NOT_RUN}[result]

    return cell


def rendered(cell: Cell) -> str:
    """The table and its notes, between the markers."""
    head = ["", *(backend.name for backend in BACKENDS)]
    body = [[row.value, *(cell(backend, row) for backend in BACKENDS)] for row in Row]
    lines = [f"| {' | '.join(line)} |" for line in (head, ["---"] * len(head), *body)]
    notes = [f"({number}) {reason}" for number, reason in enumerate(_reasons(), 1)]
    return "\n".join([BEGIN, "", *lines, "", "; ".join(notes) + ".", "", END])


def _reasons() -> list[str]:
    """Why something is not there, each reason once, in the order in which the table meets them."""
    met = (backend.cannot[row] for row in Row for backend in BACKENDS if row in backend.cannot)
    return list(dict.fromkeys(met))


def _note(reason: str) -> str:
    return f" ({_reasons().index(reason) + 1})"


def written(page: str) -> str:
    """The part of the page that is ours. Raises ValueError when a marker is missing."""
    return page[page.index(BEGIN) : page.index(END) + len(END)]


def main(arguments: list[str], path: Path = PAGE) -> int:
    page, table = path.read_text(), rendered(measured(results.read(RESULTS)))
    if "--check" in arguments:
        return int(written(page) != table)
    path.write_text(page.replace(written(page), table))
    missing = [word for word in (FAILS, NOT_RUN) if word in table]
    if missing:
        sys.stderr.write(f"the table holds {' and '.join(missing)}: see make test-agents\n")
    return int(bool(missing))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

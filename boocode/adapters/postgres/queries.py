"""Named queries: the `-- name: x` blocks of schema/queries/*.sql, read once."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

SCHEMA = Path(__file__).resolve().parents[3] / "schema"
"""Beside the package, both in a working copy and in an installed wheel."""

_NAME = re.compile(r"^-- name: *(\w+) *$", re.MULTILINE)


def parse_queries(text: str) -> Iterator[tuple[str, str]]:
    """Yields (name, SQL without leading comments). Raises ValueError for SQL before the first name."""
    head, *rest = _NAME.split(text)
    if head.strip():
        raise ValueError(f"SQL before the first `-- name:` line: {head.strip()[:60]!r}")
    for name, body in zip(rest[::2], rest[1::2], strict=True):
        sql = "\n".join(line for line in body.strip().splitlines() if not line.startswith("--"))
        yield name, sql.strip().rstrip(";")


@cache
def load_queries(directory: Path = SCHEMA / "queries") -> Mapping[str, str]:
    """All named queries. Raises ValueError when a name is used twice or the directory is missing."""
    queries: dict[str, str] = {}
    files = sorted(directory.glob("*.sql"))
    if not files:
        raise ValueError(f"No queries found in {directory}: is BooCode installed completely?")
    for file in files:
        for name, sql in parse_queries(file.read_text(encoding="utf-8")):
            if name in queries:
                raise ValueError(f"The query name {name} is used twice, again in {file.name}.")
            queries[name] = sql
    return queries

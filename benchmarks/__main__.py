"""`make bench`: every part beside its floor, then the whole path. Never fails a build; read the last column.

`python -m benchmarks path git` measures only those.
"""

import sys
from collections.abc import Awaitable, Callable

import trio

from benchmarks import (
    acp,
    agents,
    fanout,
    faults,
    git,
    native,
    patching,
    path,
    processes,
    store,
    supervision,
)
from benchmarks.table import Row, show

PARTS: dict[str, Callable[[], Awaitable[list[Row]]]] = {
    "acp": acp.rows,
    "native": native.rows,
    "store": store.rows,
    "git": git.rows,
    "patching": patching.rows,
    "processes": processes.rows,
    "fanout": fanout.rows,
    "supervision": supervision.rows,
    "path": path.rows,
    "agents": agents.rows,
    "faults": faults.rows,
}


def main() -> None:
    names = sys.argv[1:] or list(PARTS)
    if unknown := [name for name in names if name not in PARTS]:
        sys.exit(f"There is no part {', '.join(unknown)}. Parts are: {', '.join(PARTS)}.")
    for name in names:
        show(trio.run(PARTS[name]))
        sys.stdout.write("\n")


if __name__ == "__main__":
    main()

"""`make bench`: the whole path, beside its floors. Never fails a build; read the last column."""

import trio

from benchmarks import path
from benchmarks.table import show


def main() -> None:
    show(trio.run(path.rows))


if __name__ == "__main__":
    main()

"""What a former run of BooCode on this home left behind: its guard was killed with it, or the power went.

Each run keeps its own journal, HOME/run/processes.RUN; whoever holds the home's lock knows that all other runs are
dead, ends what they recorded and what carries one of their cookies, and removes their journals and scratch folders.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from boocode.adapters.processes.cookies import Instance, carried, home_key
from boocode.adapters.processes.home_lock import HomeLock
from boocode.adapters.processes.proctable import boot_id, command_line
from boocode.adapters.processes.records import Ledger, Record
from boocode.adapters.processes.remains import STOP_GRACE_S, Remains, end_remains
from boocode.adapters.processes.scratch import clear_scratch

RUN_FOLDER = "run"
JOURNAL_PREFIX = "processes."


@frozen
class Leftover:
    """A process of a former run that was found alive and ended."""

    pid: int
    command: str


def journal_path(home: str, instance: Instance) -> Path:
    """Where this run records its processes."""
    return Path(home, RUN_FOLDER, JOURNAL_PREFIX + instance.run)


def settle_leftovers(
    lock: HomeLock, current: Instance | None = None, grace_s: float = STOP_GRACE_S
) -> tuple[Leftover, ...]:
    """Ends every process of former runs on the locked home. Blocks up to some seconds when there are any.

    `current` is spared: pass the instance when its owner exists already. Never touches another home's processes,
    nor a process that merely got the pid of a recorded one.
    """
    journals = [
        path for path in _journals(lock.home) if current is None or path != journal_path(lock.home, current)
    ]
    records = [record for path in journals for record in _recorded(path)]
    ours, key = current.prefix if current is not None else None, home_key(lock.home)

    def carries(pid: int) -> bool:
        former = carried(pid, f"{key}-")
        return former is not None and (ours is None or carried(pid, ours) is None)

    remains = Remains(records, carries)
    described = tuple(Leftover(proc.pid, command_line(proc.pid)) for proc in remains.living())
    if described:
        end_remains(remains, grace_s)
    for path in journals:
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
    clear_scratch(Path(lock.home, RUN_FOLDER), current)
    return described


def _journals(home: str) -> Iterator[Path]:
    return Path(home, RUN_FOLDER).glob(JOURNAL_PREFIX + "*")


def _recorded(path: Path) -> tuple[Record, ...]:
    ledger = Ledger()
    with contextlib.suppress(OSError):
        ledger.read(path.read_bytes().splitlines())
    return ledger.living if ledger.boot == boot_id() else ()

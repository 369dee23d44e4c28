"""The lines that tell which processes live: to the guard over its pipe, to the next start in a file.

| line | meaning |
| --- | --- |
| `= boot-id home-key run` | the instance whose processes follow; first line |
| `+ pid start signal launch label…` | launched; `signal` asks it to end |
| `- pid start` | ended and reaped |

A line that was cut off by a crash is skipped. Standard library only: the guard process uses it too.
"""

from collections.abc import Iterable
from typing import NamedTuple

from boocode.adapters.processes.cookies import Instance
from boocode.adapters.processes.proctable import Ident


class Record(NamedTuple):
    """A process that has to be ended when BooCode is no more."""

    ident: Ident
    stop_signal: int
    launch: int
    label: str


class Journal(NamedTuple):
    """What the lines amount to."""

    boot: str
    instance: Instance | None
    living: tuple[Record, ...]


def header_line(boot: str, instance: Instance) -> bytes:
    return f"= {boot} {instance.home_key} {instance.run}\n".encode()


def added_line(record: Record) -> bytes:
    label = " ".join(record.label.split())[:200]
    pid, start = record.ident
    return f"+ {pid} {start} {record.stop_signal} {record.launch} {label}\n".encode()


def removed_line(ident: Ident) -> bytes:
    return f"- {ident.pid} {ident.start}\n".encode()


def replay(lines: Iterable[bytes]) -> Journal:
    """Reads the lines in order."""
    boot, instance = "", None
    living: dict[Ident, Record] = {}
    for line in lines:
        words = line.decode(errors="replace").split(maxsplit=5)
        try:
            match words:
                case ["=", boot_id, home_key, run]:
                    boot, instance = boot_id, Instance(home_key, run)
                case ["+", pid, start, number, launch, *label]:
                    ident = Ident(int(pid), int(start))
                    living[ident] = Record(ident, int(number), int(launch), "".join(label).strip())
                case ["-", pid, start]:
                    living.pop(Ident(int(pid), int(start)), None)
                case _:
                    continue
        except ValueError:
            continue
    return Journal(boot, instance, tuple(living.values()))

"""The lines that tell which processes live: to the guard over its pipe, to the next start in a file.

| line | meaning |
| --- | --- |
| `= boot-id home-key run` | the instance whose processes follow; first line |
| `+ pid start signal launch label…` | launched; `signal` asks it to end |
| `- pid start` | ended and reaped |
| `.` | to the guard: no longer needed, go without touching anything |

A line that was cut off by a crash is skipped. Standard library only: the guard process uses it too.
"""

from collections.abc import Iterable
from typing import NamedTuple

from boocode.adapters.processes.cookies import Instance
from boocode.adapters.processes.proctable import Ident

STAND_DOWN_LINE = b".\n"


class Record(NamedTuple):
    """A process that has to be ended when BooCode is no more."""

    ident: Ident
    stop_signal: int
    launch: int
    label: str


class Ledger:
    """What the lines read so far amount to; as large as what lives, however many lines there were."""

    def __init__(self) -> None:
        self.boot = ""
        self.instance: Instance | None = None
        self.stood_down = False
        self._living: dict[Ident, Record] = {}

    @property
    def living(self) -> tuple[Record, ...]:
        return tuple(self._living.values())

    def read(self, lines: Iterable[bytes]) -> None:
        for line in lines:
            try:
                self._read(line.decode(errors="replace").split(maxsplit=5))
            except ValueError:
                continue

    def _read(self, words: list[str]) -> None:
        match words:
            case ["=", boot, home_key, run]:
                self.boot, self.instance = boot, Instance(home_key, run)
            case ["+", pid, start, number, launch, *label]:
                ident = Ident(int(pid), int(start))
                self._living[ident] = Record(ident, int(number), int(launch), "".join(label).strip())
            case ["-", pid, start]:
                self._living.pop(Ident(int(pid), int(start)), None)
            case ["."]:
                self.stood_down = True
            case _:
                return


def header_line(boot: str, instance: Instance) -> bytes:
    return f"= {boot} {instance.home_key} {instance.run}\n".encode()


def added_line(record: Record) -> bytes:
    label = " ".join(record.label.split())[:200]
    pid, start = record.ident
    return f"+ {pid} {start} {record.stop_signal} {record.launch} {label}\n".encode()


def removed_line(ident: Ident) -> bytes:
    return f"- {ident.pid} {ident.start}\n".encode()

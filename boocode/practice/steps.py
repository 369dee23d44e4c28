"""What the practice agent can be asked to do, as values. `sentences` makes them, `actions` performs them.

Named tuples rather than attrs or dataclasses: either would add more to the start than all of this agent.
They are tuples all the same: compare types too, and never ask whether one is true (`Help()` is empty).
"""

from typing import NamedTuple, TypeAlias


class Create(NamedTuple):
    """Write a whole file; one that exists is rewritten."""

    path: str
    text: str


class Replace(NamedTuple):
    """Replace every place of `old` in a file by `new`."""

    path: str
    old: str
    new: str


class Append(NamedTuple):
    """Add lines at the end of a file, which is made if it is not there."""

    path: str
    text: str


class Delete(NamedTuple):
    path: str


class Rename(NamedTuple):
    path: str
    to: str


class Read(NamedTuple):
    path: str


class List(NamedTuple):
    path: str = "."


class Run(NamedTuple):
    """Run a shell command in the session's folder, after asking."""

    command: str


class Think(NamedTuple):
    """Stream reasoning; `delay` is seconds between two chunks, None the model's own pace."""

    about: str
    delay: float | None = None


class Plan(NamedTuple):
    """Show a plan and do nothing."""

    entries: tuple[str, ...]


class Echo(NamedTuple):
    text: str


class Count(NamedTuple):
    """Stream that many chunks, `1 2 3 …`."""

    chunks: int
    delay: float | None = None


class Stamp(NamedTuple):
    """Stream chunks that each carry the monotonic clock in nanoseconds at which they were written."""

    chunks: int
    delay: float | None = None


class Burst(NamedTuple):
    """Stream as fast as the pipe takes it; the first chunk is a stamp, the others are numbered from 2."""

    chunks: int


class Ask(NamedTuple):
    """Ask for a permission and say what was answered."""

    about: str


class Recall(NamedTuple):
    """Say how many user turns this conversation has, and the latest of them."""


class Help(NamedTuple):
    pass


class SwitchMode(NamedTuple):
    mode: str


class Wait(NamedTuple):
    """Say nothing for that many seconds."""

    seconds: float


class Fail(NamedTuple):
    """End the turn with a JSON-RPC error."""

    message: str


class Crash(NamedTuple):
    """End the process in the middle of the turn."""


class Hang(NamedTuple):
    """Never answer; until cancelled, or, when deaf, not even then."""

    deaf: bool = False


class Unknown(NamedTuple):
    text: str


Step: TypeAlias = (
    Create
    | Replace
    | Append
    | Delete
    | Rename
    | Read
    | List
    | Run
    | Think
    | Plan
    | Echo
    | Count
    | Stamp
    | Burst
    | Ask
    | Recall
    | Help
    | SwitchMode
    | Wait
    | Fail
    | Crash
    | Hang
    | Unknown
)

CHANGES = (Create, Replace, Append, Delete, Rename, Run)
"""The steps that may change something: refused in plan mode."""


def describe(step: Step) -> str:
    """The step in a few words, for a plan entry or a tool's title."""
    match step:
        case Create(path):
            return f"Create {path}"
        case Replace(path):
            return f"Edit {path}"
        case Append(path):
            return f"Append to {path}"
        case Delete(path):
            return f"Delete {path}"
        case Rename(path, to):
            return f"Rename {path} to {to}"
        case Read(path):
            return f"Read {path}"
        case List("."):
            return "List the files"
        case List(path):
            return f"List {path}"
        case Run(command):
            return f"Run {command}"
        case Think(about):
            return f"Think about {about}"
        case Count(count) | Stamp(count) | Burst(count):
            return f"Stream {count} chunks"
        case Ask(about):
            return f"Ask about {about}"
        case SwitchMode(mode):
            return f"Switch to {mode} mode"
        case Wait(seconds):
            return f"Wait {seconds:g} s"
        case Unknown(text) | Echo(text):
            return f"Say {text}"
        case _:
            return type(step).__name__

"""A seed becomes a program: who does what, in which order, and where BooCode dies."""

import random
from collections.abc import Sequence

from tests.programs.operations import Operation, Program, read_program

LENGTH = (8, 22)
CRASHES = 0.3
"""Of BooCode's operations, so many are asked to die on the way."""

_WEIGHTS = {
    "user_edit": 12,
    "user_stage": 2,
    "user_commit": 3,
    "user_stash": 1,
    "user_switch": 1,
    "user_gc": 1,
    "user_merge": 1,
    "agent_edit": 22,
    "agent_commit": 3,
    "agent_stage": 2,
    "agent_ignore": 2,
    "agent_nest": 1,
    "agent_switch": 1,
    "agent_twice": 1,
    "capture": 10,
    "checkpoint": 10,
    "restore": 9,
    "way_back": 3,
    "apply": 10,
    "apply_hunks": 5,
    "reject": 4,
    "rewind": 7,
    "stash": 2,
    "reap": 1,
}
_THROUGH = (
    "agent_twice(1) capture(7) apply_hunks(7)! "
    "agent_edit(1) agent_edit(2) capture(1)! checkpoint(1)! user_edit(1) agent_edit(3) agent_edit(4) capture(2) "
    "apply(2)! user_edit(2) rewind(1)! agent_edit(5) agent_edit(6) capture(3) apply_hunks(1)! reject(1)! "
    "agent_edit(7) agent_edit(8) restore(1)! way_back(1)! agent_edit(9) stash(1)! delete(1)! reap(1)! reap(2)! reap(3)!"
)
_LAST_WORKS = ((), ("stash",), ("agent_commit", "user_merge"))
"""With the latter two a worktree is often clean, and goes."""
_HARMLESS = ("user_edit", "user_stage", "user_commit", "user_stash", "user_switch")


def program_of(seed: int, points: Sequence[str]) -> Program:
    """The program of this seed. `points`: the crash points that there are."""
    choose = random.Random(seed)
    names = choose.choices(tuple(_WEIGHTS), tuple(_WEIGHTS.values()), k=choose.randint(*LENGTH))
    if choose.random() < 0.25:
        names += choose.choice(_LAST_WORKS)
        names += ["delete", "reap", choose.choice(_HARMLESS), "reap", "reap"]
    names = ["agent_edit", *(name for each in names for name in _with_its_eve(each, choose))]
    return tuple(Operation(name, choose.randrange(100_000), _crash(name, choose, points)) for name in names)


def program_through(point: str) -> Program:
    """Comes by every crash point there is, and dies wherever it meets this one."""
    return read_program(_THROUGH.replace("!", f"!{point}"))


def _with_its_eve(name: str, choose: random.Random) -> list[str]:
    """Often what makes an operation worth while comes before it: an apply without changes is no test."""
    eve: list[str] = []
    if name in ("apply", "apply_hunks", "reject") and choose.random() < 0.7:
        eve = ["agent_twice" if name == "apply_hunks" else "agent_edit", "capture"]
    elif name == "rewind" and choose.random() < 0.6:
        eve = [
            "agent_edit",
            "capture",
            "apply",
            *choose.choices(("user_edit", "agent_edit"), k=choose.randint(0, 1)),
        ]
    elif name == "restore" and choose.random() < 0.6:
        eve = choose.choice((["checkpoint", "agent_edit"], ["agent_edit", "checkpoint", "agent_ignore"]))
    elif name == "stash" and choose.random() < 0.6:
        eve = ["agent_edit", "agent_stage", "agent_edit"]
    return [*eve, name]


def _crash(name: str, choose: random.Random, points: Sequence[str]) -> str | None:
    if name.startswith(("user_", "agent_")) or choose.random() > CRASHES:
        return None
    kind = choose.random()
    if kind < 0.55:
        return f"*:{min(int(choose.expovariate(0.25)) + 1, 40)}"
    if kind < 0.75 and points:
        return choose.choice(points)
    # At any moment at all: most of an operation's time is in children of git.
    return f"@{choose.randint(0, 90)}"

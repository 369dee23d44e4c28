"""Which turns were being run by what ended, or by what went down with it: read from the journal, told by the store.

An agent session and a turn actor say for themselves which turn they are at, and the journal keeps that with their end.
Who went down with whom is what the supervisors decided: a restart in a group, and up the tree when one gave up.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Final

from boocode.contracts.crashes import LostTurn
from boocode.kernel import Entry, Journal
from boocode.ports.store import Store, StoreUnavailable

TOGETHER_S: Final = 30.0
"""What ended later than that after an exit did not go down with it."""
MAX_TURNS: Final = 20
_TASK: Final = re.compile(r"\btask_[0-9a-f]+\b")
_EXITS: Final = frozenset({"exited", "start_failed"})


class Endings:
    """The ends that the journal knows, made once for all reports of an answer."""

    def __init__(self, journal: Journal) -> None:
        self.exits: Final = tuple(entry for entry in journal.entries() if entry.kind in _EXITS)
        self._at_work: Final = tuple(entry for entry in self.exits if task_of(entry) is not None)

    def of(self, path: str) -> Iterator[Entry]:
        """Of one actor, newest first."""
        return (entry for entry in reversed(self.exits) if entry.path == path)

    def tasks_lost_with(self, exit: Entry) -> tuple[str, ...]:
        """Ids of the tasks whose turns were being run, in the order of their ends."""
        if exit.exit_kind == "normal":
            return ()
        places = tuple(self._places(exit))
        found = dict.fromkeys(
            task
            for entry in self._at_work
            if entry is exit or (_is_in(entry.path, places) and _is_near(entry, exit))
            if (task := task_of(entry)) is not None
        )
        return tuple(found)[:MAX_TURNS]

    def _places(self, exit: Entry) -> Iterator[str]:
        """What ended because of this exit: below it, beside it, and beside its supervisor when that gave up."""
        yield f"{exit.path}/"
        decision = exit.decision
        if decision is None:
            return
        for id_ in decision.also_stopped:
            yield f"{decision.supervisor}/{id_}"
        if decision.verdict in ("escalated", "supervisor_ends"):
            above = next(
                (e for e in self.exits if e.path == decision.supervisor and e.number > exit.number), None
            )
            if above is not None:
                yield from self._places(above)


def task_of(exit: Entry) -> str | None:
    """The task whose turn the ended one was at; a turn actor that ended by itself was through with it."""
    if exit.exit_kind == "normal":
        return None
    found = _TASK.search(exit.doing or "") or _TASK.search(exit.path)
    return None if found is None else found[0]


def _is_in(path: str, places: Iterable[str]) -> bool:
    return any(
        path == place or path.startswith(place if place.endswith("/") else f"{place}/") for place in places
    )


def _is_near(entry: Entry, exit: Entry) -> bool:
    return abs(entry.at - exit.at) <= TOGETHER_S


async def told(store: Store, task_ids: Iterable[str]) -> tuple[LostTurn, ...]:
    """What became of them; only their ids while the database is away."""
    turns = []
    for task_id in task_ids:
        task = None
        with suppress(StoreUnavailable):
            task = await store.get_task(task_id)
        if task is None:
            turns.append(LostTurn(task_id, is_lost=True))
        else:
            is_lost = (
                task.state == "failed"
            )  # one that a person cancelled is not lost, whoever had to be killed for it
            turns.append(LostTurn(task_id, is_lost, task.chat_id, task.agent, task.state, task.error))
    return tuple(turns)

"""Calls and results that lost each other are left out before a conversation is sent: endpoints refuse them.

A call is kept when a ToolSaid with its id stands in the run of results right behind its AssistantSaid; a result is
kept when it is the first for such a call. Orphans come from a BooCode that died between a call and its result, from
window fitting, and from models that write one id twice.
"""

from collections.abc import Iterable, Iterator, Sequence

import attrs

from boocode.domain.native.conversation import AssistantSaid, CallAsked, Entry, ToolSaid


def without_orphans(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The same entries in the same order; an answer of which nothing is left is left out itself."""
    return tuple(_kept(entries))


def _kept(entries: Sequence[Entry]) -> Iterator[Entry]:
    at = 0
    while at < len(entries):
        entry = entries[at]
        at += 1
        if isinstance(entry, ToolSaid):
            continue  # the results of an answer are taken with it, below
        if not isinstance(entry, AssistantSaid):
            yield entry
            continue
        results: list[ToolSaid] = []
        while at < len(entries) and isinstance(result := entries[at], ToolSaid):
            results.append(result)
            at += 1
        yield from _paired(entry, results)


def _paired(said: AssistantSaid, results: Sequence[ToolSaid]) -> Iterator[Entry]:
    answered = {result.call_id for result in results}
    calls = tuple(_once(call for call in said.calls if call.id in answered))
    if said.text.strip() or calls:
        yield attrs.evolve(said, calls=calls)
    asked = {call.id for call in calls}
    for result in results:
        if result.call_id in asked:
            asked.remove(result.call_id)
            yield result


def _once(calls: Iterable[CallAsked]) -> Iterator[CallAsked]:
    seen: set[str] = set()
    for call in calls:
        if call.id not in seen:
            seen.add(call.id)
            yield call

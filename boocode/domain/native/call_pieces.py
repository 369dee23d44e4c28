"""Native tool calls put together from their pieces, as endpoints really send them.

Some send no index but 0 for all calls, some repeat the name in every piece, some send no id or the same id twice;
an id or a name that is new at a known index begins another call.
"""

from collections.abc import Callable, Collection

from attrs import define

from boocode.domain.native.arguments import readable_arguments
from boocode.domain.native.conversation import CallAsked
from boocode.domain.native.tool_names import meant


@define
class _Call:
    index: int
    id: str
    name: str
    arguments: list[str]


class CallPieces:
    """The calls of one answer, in the order in which they began."""

    def __init__(self, offered: Collection[str], new_id: Callable[[], str]) -> None:
        self._offered = offered
        self._new_id = new_id
        self._calls: list[_Call] = []

    def add(self, index: int, call_id: str | None, name: str | None, arguments: str) -> None:
        call = self._open(index, call_id or "", name or "")
        call.arguments.append(arguments)

    def whole(self, *, cut_short: bool = False) -> tuple[CallAsked, ...]:
        """All of them, each with an id of its own; arguments that could be repaired are JSON again."""
        taken: set[str] = set()
        calls: list[CallAsked] = []
        for call in self._calls:
            if not call.name:
                continue  # nothing that anybody could make or answer
            call_id = call.id if call.id and call.id not in taken else self._new_id()
            taken.add(call_id)
            name = meant(call.name, self._offered) or call.name
            calls.append(
                CallAsked(call_id, name, readable_arguments("".join(call.arguments), cut_short=cut_short))
            )
        return tuple(calls)

    def _open(self, index: int, call_id: str, name: str) -> _Call:
        known = next((call for call in reversed(self._calls) if call.index == index), None)
        if known is None or _is_another(known, call_id, name):
            known = _Call(index, call_id, name, [])
            self._calls.append(known)
        known.id = known.id or call_id
        known.name = known.name or name
        return known


def _is_another(known: _Call, call_id: str, name: str) -> bool:
    if known.id and call_id:
        return known.id != call_id
    if name and known.name and known.name != name:
        return True
    return bool(call_id and not known.id and any(piece.strip() for piece in known.arguments))

"""Tells the `supervision` topic what happens in the tree: starts, exits, restarts, escalations, evictions."""

from collections.abc import Callable
from typing import Any, Final

from actors.tree_view import wall_clock, wire_node_at
from boocode.contracts.frames import SUPERVISION_TOPIC, SupervisionEvent
from boocode.kernel import Actor, Event, Exit, describe
from boocode.ports.log import PublishHint
from boocode.ports.names import HUB

LEFT_OUT: Final = frozenset({"message"})


class SupervisionFeed(Actor):
    """Takes the kernel's events, which it casts to itself: what publishes them may wait its turn, the supervisor
    in which they happen may not."""

    remember = 0

    async def init(self) -> None:
        me = self.ctx.ref

        def note(event: Event) -> None:
            if event.kind not in LEFT_OUT:
                me.cast(event)

        self._detach: Callable[[], None] = self.ctx.system.telemetry.attach(note)

    async def terminate(self, exit: Exit) -> None:  # noqa: ARG002
        self._detach()

    async def handle(self, message: Any) -> None:
        match message:
            case Event(kind=kind) if kind != "message":
                body = SupervisionEvent(
                    path=message.path,
                    event=kind,
                    reason=_reason(message),
                    incarnation=message.incarnation,
                    node=wire_node_at(self.ctx.system, message.path),
                )
                hint = PublishHint(SUPERVISION_TOPIC, body, wall_clock(message.at))
                self.ctx.whereis(HUB).cast(hint)


def _reason(event: Event) -> str | None:
    if event.exit is not None:
        return describe(event.exit)
    if "due_in" in event.extra:
        return f"restarts in {float(str(event.extra['due_in'])):.2f} s"
    reason = event.extra.get("reason")
    return None if reason is None else str(reason)

"""Tells the `supervision` topic what happens in the tree, and, while anybody follows it, what looks different.

    what happens  | told
    --------------+-----------------------------------------------------------------------------------------
    an event      | always, from the kernel's journal, which has it whether this actor runs or not
    a change      | in a sample: every second, and shortly after an event; only while the topic is followed

A sample says after which number it tells all changes (`since`). The first one when the watching begins tells nothing
but its own number: whoever has an older tree looks at the tree again. So nothing is missed by whoever comes, by whoever
comes back, and when this actor itself was gone.
"""

import time
from contextlib import suppress
from typing import Any, Final

import trio
from attrs import evolve, frozen

from actors.event_view import event_frame
from actors.tree_view import iso, wire_nodes
from boocode.contracts.codec import encode_body, wire_frame
from boocode.contracts.frames import SUPERVISION_TOPIC, SupervisionSample, WireFrame
from boocode.contracts.supervision import WarmPool
from boocode.kernel import Actor, Event, Exit, KernelError, MailboxFull, Node, Sampler, TimerId
from boocode.ports.agents import ReadPool
from boocode.ports.broadcast import ReadHints, TopicFollowed, WatchTopic
from boocode.ports.log import Relay
from boocode.ports.names import HUB, LOOP_PROBE, SESSION_POOL
from boocode.ports.supervision import ReadLag

PERIOD_S: Final = 1.0
SOON_S: Final = 0.15
"""From an event to the sample that shows what came of it; all events meanwhile share it."""
ASK_S: Final = 0.5
MANY: Final = 64
"""Events at once that are told without a look at each actor."""
LAG_STEP_MS: Final = 5.0
"""Smaller changes of the loop's lag are not worth a sample."""


@frozen
class _News:
    """There is more in the journal."""


@frozen
class _Look:
    """Time for a sample. `asks`: first of others what only they know."""

    asks: bool


class SupervisionFeed(Actor):
    remember = 0

    async def init(self) -> None:
        self._told = await self._last_told()
        self._has_news = False
        self._sampler: Sampler | None = None
        self._since = 0
        self._period: TimerId | None = None
        self._is_asking = False
        self._is_soon = False
        self._loop_lag_ms = 0.0
        self._pool: WarmPool | None = None
        self._shown = self._vitals()
        self._detach = self.ctx.system.telemetry.attach(self._note)
        self._watch()
        self._note(None)

    async def terminate(self, exit: Exit) -> None:  # noqa: ARG002
        self._detach()

    async def handle(self, message: Any) -> None:
        match message:
            case _News():
                # For the supervisor, which says a moment later what it decided.
                await trio.lowlevel.checkpoint()
                self._has_news = False
                self._tell_events()
            case TopicFollowed(is_followed=is_followed):
                self._followed(is_followed)
            case _Look(asks=asks):
                self._look(asks=asks)
            case _:
                pass

    def inspect(self) -> dict[str, object]:
        return {"told": self._told, "samples": self._sampler is not None}

    # Events

    def _note(self, event: Event | None) -> None:
        """Runs where the event happens: what publishes it may wait its turn, the supervisor there may not."""
        if not self._has_news and (event is None or event.kind != "message"):
            self._has_news = True
            self.ctx.ref.cast(_News())

    async def _last_told(self) -> int:
        """By an earlier incarnation; without a hub nobody was told anything that it still knows."""
        try:
            hints = await self.ctx.whereis(HUB).call(ReadHints(SUPERVISION_TOPIC, after=0, limit=0), ASK_S)
        except KernelError:
            return self.ctx.system.journal.last
        return hints.last_seq

    def _tell_events(self) -> None:
        entries = self.ctx.system.journal.after(self._told)
        if not entries:
            return
        self._told = entries[-1].number
        with_node = len(entries) <= MANY
        frames = tuple(event_frame(self.ctx.system, entry, with_node=with_node) for entry in entries)
        self._relay(frames, is_kept=True)
        hub = self.ctx.whereis(HUB).path
        if any(entry.kind == "restarted" and entry.path == hub for entry in entries):
            self._watch()
        if self._sampler is not None and not self._is_soon:
            self._is_soon = True
            self.ctx.send_after(SOON_S, _Look(asks=False))

    def _relay(self, frames: tuple[WireFrame, ...], *, is_kept: bool) -> None:
        with suppress(MailboxFull):  # then a number is missing, and the followers are told to look again
            self.ctx.whereis(HUB).cast(Relay(SUPERVISION_TOPIC, frames, is_kept))

    # Samples

    def _watch(self) -> None:
        with suppress(MailboxFull):
            self.ctx.whereis(HUB).cast(WatchTopic(SUPERVISION_TOPIC, self.ctx.ref))

    def _followed(self, is_followed: bool) -> None:
        if self._period is not None:
            self.ctx.cancel_timer(self._period)
            self._period = None
        self._sampler = self.ctx.system.sampler() if is_followed else None
        if is_followed:
            self._period = self.ctx.send_every(PERIOD_S, _Look(asks=True))
            self._shown = self._vitals()
            self._publish((), (), opens=True)

    def _look(self, *, asks: bool) -> None:
        """Beside this actor: while it handles a message, it would see itself at work each time."""
        if not asks:
            self._is_soon = False
            self.ctx.start_task(self._take_sample, name="take a sample")
        elif self._sampler is not None and not self._is_asking:
            self._is_asking = True
            self.ctx.start_task(self._ask, name="ask, and take a sample")

    async def _take_sample(self) -> None:
        await trio.lowlevel.checkpoint()
        self._sample()

    async def _ask(self) -> None:
        with suppress(KernelError):
            self._loop_lag_ms = await self.ctx.whereis(LOOP_PROBE).call(ReadLag(), ASK_S)
        with suppress(KernelError):
            self._pool = await self.ctx.whereis(SESSION_POOL).call(ReadPool(), ASK_S)
        self._is_asking = False
        self._sample()

    def _sample(self) -> None:
        if self._sampler is None:
            return
        nodes, gone = self._sampler.changes()
        vitals = self._vitals()
        if nodes or gone or vitals != self._shown:
            self._publish(nodes, gone, pool_changed=vitals[0] != self._shown[0])
            self._shown = vitals

    def _vitals(self) -> tuple[object, ...]:
        """What else is shown, without what merely grows older."""
        pool = self._pool
        if pool is not None:
            pool = evolve(pool, agents=tuple(evolve(agent, idle_s=0.0) for agent in pool.agents))
        return pool, self._loop_lag_ms // LAG_STEP_MS, self.ctx.system.dead_letters.total

    def _publish(
        self,
        nodes: tuple[Node, ...],
        gone: tuple[str, ...],
        *,
        opens: bool = False,
        pool_changed: bool = False,
    ) -> None:
        self._tell_events()  # their numbers are smaller
        seq = self._told = self.ctx.system.journal.take_number()
        body = SupervisionSample(
            since=seq if opens else self._since,
            nodes=wire_nodes(nodes),
            gone=gone,
            loop_lag_ms=self._loop_lag_ms,
            dead_letters=self.ctx.system.dead_letters.total,
            pool=self._pool if pool_changed else None,
        )
        self._since = seq
        frame = wire_frame(SUPERVISION_TOPIC, seq, body.type, iso(time.time()), encode_body(body))
        self._relay((frame,), is_kept=False)

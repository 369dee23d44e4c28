"""Scripted children: ready, crashing, hanging in init, in a message, at stop or in cleanup, all on order.

A *step* is an async function of the actor. Steps script `init` and `terminate`; `Do(step)` runs one inside
`handle`. Every child tells its probe `init`, `ready`, `handled`, `terminate` (detail: the exit), `ended`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any

import trio
from attrs import field, frozen

from boocode.kernel import (
    Actor,
    Backoff,
    ChildSpec,
    Context,
    DynamicSpec,
    Exit,
    Job,
    Normal,
    Request,
    SupervisorSpec,
)

from .probe import Probe

STEADY = Backoff(minimum=0.25, maximum=0.25, jitter=0.0)
"""A delay that never changes, of a length that floats hold exactly: instants can be compared with `==`."""


class Boom(Exception):
    """The crash that tests order; nothing else raises it."""


Step = Callable[["Scripted"], Awaitable[Any]]


async def nothing(actor: Scripted) -> None:
    """Go on at once, without even a checkpoint."""


async def hangs(actor: Scripted) -> None:
    """Never finish by itself; a cancellation gets through."""
    await trio.sleep_forever()


async def hangs_under_a_shield(actor: Scripted) -> None:
    """Never finish, and ask the kernel for more protection than the child's stop time allows."""
    async with actor.ctx.shielded(1_000_000):
        await trio.sleep_forever()


def takes(seconds: float) -> Step:
    """Finish after that long."""

    async def step(actor: Scripted) -> None:
        await trio.sleep(seconds)

    return step


def crashes(cause: BaseException | type[BaseException] = Boom) -> Step:
    """Raise at once."""

    async def step(actor: Scripted) -> None:
        raise cause

    return step


def in_turn(*steps: Step) -> Step:
    """The first incarnation takes the first step, the next the second; the last is for all that follow."""
    rest = iter(steps[:-1])

    async def step(actor: Scripted) -> Any:
        return await next(rest, steps[-1])(actor)

    return step


@frozen
class Crash:
    """Message: raise from `handle`."""

    cause: BaseException = field(factory=Boom)


@frozen
class End:
    """Message: end by itself, after this message, with that exit."""

    exit: Exit = field(factory=Normal)


@frozen
class Do(Request[Any]):
    """Message or request: run the step inside `handle`; its value is the reply."""

    step: Step


@frozen
class Echo(Request[Any]):
    """Request: give the value back."""

    value: Any


@frozen
class WhoAreYou(Request[int]):
    """Request: the incarnation number."""


class Scripted(Actor):
    """An actor that does what its script says and tells its probe about it."""

    def __init__(self, probe: Probe, who: str, init: Step = nothing, stop: Step = nothing) -> None:
        self.probe = probe
        self.who = who
        self.script_init = init
        self.script_stop = stop

    def note(self, what: str, detail: object = None) -> None:
        self.probe.note(what, self.who, self.ctx.incarnation, detail)

    async def init(self) -> None:
        self.note("init")
        try:
            await self.script_init(self)
        except trio.Cancelled:
            self.note("init cancelled")
            raise
        self.note("ready")

    async def handle(self, message: Any) -> Any:
        match message:
            case Crash(cause):
                self.note("crash", cause)
                raise cause
            case End(exit):
                self.ctx.stop(exit)
            case Do(step):
                return await step(self)
            case Echo(value):
                self.note("handled", value)
                return value
            case WhoAreYou():
                return self.ctx.incarnation
            case _:
                self.note("handled", message)
        return None

    async def terminate(self, how: Exit) -> None:
        self.note("terminate", how)
        try:
            await self.script_stop(self)
        except trio.Cancelled:
            self.note("terminate cancelled")
            raise
        self.note("ended")


class ScriptedJob(Job):
    """A plain task child: `started()` at once, then the body; notes `init`, `ready`, `ended`."""

    def __init__(
        self, probe: Probe, who: str, body: Callable[[Context], Awaitable[None]] | None = None
    ) -> None:
        self.probe = probe
        self.who = who
        self.body = body

    async def run(self, ctx: Context, task_status: trio.TaskStatus[None]) -> None:
        self.probe.note("init", self.who, ctx.incarnation)
        task_status.started()
        self.probe.note("ready", self.who, ctx.incarnation)
        try:
            await (self.body(ctx) if self.body else ctx.stop_requested.wait())
        finally:
            self.probe.note("ended", self.who, ctx.incarnation)


def child(probe: Probe, who: str, *, init: Step = nothing, stop: Step = nothing, **spec: Any) -> ChildSpec:
    """A worker's spec; keywords beside `init` and `stop` go into `ChildSpec`."""
    return ChildSpec(id=who, start=partial(Scripted, probe, who, init, stop), **spec)


def job(
    probe: Probe, who: str, body: Callable[[Context], Awaitable[None]] | None = None, **spec: Any
) -> ChildSpec:
    """The spec of a plain task child."""
    return ChildSpec(id=who, start=partial(ScriptedJob, probe, who, body), **spec)


def supervising(children: Iterable[ChildSpec], **options: Any) -> SupervisorSpec:
    """A supervisor's spec whose restarts come after a steady quarter of a second, unless said otherwise."""
    return SupervisorSpec(children=tuple(children), **{"backoff": STEADY, **options})


def supervisor(
    who: str, *children: ChildSpec, spec: dict[str, Any] | None = None, **options: Any
) -> ChildSpec:
    """A sub-supervisor as a child; `spec` goes into its `ChildSpec`, other keywords into its own."""
    return ChildSpec(id=who, start=supervising(children, **options), **(spec or {}))


def dynamic(who: str, spec: dict[str, Any] | None = None, **options: Any) -> ChildSpec:
    """A dynamic supervisor as a child."""
    return ChildSpec(id=who, start=DynamicSpec(**{"backoff": STEADY, **options}), **(spec or {}))

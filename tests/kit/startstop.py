"""Start/stop stress for any child spec: ended in every way, at random instants, it leaves nothing.

Used on the kernel's own children and later on every child spec of the real tree:

    await start_stop_stress(lambda: event_writer_spec(...), rounds=12, seed=7, beside=(store_spec,))
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from functools import partial

import trio
from attrs import field, frozen

from boocode.kernel import ChildSpec, SupervisorSpec, open_tree
from boocode.kernel.system import System

from .leaks import Footprint, open_files

Ending = Callable[[System, str, float], Awaitable[None]]


async def leave(system: System, who: str, span: float) -> None:
    """The owner leaves the block: an ordered stop."""
    await trio.sleep(span)


async def terminate(system: System, who: str, span: float) -> None:
    """Stopped and started again through the supervisor."""
    await trio.sleep(span)
    await system.root.terminate_child(who)
    await system.root.restart_child(who)


async def kill(system: System, who: str, span: float) -> None:
    """Killed from outside; whether it comes back or not, the stop that follows must be clean."""
    await trio.sleep(span)
    ref = system.find(f"{system.root.path}/{who}")
    if ref is not None:
        ref.kill("stress")


async def restart(system: System, who: str, span: float) -> None:
    """The operator's restart."""
    await trio.sleep(span)
    await system.restart(f"{system.root.path}/{who}")


async def drain(system: System, who: str, span: float) -> None:
    """Asked to finish its queue while the owner leaves."""
    await trio.sleep(span)
    ref = system.find(f"{system.root.path}/{who}")
    if ref is not None:
        ref.drain("stress")


ENDINGS: dict[str, Ending] = {
    "leave": leave,
    "terminate": terminate,
    "kill": kill,
    "restart": restart,
    "drain": drain,
}


@frozen
class Round:
    """One round, for the failure message: the ending, the pause before it, and if the start was cut short."""

    ending: str
    span: float
    cancelled_after: float | None


@frozen
class StressReport:
    seed: int
    rounds: list[Round] = field(factory=list)


def _plan(random_: random.Random, span: float, endings: tuple[str, ...]) -> Round:
    cut = random_.uniform(0, span) if random_.random() < 0.3 else None
    return Round(random_.choice(endings), random_.choice((0.0, random_.uniform(0, span))), cut)


async def _force(system: System, within: float) -> None:
    """A tree that will not stop is stopped by force: no deadline reaches behind the kernel's shields."""
    await trio.sleep(within)
    system.force_stop("the stress has waited long enough")
    raise trio.TooSlowError(f"not stopped within {within:g} s")


async def _play(
    make: Callable[[], ChildSpec], plan: Round, beside: tuple[ChildSpec, ...], within: float
) -> None:
    spec = make()
    cut = trio.move_on_after(plan.cancelled_after) if plan.cancelled_after is not None else trio.CancelScope()
    async with trio.open_nursery() as nursery:
        with cut:
            async with open_tree(SupervisorSpec(children=(*beside, spec))) as system:
                nursery.start_soon(_force, system, within)
                await ENDINGS[plan.ending](system, spec.id, plan.span)
        nursery.cancel_scope.cancel()


async def start_stop_stress(
    make: Callable[[], ChildSpec],
    *,
    rounds: int = 12,
    seed: int = 0,
    span: float = 0.05,
    within: float = 30.0,
    beside: tuple[ChildSpec, ...] = (),
    endings: tuple[str, ...] = tuple(ENDINGS),
) -> StressReport:
    """Play `rounds` lives of the child that `make` describes.

    `span`: longest pause before the ending, seconds. `within`: deadline of one round, seconds. `beside`:
    siblings that it needs, started before it. Raises AssertionError naming round and seed when a round hangs,
    fails or leaves a task, process or file behind.
    """
    random_ = random.Random(seed)
    report = StressReport(seed)
    files_after_first = 0
    for number in range(rounds):
        plan = _plan(random_, span, endings)
        report.rounds.append(plan)
        before = Footprint.now()
        try:
            with trio.fail_after(2 * within):
                await _play(make, plan, beside, within)
            before.check()
        except Exception as error:
            raise AssertionError(f"round {number} of seed {seed} failed: {plan}: {error!r}") from error
        if number == 0:
            files_after_first = open_files()
    assert open_files() <= files_after_first + 2, (
        f"files grew from {files_after_first} to {open_files()}: seed {seed}"
    )
    return report


def stress(make: Callable[[], ChildSpec], **options: object) -> Callable[[], Awaitable[StressReport]]:
    """The same as a function without arguments, for tables of specs."""
    return partial(start_stop_stress, make, **options)  # type: ignore[arg-type]

"""Where trio shows through: interrupts, context variables, memory over many restarts, errors during cancellation."""

from __future__ import annotations

import contextvars
import gc
import signal
import sys

import pytest
import trio

from boocode.kernel import Actor, Backoff, Budget, ChildSpec, Crashed, Restart, Shutdown, open_tree
from tests.kit.children import Boom, Crash, Do, Scripted, child, crashes, dynamic, supervising, supervisor
from tests.kit.trees import leaves, raising
from tests.kit.virtual_time import settle

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="none")


@pytest.mark.case(73)
@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("where", ["init", "handle", "terminate", "helper"])
async def test_interrupts_are_never_swallowed_as_crashes(tree, probe, autojump_clock, interrupt, where):
    async def helper() -> None:
        raise interrupt

    async def start_helper(actor: Scripted) -> None:
        actor.ctx.start_task(helper)

    scripts = {
        "init": {"init": crashes(interrupt)},
        "handle": {},
        "terminate": {"stop": crashes(interrupt)},
        "helper": {"init": start_helper},
    }
    with raising(interrupt):
        async with tree(child(probe, "calm"), child(probe, "a", **scripts[where])) as system:
            if where == "terminate":
                return_at = 1
            else:
                return_at = 1000
                if where == "handle":
                    system.find("root/a").cast(Do(crashes(interrupt)))
            await trio.sleep(return_at)

    assert probe.count("init", "a") == 1
    assert trio.current_time() <= 1


async def test_interrupt_deep_in_the_tree_comes_out_of_it(tree, probe, autojump_clock):
    deep = supervisor("sub", supervisor("subsub", child(probe, "b"), child(probe, "a")), child(probe, "c"))
    with raising(KeyboardInterrupt):
        async with tree(deep) as system:
            system.find("root/sub/subsub/a").cast(Do(crashes(KeyboardInterrupt)))
            await trio.sleep(1000)

    assert probe.count("init") == 3
    assert probe.count("ended") == 3


def test_ctrl_c_during_a_handler_stops_the_tree_in_order(probe):
    async def interrupt(actor: Scripted) -> None:
        signal.raise_signal(signal.SIGINT)
        actor.note("went on")

    async def main() -> None:
        async with open_tree(supervising([child(probe, "a"), child(probe, "b")])) as system:
            system.find("root/a").cast(Do(interrupt))
            await trio.sleep(60)

    with raising(KeyboardInterrupt):
        trio.run(main)

    assert probe.sequence("went on", "terminate") == ["went on a", "terminate b", "terminate a"]
    assert {type(how) for how in probe.details("terminate")} == {Shutdown}


@pytest.mark.case(74)
async def test_context_variables_do_not_come_from_the_request_that_caused_the_start(
    tree, probe, autojump_clock
):
    async def look(actor: Scripted) -> None:
        actor.note("sees", request_id.get())

    async with tree(dynamic("pool"), child(probe, "asleep", init=look)) as system:
        request_id.set("request 1")
        await system.root.terminate_child("asleep")
        await system.root.restart_child("asleep")
        await system.find("root/pool").start_child(child(probe, "a", init=look))
        await system.find("root/pool/a").call(Do(look), 1)
        system.find("root/pool/a").cast(Crash())
        await probe.until("ready", "a", times=2)

    assert probe.details("sees", "a") == ["none"] * 3
    assert probe.details("sees", "asleep") == ["none"] * 2


class Quiet(Actor):
    """Crashes on any message; keeps no diary, so that nothing but the kernel can grow."""

    async def handle(self, message: object) -> None:
        raise Boom


@pytest.mark.case(75)
async def test_twenty_thousand_restarts_leave_no_growth(tree, autojump_clock):
    endless = Budget(10**9, 0.001)
    steady = Backoff(0.0625, 0.0625, jitter=0)

    def blocks() -> int:
        gc.collect()
        return sys.getallocatedblocks()

    async def restarts(number: int) -> None:
        for _ in range(number):
            ref.cast("die")
            await trio.sleep(0.125)

    async with tree(ChildSpec(id="a", start=Quiet), budget=endless, backoff=steady) as system:
        ref = system.find("root/a")
        await restarts(2_000)
        before = blocks()
        await restarts(18_000)
        growth = blocks() - before

        assert ref.incarnation == 20_001
    assert growth < 1_800, "less than a tenth of one block for each restart"


@pytest.mark.case(76)
async def test_error_raised_in_cleanup_while_being_cancelled_is_the_exit_cause(tree, probe, autojump_clock):
    lost = Boom("in cleanup")

    async def fail_when_cancelled(actor: Scripted) -> None:
        try:
            await trio.sleep_forever()
        finally:
            raise lost

    async def helper_that_fails_when_cancelled(actor: Scripted) -> None:
        async def helper() -> None:
            await fail_when_cancelled(actor)

        actor.ctx.start_task(helper)

    kids = [child(probe, who, restart=Restart.TEMPORARY) for who in ("killed", "helped")]
    kids.append(child(probe, "failing", restart=Restart.TEMPORARY, stop=crashes(lost)))
    async with tree(*kids) as system:
        system.find("root/killed").cast(Do(fail_when_cancelled))
        system.find("root/helped").cast(Do(helper_that_fails_when_cancelled))
        await settle()
        for who, end in (("killed", "kill"), ("helped", "stop"), ("failing", "stop")):
            ref = system.find(f"root/{who}")
            getattr(ref, end)("outsider")
            how = await ref.stopped()
            assert isinstance(how, Crashed), who
            assert lost in leaves(how.cause), who

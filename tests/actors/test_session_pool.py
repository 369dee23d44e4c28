"""Who gets which agent session, how long it stays, and what happens when it goes. Real processes."""

import os
import signal
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import trio
from attrs import evolve

from boocode.domain.events import Cancelled
from boocode.kernel import CallTimeout
from boocode.ports.agents import (
    Acquire,
    AgentKeepsDying,
    AgentStartFailed,
    ChatsGone,
    EndAgents,
    Forgive,
    Lease,
    ReadPool,
    SessionLimits,
)
from boocode.ports.names import SESSION_POOL
from tests.actors.agent_kit import Rig, eventually, fault, rig


def pids(agents: Rig) -> set[int]:
    return {process.pid for process in agents.owner.owned()}


async def members(agents: Rig) -> dict[str, Any]:
    """The pool's members by their chat."""
    return {member["chat_id"]: member for member in (await agents.pool_state())["members"]}


async def until(agents: Rig, chats: set[str]) -> None:
    """Waits until exactly these chats have a member that is not on its way out."""

    async def so() -> bool:
        return {chat for chat, each in (await members(agents)).items() if each["state"] != "ending"} == chats

    await eventually(so)


async def until_leases(agents: Rig, count: int) -> None:
    async def so() -> bool:
        return bool((await agents.pool_state())["leases"] == count)

    await eventually(so)


async def test_two_who_ask_at_once_share_one_start(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        leases: list[Lease] = []

        async def ask() -> None:
            leases.append(await agents.acquire())

        async with trio.open_nursery() as nursery:
            for _ in range(5):
                nursery.start_soon(ask)
        assert len({lease.id for lease in leases}) == 5
        assert len({lease.agent_session_id for lease in leases}) == 1
        assert len(pids(agents)) == 1
        state = await agents.pool_state()
        assert (state["started"], state["leases"]) == (1, 5)


async def test_a_failed_start_refuses_everyone_who_waited_and_the_next_one_tries_anew(tmp_path: Path) -> None:
    limits = SessionLimits(initialize_s=0.5)
    async with rig(tmp_path, command=fault("mute-initialize"), limits=limits) as agents:
        failures = []

        async def ask() -> None:
            with pytest.raises(AgentStartFailed) as failed:
                await agents.acquire()
            failures.append(failed.value.phase)

        async with trio.open_nursery() as nursery:
            for _ in range(3):
                nursery.start_soon(ask)
        assert failures == ["initialize"] * 3
        plan = agents.plan(command=fault("none"))
        assert (await agents.turn(await agents.acquire(plan), "go")).text == "all is well"


async def test_a_released_session_is_given_again_and_knows_its_past(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        first = await agents.acquire()
        await agents.turn(first, "say x")
        agents.release(first)
        second = await agents.acquire()
        assert second.agent_session_id == first.agent_session_id
        assert (first.fresh, second.fresh) == (True, False)


async def test_a_session_that_was_never_prompted_is_still_fresh(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        agents.release(await agents.acquire())
        assert (await agents.acquire()).fresh


async def test_chats_have_sessions_of_their_own(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        one = await agents.acquire(agents.plan("c1"))
        two = await agents.acquire(agents.plan("c2"))
        assert one.agent_session_id != two.agent_session_id
        assert len(pids(agents)) == 2


async def test_idle_for_longer_than_the_ttl_ends_a_session_and_its_process(tmp_path: Path) -> None:
    async with rig(tmp_path, idle_ttl_s=0.3) as agents:
        agents.release(await agents.acquire())
        await agents.until_no_children()
        assert (await agents.pool_state())["evicted"] == 1


async def test_a_leased_session_is_never_ended_for_idleness(tmp_path: Path) -> None:
    async with rig(tmp_path, idle_ttl_s=0.2) as agents:
        leased = await agents.acquire(agents.plan("leased"))
        agents.release(await agents.acquire(agents.plan("idle")))
        await until(agents, {"leased"})
        assert "here" in (await agents.turn(leased, "say here")).text


async def test_over_the_cap_the_least_recently_used_idle_one_goes(tmp_path: Path) -> None:
    async with rig(tmp_path, max_warm=2) as agents:
        for chat in ("a", "b"):
            agents.release(await agents.acquire(agents.plan(chat)))
        agents.release(await agents.acquire(agents.plan("a")))  # touched: b is the oldest now
        await until_leases(agents, 0)
        seen = await agents.pool.call(ReadPool(), timeout=5)
        assert seen.next_evicted == ("practice/b", "practice/a")
        assert [(agent.chat_id, agent.state, agent.leases) for agent in seen.agents] == [
            ("a", "warm", 0),
            ("b", "warm", 0),
        ]
        assert [agent.eviction_rank for agent in seen.agents] == [1, 0]
        agents.release(await agents.acquire(agents.plan("c")))
        await until(agents, {"a", "c"})


async def test_who_is_idle_says_where_it_is_and_when_it_goes(tmp_path: Path) -> None:
    async with rig(tmp_path, idle_ttl_s=900) as agents:
        agents.release(await agents.acquire(agents.plan("idle")))
        leased = await agents.acquire(agents.plan("leased"))
        await until_leases(agents, 1)
        idle, held = (await agents.pool.call(ReadPool(), timeout=5)).agents
        assert agents.system.find(idle.path) is not None
        assert leased.session.path.startswith(f"{held.path}/")
        assert (held.idle_since, held.ends_at, held.eviction_rank) == (None, None, None)
        since, end = datetime.fromisoformat(idle.idle_since), datetime.fromisoformat(idle.ends_at)
        assert 900 <= (end - since).total_seconds() <= 900 + 450 + 1
        assert (await agents.pool.call(ReadPool(), timeout=5)).agents[0].idle_since == idle.idle_since


async def test_the_cap_is_soft_for_those_at_work_and_the_overshoot_is_visible(tmp_path: Path) -> None:
    async with rig(tmp_path, max_warm=1) as agents:
        leases = [await agents.acquire(agents.plan(chat)) for chat in ("a", "b", "c")]
        state = await agents.pool_state()
        assert (len(state["members"]), state["overshoot"]) == (3, 2)
        for lease in leases:
            agents.release(lease)
        await until(agents, {"c"})


async def test_a_lease_ends_with_its_holder(tmp_path: Path) -> None:
    async with rig(tmp_path, idle_ttl_s=0.3) as agents:
        holder, _ = await agents.listener()
        await agents.acquire(holder=holder)
        assert (await agents.pool_state())["leases"] == 1
        holder.kill()
        await agents.until_no_children()
        assert (await agents.pool_state())["leases"] == 0


async def test_a_holder_that_went_away_while_waiting_pins_nothing(tmp_path: Path) -> None:
    async with rig(tmp_path, idle_ttl_s=0.3) as agents:
        holder, _ = await agents.listener()
        with pytest.raises(CallTimeout):
            await agents.pool.call(Acquire(agents.plan(), holder), timeout=0.001)
        await agents.until_no_children()
        assert (await agents.pool_state())["leases"] == 0


async def test_releasing_twice_or_an_unknown_lease_changes_nothing(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        first, second = await agents.acquire(), await agents.acquire()
        agents.release(first)
        agents.release(first)
        await until_leases(agents, 1)
        assert (await members(agents))["c1"]["leases"] == 1
        agents.release(second)
        await until_leases(agents, 0)
        assert (await members(agents))["c1"]["leases"] == 0


async def test_another_config_retires_the_warm_session_once_it_is_idle(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        old = await agents.acquire()
        before = pids(agents)
        new: list[Lease] = []

        async def ask() -> None:
            new.append(await agents.acquire(agents.plan(config="another model")))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(ask)

            async def waits() -> bool:
                return bool((await members(agents))["c1"]["waiting"])

            await eventually(waits)
            assert pids(agents) == before  # the leased one goes on
            agents.release(old)
        assert new[0].agent_session_id != old.agent_session_id
        assert pids(agents).isdisjoint(before)


async def test_who_asks_during_a_passivation_gets_the_next_incarnation_once(tmp_path: Path) -> None:
    async with rig(tmp_path, max_warm=1) as agents:
        agents.release(await agents.acquire(agents.plan("a")))
        agents.release(await agents.acquire(agents.plan("b")))  # evicts a
        lease = await agents.acquire(agents.plan("a"))
        assert "once" in (await agents.turn(lease, "say once")).text
        assert (await agents.pool_state())["started"] == 3


async def test_a_crash_removes_the_session_and_its_chat_gets_another(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        lease = await agents.acquire()
        (pid,) = pids(agents)
        os.kill(pid, signal.SIGKILL)
        await until(agents, set())
        again = await agents.acquire()
        assert again.session != lease.session
        agents.release(lease)  # of the dead one
        await until_leases(agents, 1)
        assert (await members(agents))["c1"]["leases"] == 1


async def test_a_pool_that_was_restarted_ends_what_it_no_longer_knows(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        await agents.acquire()
        before = pids(agents)
        await agents.system.restart(agents.pool.path)

        async def gone() -> bool:
            return not pids(agents) & before

        await eventually(gone)
        assert (await agents.acquire()).fresh


async def test_an_operators_stop_of_a_session_frees_its_place(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        lease = await agents.acquire()
        lease.session.kill("the operator")
        await until(agents, set())
        await agents.until_no_children()
        assert "well" in (await agents.turn(await agents.acquire(), "say well")).text


async def test_the_agents_of_a_chat_that_goes_end_when_nobody_holds_them(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        pool = agents.system.whereis(SESSION_POOL)
        held = await agents.acquire(agents.plan(chat="held"))
        idle = await agents.acquire(agents.plan(chat="idle"))
        await agents.acquire(agents.plan(chat="other"))
        agents.release(idle)
        over = trio.Event()

        async def say_goodbye() -> None:
            await pool.call(EndAgents(("held", "idle", "unknown")), timeout=30.0)
            over.set()

        async with trio.open_nursery() as nursery:
            nursery.start_soon(say_goodbye)
            await until(agents, {"held", "other"})
            assert not over.is_set()
            assert (await agents.turn(held, "say still here")).text
            agents.release(held)
        await until(agents, {"other"})
        assert len(pids(agents)) == 1
        await pool.call(EndAgents(("held", "idle")), timeout=30.0)  # nobody is left: answered at once


async def test_a_notice_of_a_chat_that_is_gone_ends_its_idle_agent(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        lease = await agents.acquire(agents.plan(chat="gone"))
        agents.release(lease)
        agents.system.whereis(SESSION_POOL).cast(ChatsGone(("gone",)))
        await until(agents, set())


async def test_a_session_that_missed_a_turn_led_elsewhere_is_not_given_again(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        plan = agents.plan()
        lease = await agents.acquire(plan)
        await agents.turn(lease, "say x")
        agents.release(lease)
        later = evolve(plan, led_elsewhere="task_of_another")
        anew = await agents.acquire(later)
        assert anew.agent_session_id != lease.agent_session_id
        agents.release(anew)
        same = await agents.acquire(later)
        assert same.agent_session_id == anew.agent_session_id


async def test_an_agent_that_dies_five_times_in_a_minute_is_refused_until_a_person_tries_again(
    tmp_path: Path,
) -> None:
    async with rig(tmp_path, command=fault("exit-mid-turn")) as agents:
        for number in range(5):
            lease = await agents.acquire()
            await agents.turn(lease, "go", task=f"t{number}")
            agents.release(lease)
        with pytest.raises(AgentKeepsDying, match="5 times within a minute") as refused:
            await agents.acquire()
        assert "exited with code 5" in str(refused.value)
        assert (await agents.pool_state())["died_too_often"] == ("practice/c1",)
        agents.release(await agents.acquire(agents.plan("c2")))
        agents.pool.cast(Forgive(agents.plan().key))
        agents.release(await agents.acquire())
        assert (await agents.pool_state())["died_too_often"] == ()


async def test_a_start_that_was_a_death_counts_and_one_that_was_refused_does_not(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        for chat, name in (("died", "exit-initialize"), ("refused", "refuse-session")):
            plan = agents.plan(chat, command=fault(name))
            for _ in range(5):
                with pytest.raises(AgentStartFailed):
                    await agents.acquire(plan)
        assert (await agents.pool_state())["died_too_often"] == ("practice/died",)


async def test_who_is_evicted_is_told_with_the_reason(tmp_path: Path) -> None:
    async with rig(tmp_path, max_warm=1) as agents:
        told: list[tuple[str, object]] = []
        agents.system.telemetry.attach(
            lambda event: (
                told.append((event.path, event.extra["reason"])) if event.kind == "evicted" else None
            )
        )
        agents.release(await agents.acquire(agents.plan("a")))
        agents.release(await agents.acquire(agents.plan("b")))
        await until(agents, {"b"})
        agents.release(await agents.acquire(agents.plan("b", config="another")))
        assert [reason for _, reason in told] == [
            "more than 1 agents are warm, and it is the least recently used",
            "its settings changed",
        ]
        assert told[0][0].startswith("root/sessions/practice-a-")


async def test_a_prompt_that_meets_a_passivation_is_served_once_by_the_next_incarnation(
    tmp_path: Path,
) -> None:
    async with rig(tmp_path, command=fault("slow-to-end"), max_warm=1) as agents:
        first = await agents.acquire(agents.plan("a"))
        agents.release(first)
        other = await agents.acquire(agents.plan("b"))  # evicts a, which takes its time to end
        assert (await members(agents))["a"]["state"] == "ending"
        leases: list[Lease] = []

        async def ask() -> None:
            leases.append(await agents.acquire(agents.plan("a")))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(ask)
            nursery.start_soon(ask)
        assert len({lease.session.path for lease in leases}) == 1
        assert leases[0].session.path != first.session.path
        assert (await agents.pool_state())["started"] == 3
        told = await agents.turn(leases[0], "go")
        assert told.text == "all is well"
        agents.release(other)


async def test_an_agent_that_was_given_up_on_is_ended_though_nobody_wants_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actors.session_pool.ANSWER_S", 0.3)
    limits = SessionLimits(
        cancel_s=2.5
    )  # 1 s of it to answer the probe: one that does not is killed, not given up
    async with rig(tmp_path, command=fault("deaf"), limits=limits) as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "go")
        agents.cancel(lease)
        assert await told.over() == Cancelled("given_up")
        agents.release(lease)
        await agents.until_no_children()
        assert (await agents.pool_state())["evicted"] == 1

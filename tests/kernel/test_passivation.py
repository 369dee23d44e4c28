"""Passivation: book-keeping over idle members, pure; and what it asks of the tree."""

from __future__ import annotations

import pytest
from boocode.kernel.passivation import (
    Policy,
    Pool,
    Status,
    admit,
    begin,
    ended,
    expire,
    hold,
    lease,
    remove,
    set_cap,
    set_status,
    touch,
)

from boocode.kernel import Killed, Restart
from tests.kit.children import child, dynamic, hangs
from tests.kit.virtual_time import lasting


def pool_of(keys: str = "", *, ttl: float = 10, cap: int = 100, policy: Policy = Policy.SOFT) -> Pool:
    """Idle members a, b, c … admitted one second apart from 0 on."""
    pool = Pool(ttl=ttl, cap=cap, policy=policy)
    for now, key in enumerate(keys):
        pool = admit(pool, key, float(now)).pool
    return pool


def busy(pool: Pool, *keys: str, now: float = 0) -> Pool:
    for key in keys:
        pool = set_status(pool, key, Status.BUSY, now)
    return pool


@pytest.mark.case(61)
def test_only_idle_members_count_against_the_cap_and_only_idle_ones_are_evicted() -> None:
    pool = busy(pool_of("abcd", cap=3), "a", "b")
    pool = lease(pool, "c")

    assert set_cap(pool, 1)[1] == ()
    assert set_cap(pool, 0)[1] == ("d",)
    admission = admit(pool, "e", 10)
    assert (admission.evict, admission.refused) == ((), False)

    pool, keys = expire(pool, 1000)
    assert keys == ("d",)


@pytest.mark.case(62)
def test_idle_exactly_ttl_is_kept_and_longer_is_due_at_the_next_check() -> None:
    pool = pool_of("ab", ttl=10)

    assert expire(pool, 10.0)[1] == ()
    assert expire(pool, 10.0625)[1] == ("a",)
    assert expire(pool, 11.0)[1] == ("a",)
    assert expire(pool, 11.0625)[1] == ("a", "b")
    assert pool.check_every == 5


@pytest.mark.case(63)
def test_over_the_cap_the_least_recently_touched_idle_one_goes() -> None:
    pool = touch(pool_of("abc", cap=3), "a", 5)

    admission = admit(pool, "d", 6)
    assert admission.evict == ("b",)
    assert admit(busy(pool, "b", now=6), "d", 6).evict == ()
    assert admit(touch(pool, "b", 6), "d", 7).evict == ("c",)


@pytest.mark.case(64)
@pytest.mark.parametrize(("policy", "refused"), [(Policy.SOFT, False), (Policy.REFUSE, True)])
def test_when_all_are_busy_the_policy_decides_and_nobody_is_evicted(policy: Policy, refused: bool) -> None:
    pool = busy(pool_of("ab", cap=2, policy=policy), "a", "b")

    admission = admit(pool, "c", 5)
    assert (admission.evict, admission.refused) == ((), refused)
    assert ("c" in admission.pool) == (not refused)
    assert len(admission.pool) == (2 if refused else 3)


@pytest.mark.case(65)
def test_message_during_passivation_is_kept_and_handed_to_the_next_incarnation_once() -> None:
    pool = pool_of("ab")
    assert hold(pool, "a", "too early")[1] is False

    pool, begun = begin(pool, "a")
    assert begun
    for message in (1, 2):
        pool, held = hold(pool, "a", message)
        assert held
    assert hold(pool, "b", 3)[1] is False

    pool, messages = ended(pool, "a")
    assert messages == (1, 2)
    assert "a" not in pool
    pool = admit(pool, "a", 20).pool
    assert ended(pool, "a")[1] == ()


@pytest.mark.case(66)
async def test_passivation_beyond_its_stop_time_is_killed_and_a_second_request_is_a_no_op(
    tree, probe, autojump_clock
):
    pool = pool_of("a")
    pool, first = begin(pool, "a")
    assert (first, begin(pool, "a")) == (True, (pool, False))
    assert expire(pool, 1000)[1] == ()

    kid = child(probe, "a", stop=hangs, shutdown=3, restart=Restart.TEMPORARY)
    async with tree(dynamic("pool")) as system:
        ref = await system.find("root/pool").start_child(kid)
        with lasting(3):
            ref.stop("passivated")
            ref.stop("passivated again")
            how = await ref.stopped()

    assert isinstance(how, Killed)
    assert probe.sequence("terminate", "terminate cancelled") == ["terminate a", "terminate cancelled a"]


@pytest.mark.case(67)
def test_lowering_the_cap_evicts_at_once_down_to_it_least_recent_first() -> None:
    pool = busy(touch(pool_of("abcde", cap=5), "a", 9), "c", now=9)

    pool, evicted = set_cap(pool, 2)
    assert evicted == ("b", "d")
    assert set_cap(pool, 100)[1] == ()


@pytest.mark.case(68)
def test_crash_removes_the_member_from_the_recency_list() -> None:
    pool = remove(pool_of("abc", cap=3), "a")

    assert "a" not in pool
    assert admit(pool, "d", 5).evict == ()
    assert expire(pool, 1000)[1] == ("b", "c")
    assert remove(pool, "a") == pool

"""Passivation: book-keeping over idle members, pure; and what it asks of the tree."""

from __future__ import annotations

import pytest

from boocode.kernel import Killed, Restart
from boocode.kernel.passivation import (
    Pool,
    Status,
    WhenBusy,
    admit,
    begin,
    ended,
    expire,
    hold,
    lease,
    leaves_at,
    release,
    remove,
    set_cap,
    set_status,
    touch,
    trim,
)
from tests.kit.children import child, dynamic, hangs
from tests.kit.virtual_time import lasting


def pool_of(keys: str = "", *, ttl: float = 10, cap: int = 100, when_busy: WhenBusy = WhenBusy.SOFT) -> Pool:
    """Idle members a, b, c … admitted one second apart from 0 on."""
    pool = Pool(ttl=ttl, cap=cap, when_busy=when_busy)
    for now, key in enumerate(keys):
        pool = rest(admit(pool, key, float(now)).pool, key, now=now)
    return pool


def rest(pool: Pool, *keys: str, now: float = 0) -> Pool:
    for key in keys:
        pool = set_status(pool, key, Status.IDLE, now)
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
    admission = admit(pool, "e", 4)
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
    assert admit(touch(pool, "b", 6), "d", 7).evict == ("c",)
    assert admit(busy(pool, "b", now=6), "d", 6).evict == ()
    assert admit(pool, "a", 6).evict == ()


@pytest.mark.case(64)
@pytest.mark.parametrize(("when_busy", "refused"), [(WhenBusy.SOFT, False), (WhenBusy.REFUSE, True)])
def test_when_all_are_busy_the_policy_decides_and_nobody_is_evicted(
    when_busy: WhenBusy, refused: bool
) -> None:
    pool = busy(pool_of("ab", cap=2, when_busy=when_busy), "a", "b")

    admission = admit(pool, "c", 5)
    assert (admission.evict, admission.refused) == ((), refused)
    assert list(admission.pool.members) == (["a", "b"] if refused else ["a", "b", "c"])
    assert admission.pool.overshoot == (0 if refused else 1)
    assert not admit(rest(pool, "a"), "c", 5).refused


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
    assert "a" not in pool.members
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
    assert pool.idle == ("e", "a")
    assert set_cap(pool, 100)[1] == ()


def test_member_that_comes_to_rest_over_the_cap_sends_the_least_recent_away() -> None:
    pool = busy(pool_of("abc", cap=3), "a", "b", "c", now=5)
    pool = admit(pool, "d", 6).pool

    pool = rest(pool, "b", "d", "a", now=7)
    assert trim(pool)[1] == ()
    pool, evicted = trim(rest(pool, "c", now=8))
    assert evicted == ("b",)
    assert trim(pool)[1] == ()


def test_leases_pin_until_the_last_is_released_and_idleness_counts_from_then() -> None:
    pool = lease(lease(pool_of("a"), "a"), "a")

    assert expire(pool, 100)[1] == ()
    pool = release(pool, "a", 100)
    assert expire(pool, 200)[1] == ()
    pool = release(pool, "a", 200)
    assert expire(pool, 210)[1] == ()
    assert expire(pool, 210.5)[1] == ("a",)


def test_an_idle_member_leaves_at_the_first_look_after_its_time() -> None:
    pool = pool_of("a")
    assert pool.ttl == 10

    for first_look in (0.0, 3.0):
        leaves = leaves_at(pool, "a", first_look)
        looks = [first_look + number * pool.check_every for number in range(10)]
        assert leaves == next(look for look in looks if expire(pool, look)[1] == ("a",))
    assert leaves_at(lease(pool, "a"), "a", 0.0) is None
    assert leaves_at(pool, "unknown", 0.0) is None


@pytest.mark.case(68)
def test_crash_removes_the_member_from_the_recency_list() -> None:
    pool = remove(pool_of("abc", cap=3), "a")

    assert "a" not in pool.members
    assert admit(pool, "d", 5).evict == ()
    assert expire(pool, 1000)[1] == ("b", "c")
    assert remove(pool, "a") == pool

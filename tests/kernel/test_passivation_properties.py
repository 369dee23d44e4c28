"""P7: the pool holds at most its cap and the busy ones, and whoever is evicted was idle at that instant."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

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
    release,
    remove,
    set_cap,
    set_status,
    touch,
    trim,
)

KEYS = st.sampled_from("abcdefgh")
TTL = 10.0


class Warm(RuleBasedStateMachine):
    """Members come, work, rest and go in any order; a plain model in dicts knows who is idle and since when."""

    @initialize(cap=st.integers(0, 5), when_busy=st.sampled_from(WhenBusy))
    def begin_empty(self, cap: int, when_busy: WhenBusy) -> None:
        self.pool = Pool(ttl=TTL, cap=cap, when_busy=when_busy)
        self.cap = cap
        self.when_busy = when_busy
        self.now = 0.0
        self.touched: dict[str, float] = {}
        self.order: list[str] = []
        self.working: set[str] = set()
        self.leases: dict[str, int] = {}
        self.stopping: dict[str, list[Any]] = {}

    # -- the model -----------------------------------------------------------------------------------------

    def is_idle(self, key: str) -> bool:
        return (
            key in self.touched
            and key not in self.working
            and not self.leases.get(key)
            and key not in self.stopping
        )

    def idle(self) -> list[str]:
        """Least recently touched first."""
        return [key for key in self.order if self.is_idle(key)]

    def touch_in_model(self, key: str) -> None:
        self.touched[key] = self.now
        self.order = [other for other in self.order if other != key] + [key]

    def forget(self, key: str) -> None:
        self.touched.pop(key, None)
        self.order = [other for other in self.order if other != key]
        self.working.discard(key)
        self.leases.pop(key, None)
        self.stopping.pop(key, None)

    def passivate(self, keys: tuple[str, ...]) -> None:
        for key in keys:
            assert self.is_idle(key), f"P7: {key} was not idle when it was chosen"
            self.stopping[key] = []
            assert begin(self.pool, key) == (self.pool, False), "it is on its way out already"

    # -- what happens --------------------------------------------------------------------------------------

    @rule(sixteenths=st.integers(1, 160))
    def time_passes(self, sixteenths: int) -> None:
        self.now += sixteenths / 16

    @rule(key=KEYS)
    def somebody_wants(self, key: str) -> None:
        if key in self.stopping:
            return
        known = key in self.touched
        idle = self.idle()
        admission = admit(self.pool, key, self.now)
        if admission.refused:
            assert self.when_busy is WhenBusy.REFUSE
            assert not known
            assert not idle, "refused although somebody idle could have gone"
            assert admission.evict == ()
            return
        self.pool = admission.pool
        expected = [] if known else idle[: max(0, len(idle) + 1 - self.cap)]
        assert list(admission.evict) == expected, "least recently touched first, down to the cap"
        self.passivate(admission.evict)
        self.touch_in_model(key)
        if not known:
            self.working.add(key)

    @rule(key=KEYS)
    def it_is_touched(self, key: str) -> None:
        if key in self.touched and key not in self.stopping:
            self.pool = touch(self.pool, key, self.now)
            self.touch_in_model(key)

    @rule(key=KEYS)
    def it_works(self, key: str) -> None:
        if key in self.touched and key not in self.stopping:
            self.pool = set_status(self.pool, key, Status.BUSY, self.now)
            self.working.add(key)
            self.touch_in_model(key)

    @rule(key=KEYS)
    def it_rests(self, key: str) -> None:
        if key in self.working:
            self.pool = set_status(self.pool, key, Status.IDLE, self.now)
            self.working.discard(key)
            self.touch_in_model(key)
            self.trim()

    @rule(key=KEYS)
    def it_is_leased(self, key: str) -> None:
        if key in self.touched and key not in self.stopping:
            self.pool = lease(self.pool, key)
            self.leases[key] = self.leases.get(key, 0) + 1

    @rule(key=KEYS)
    def its_lease_ends(self, key: str) -> None:
        if self.leases.get(key):
            self.pool = release(self.pool, key, self.now)
            self.leases[key] -= 1
            self.touch_in_model(key)
            self.trim()

    @rule(key=KEYS)
    def it_crashes(self, key: str) -> None:
        self.pool = remove(self.pool, key)
        self.forget(key)

    @rule(cap=st.integers(0, 5))
    def the_cap_changes(self, cap: int) -> None:
        self.cap = cap
        self.pool, evicted = set_cap(self.pool, cap)
        self.expect_down_to_the_cap(evicted)

    def trim(self) -> None:
        """Somebody came to rest: bring the idle ones down to the cap."""
        self.pool, evicted = trim(self.pool)
        self.expect_down_to_the_cap(evicted)

    def expect_down_to_the_cap(self, evicted: tuple[Any, ...]) -> None:
        idle = self.idle()
        assert list(evicted) == idle[: max(0, len(idle) - self.cap)]
        self.passivate(evicted)

    @rule()
    def the_check_runs(self) -> None:
        due = [key for key in self.idle() if self.now - self.touched[key] > TTL]
        self.pool, keys = expire(self.pool, self.now)
        assert list(keys) == due
        self.passivate(keys)

    @rule(key=KEYS, message=st.integers())
    def a_message_comes(self, key: str, message: int) -> None:
        self.pool, held = hold(self.pool, key, message)
        assert held == (key in self.stopping)
        if held:
            self.stopping[key].append(message)

    @rule(key=KEYS)
    def it_has_stopped(self, key: str) -> None:
        expected = tuple(self.stopping.get(key, ()))
        if key in self.stopping:
            self.pool, held = ended(self.pool, key)
            assert held == expected
            self.forget(key)

    @invariant()
    def pool_is_no_larger_than_cap_and_busy(self) -> None:
        if hasattr(self, "pool"):
            at_work = [key for key in self.touched if not self.is_idle(key)]
            assert set(self.pool.members) == set(self.touched)
            assert list(self.pool.idle) == self.idle()
            assert len(self.pool.members) <= self.cap + len(at_work), "P7"


Warm.TestCase.settings = settings(max_examples=300, stateful_step_count=40)
TestWarm = Warm.TestCase

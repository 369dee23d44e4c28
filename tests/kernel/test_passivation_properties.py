"""P7: the pool holds at most its cap and the busy ones, and whoever is evicted was idle at that instant."""

from __future__ import annotations

from typing import Any

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
    release,
    remove,
    set_cap,
    set_status,
    touch,
)
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

KEYS = st.sampled_from("abcdefgh")
TTL = 10.0


class Warm(RuleBasedStateMachine):
    """Members come, work, rest and go in any order; a plain model in dicts knows who is idle and since when."""

    @initialize(cap=st.integers(0, 5), policy=st.sampled_from(Policy))
    def begin_empty(self, cap: int, policy: Policy) -> None:
        self.pool = Pool(ttl=TTL, cap=cap, policy=policy)
        self.cap = cap
        self.policy = policy
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
            self.pool, begun = begin(self.pool, key)
            assert begun or key not in self.pool
            if begun:
                self.stopping[key] = []
            else:
                self.forget(key)

    # -- what happens --------------------------------------------------------------------------------------

    @rule(sixteenths=st.integers(1, 160))
    def time_passes(self, sixteenths: int) -> None:
        self.now += sixteenths / 16

    @rule(key=KEYS)
    def somebody_wants(self, key: str) -> None:
        if key in self.stopping:
            return
        known = key in self.touched
        idle = [other for other in self.idle() if other != key]
        admission = admit(self.pool, key, self.now)
        if admission.refused:
            assert self.policy is Policy.REFUSE
            assert not known
            assert not idle, "refused although somebody idle could have gone"
            assert admission.evict == ()
            return
        self.pool = admission.pool
        self.touch_in_model(key)
        assert list(admission.evict) == idle[: len(admission.evict)], "least recently touched first"
        self.passivate(admission.evict)

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
        self.trim()

    def trim(self) -> None:
        """Bring the idle ones down to the cap: after a change of it, and when somebody busy came to rest."""
        idle = self.idle()
        self.pool, evicted = set_cap(self.pool, self.cap)
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
            pinned = [key for key in self.touched if not self.is_idle(key)]
            assert len(self.pool) == len(self.touched)
            assert len(self.pool) <= max(self.cap, 1) + len(pinned), "P7"


Warm.TestCase.settings = settings(max_examples=300, stateful_step_count=40)
TestWarm = Warm.TestCase

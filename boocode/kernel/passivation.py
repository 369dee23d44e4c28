"""Which sessions stay warm. Pure: frozen data and functions; no trio, no clock, nobody is stopped here.

A pool holds members by key, in order of their last touch. The rules:

* a member is *idle* or *busy*; a lease pins it like work does, and so does its own passivation: only idle, unpinned
  members count against the cap and only they are evicted, the least recently touched first;
* idle is *strictly* longer than the TTL: exactly TTL is kept; look every TTL/2;
* touch before delivering: a member that is about to work is not idle;
* a newcomer takes a place; with everyone at work and the pool at its cap it is admitted all the same (SOFT; the
  overshoot is visible) or refused (REFUSE);
* a message that arrives during a passivation is held, bounded, and belongs to the next incarnation, once.

    member     | work, lease | idle > TTL or evicted | end of its task
    -----------+-------------+-----------------------+--------------------------------
    idle       | busy        | passivating           | removed
    busy       | busy        | –                     | removed
    passivating| held        | – (no-op)             | removed; what was held is handed over

Times are seconds on the caller's clock.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Hashable, Mapping
from typing import Any, Final, TypeAlias

from attrs import Factory, evolve, frozen

from boocode.kernel.errors import SpecError

Key: TypeAlias = Hashable
HELD: Final = 1024  # messages kept for one key while it passivates


class Status(enum.Enum):
    IDLE = "idle"
    BUSY = "busy"
    PASSIVATING = "passivating"


class WhenBusy(enum.Enum):
    """What a full pool does with a newcomer when nobody can be evicted."""

    SOFT = "soft"
    REFUSE = "refuse"


@frozen
class Member:
    """One warm session. `touched` is when it was last used, or became idle."""

    touched: float
    status: Status = Status.IDLE
    leases: int = 0
    held: tuple[Any, ...] = ()

    @property
    def is_evictable(self) -> bool:
        return self.status is Status.IDLE and self.leases == 0


@frozen
class Pool:
    """The members, least recently touched first."""

    ttl: float
    cap: int
    when_busy: WhenBusy = WhenBusy.SOFT
    members: Mapping[Key, Member] = Factory(dict)

    def __attrs_post_init__(self) -> None:
        if self.ttl <= 0 or self.cap < 0:
            raise SpecError(f"a pool needs ttl > 0 s and cap >= 0, got ttl={self.ttl!r}, cap={self.cap!r}")

    @property
    def check_every(self) -> float:
        """Seconds between two looks for expired members."""
        return self.ttl / 2

    @property
    def idle(self) -> tuple[Key, ...]:
        """Who may be evicted, in the order in which it would be."""
        return tuple(key for key, member in self.members.items() if member.is_evictable)

    @property
    def size(self) -> int:
        """Members that are not on the way out."""
        return sum(member.status is not Status.PASSIVATING for member in self.members.values())

    @property
    def overshoot(self) -> int:
        """How far the pool is beyond its cap, because so many are at work."""
        return max(0, self.size - self.cap)


@frozen
class Admission:
    """The answer to a newcomer: who has to go first, or that it may not come."""

    pool: Pool
    evict: tuple[Key, ...] = ()
    refused: bool = False


def _with(pool: Pool, key: Key, member: Member, *, at_back: bool = False) -> Pool:
    members = dict(pool.members)
    if at_back:
        members.pop(key, None)
    members[key] = member
    return evolve(pool, members=members)


def touch(pool: Pool, key: Key, now: float) -> Pool:
    """`key` is used: it moves to the back. Unknown keys are admitted by `admit`, not here."""
    member = pool.members.get(key)
    return pool if member is None else _with(pool, key, evolve(member, touched=now), at_back=True)


def remove(pool: Pool, key: Key) -> Pool:
    """`key` is gone (crashed, stopped)."""
    return evolve(pool, members={other: member for other, member in pool.members.items() if other != key})


def set_status(pool: Pool, key: Key, status: Status, now: float) -> Pool:
    """`key` began or ended work; that is a touch too. A passivation goes on whatever is said."""
    member = pool.members.get(key)
    if member is None or member.status is Status.PASSIVATING:
        return pool
    return _with(pool, key, evolve(member, status=status, touched=now), at_back=True)


def lease(pool: Pool, key: Key) -> Pool:
    """Pin `key` once more; KeyError if it is unknown."""
    member = pool.members[key]
    return _with(pool, key, evolve(member, leases=member.leases + 1))


def release(pool: Pool, key: Key, now: float) -> Pool:
    """Undo one lease; idleness counts from now. Unknown or unpinned keys are left alone."""
    member = pool.members.get(key)
    if member is None or not member.leases:
        return pool
    return _with(pool, key, evolve(member, leases=member.leases - 1, touched=now), at_back=True)


def expire(pool: Pool, now: float) -> tuple[Pool, tuple[Key, ...]]:
    """Who has been idle for longer than the TTL; they are passivating from now on."""
    return _begin_all(pool, tuple(key for key in pool.idle if now - pool.members[key].touched > pool.ttl))


def leaves_at(pool: Pool, key: Key, first_look: float) -> float | None:
    """The look at which an idle `key` will have been idle for longer than the TTL, if nobody uses it until then; looks
    come every TTL/2 after `first_look`. None for who is not idle."""
    member = pool.members.get(key)
    if member is None or not member.is_evictable:
        return None
    looks = math.floor((member.touched + pool.ttl - first_look) / pool.check_every) + 1
    return first_look + looks * pool.check_every


def admit(pool: Pool, key: Key, now: float) -> Admission:
    """Let `key` in, as busy, and say who goes for it; a known key is touched and nobody goes."""
    if key in pool.members:
        return Admission(touch(pool, key, now))
    idle = pool.idle
    if pool.when_busy is WhenBusy.REFUSE and not idle and pool.size >= pool.cap:
        return Admission(pool, refused=True)
    pool, evict = _begin_all(pool, idle[: max(0, len(idle) + 1 - pool.cap)])
    return Admission(_with(pool, key, Member(now, Status.BUSY), at_back=True), evict)


def set_cap(pool: Pool, cap: int) -> tuple[Pool, tuple[Key, ...]]:
    """A new cap, and whom it evicts at once, least recently touched first."""
    return trim(evolve(pool, cap=cap))


def trim(pool: Pool) -> tuple[Pool, tuple[Key, ...]]:
    """Who has to go because there are more idle ones than the cap: ask when somebody came to rest."""
    idle = pool.idle
    return _begin_all(pool, idle[: max(0, len(idle) - pool.cap)])


# -- the way out ------------------------------------------------------------------------------------------------


def begin(pool: Pool, key: Key) -> tuple[Pool, bool]:
    """Passivate `key`; False, and nothing changes, if it is at work, pinned, unknown or passivating already."""
    member = pool.members.get(key)
    if member is None or not member.is_evictable:
        return pool, False
    return _with(pool, key, evolve(member, status=Status.PASSIVATING)), True


def _begin_all(pool: Pool, keys: tuple[Key, ...]) -> tuple[Pool, tuple[Key, ...]]:
    for key in keys:
        pool, _ = begin(pool, key)
    return pool, keys


def hold(pool: Pool, key: Key, message: object) -> tuple[Pool, bool]:
    """Keep a message for `key`'s next incarnation; False if it does not passivate or holds `HELD` already."""
    member = pool.members.get(key)
    if member is None or member.status is not Status.PASSIVATING or len(member.held) >= HELD:
        return pool, False
    return _with(pool, key, evolve(member, held=(*member.held, message))), True


def ended(pool: Pool, key: Key) -> tuple[Pool, tuple[Any, ...]]:
    """`key` is gone: the pool without it, and what was held for its next incarnation, in order."""
    member = pool.members.get(key)
    return (pool, ()) if member is None else (remove(pool, key), member.held)

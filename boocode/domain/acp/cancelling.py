"""The cancel ladder: what to do about an agent that was told session/cancel and has not answered.

    asked ── answer ──────────────────────────────→ cancelled (asked)
      │ probe_after_s without an answer: a harmless request goes out, to see whether anybody is there
      ↓
    probed ── deadline, agent alive and quiet ────→ cancelled (given_up): its late answer will be ignored
           ── deadline, agent deaf or still talking → cancelled (killed): its process goes, the next turn
                                                     starts another one

Given up on, an agent that answers late stays warm; one that still owes its answer when the next prompt comes is
replaced, because it may be stuck in the old one. An agent that goes on talking after the deadline ignores us and
may go on writing: it must not keep the worktree.
"""

from typing import Literal, TypeAlias

from attrs import evolve, frozen

Step: TypeAlias = Literal["wait", "probe", "give_up", "kill"]


@frozen
class CancelLadder:
    """Times are of one monotonic clock, in seconds."""

    asked_at: float
    deadline_s: float
    probe_after_s: float
    probed: bool = False
    alive: bool = False
    """The probe was answered."""
    last_event_at: float | None = None

    @classmethod
    def begin(cls, now: float, deadline_s: float) -> "CancelLadder":
        return cls(asked_at=now, deadline_s=deadline_s, probe_after_s=deadline_s * 0.6)

    def heard_event(self, now: float) -> "CancelLadder":
        """The agent said something about the turn that it was asked to stop."""
        return evolve(self, last_event_at=now)

    def probe_answered(self) -> "CancelLadder":
        return evolve(self, alive=True)

    def step(self, now: float) -> tuple["CancelLadder", Step]:
        """What is due now. Each of `probe`, `give_up` and `kill` is said once."""
        waited = now - self.asked_at
        if waited >= self.deadline_s:
            return self, "give_up" if self.alive and not self._still_talks() else "kill"
        if waited >= self.probe_after_s and not self.probed:
            return evolve(self, probed=True), "probe"
        return self, "wait"

    def next_check(self, now: float) -> float:
        """Seconds until `step` may say something new; never negative."""
        due = self.asked_at + (self.deadline_s if self.probed else self.probe_after_s)
        return max(0.0, due - now)

    def _still_talks(self) -> bool:
        if self.last_event_at is None:
            return False
        return self.last_event_at - self.asked_at > self.probe_after_s

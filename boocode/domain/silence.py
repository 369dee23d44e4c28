"""What it means that a running agent says nothing: after a while people are told, at the limit the turn is ended.

    heard ── quiet_s ──→ quiet (told) ── stall_s ──→ stalled
      ↑                    │
      └── any event ───────┘ taken back

An agent that waits for a person is neither: that wait has a deadline of its own. Times are seconds of any steady
clock.
"""

from typing import Literal

from attrs import evolve, frozen

EARLIEST_S = 0.001
"""A timer that fires a rounding error early would otherwise look again for ever."""


@frozen
class Look:
    """What a look at the clock brings: what is new, and when to look again."""

    silence: "Silence"
    news: Literal["quiet", "stalled"] | None
    again_in: float


@frozen
class Silence:
    quiet_s: float
    stall_s: float
    heard_at: float
    """When the agent last said something, or the turn began."""
    is_told: bool = False
    """People have been told that it is quiet."""

    def heard(self, now: float) -> "Silence":
        """The agent said something. What was told has to be taken back by whoever told it."""
        return evolve(self, heard_at=now, is_told=False)

    def look(self, now: float, *, asks: bool) -> Look:
        """`asks`: a question of the agent's is open."""
        if asks:
            return Look(self, None, min(self.quiet_s, self.stall_s))
        lasted = now - self.heard_at
        if lasted >= self.stall_s:
            return Look(self, "stalled", self.stall_s)
        until_stall = self.stall_s - lasted + EARLIEST_S
        if self.is_told:
            return Look(self, None, until_stall)
        if lasted >= self.quiet_s:
            return Look(evolve(self, is_told=True), "quiet", until_stall)
        return Look(self, None, min(self.quiet_s - lasted + EARLIEST_S, until_stall))

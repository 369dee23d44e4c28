"""How often an agent may die in one chat before it is not started again for a while. Decides only; not an actor.

The window is the kernel's (`boocode.kernel.restarts`): five deaths within a minute, failed starts that were deaths
included, and the budget of that one (chat, agent) is spent. It comes back by time, or at once when a person tries
again. Nobody restarts an agent that nobody needs, so what the budget stops is a queue of prompts that each meet
the next death, and whoever prompts in a loop.
"""

from attrs import define, field, frozen

from boocode.kernel import Budget
from boocode.kernel.restarts import Window
from boocode.ports.agents import SessionKey

DEATHS = 5
PERIOD_S = 60.0
BUDGET = Budget(max_restarts=DEATHS - 1, period=PERIOD_S)


@frozen
class _Deaths:
    window: Window
    label: str
    last: str
    """How it ended the last time."""

    def is_spent(self, now: float) -> bool:
        return self.window.count(now) > self.window.budget.max_restarts

    def words(self) -> str:
        return (
            f"{self.label} ended by itself {DEATHS} times within a minute and is not started again in this chat "
            f"for now. Try again when the reason is gone; other chats and agents go on. The last time: {self.last}"
        )


@define
class CrashBudgets:
    """The windows of all who died lately. Times are seconds on the caller's clock."""

    budget: Budget = BUDGET
    _deaths: dict[SessionKey, _Deaths] = field(factory=dict)

    def died(self, key: SessionKey, label: str, how: str, now: float) -> str | None:
        """One more death, `how` as a sentence; words for people when it spent the budget."""
        self._forget_old(now)
        before = self._deaths.get(key)
        was_spent = before is not None and before.is_spent(now)
        window, _ = (before.window if before is not None else Window(self.budget)).recorded(now)
        self._deaths[key] = deaths = _Deaths(window, label, how)
        return deaths.words() if deaths.is_spent(now) and not was_spent else None

    def refusal(self, key: SessionKey, now: float) -> str | None:
        """Why this agent may not be started in this chat now; None = it may."""
        deaths = self._deaths.get(key)
        return deaths.words() if deaths is not None and deaths.is_spent(now) else None

    def forgive(self, key: SessionKey) -> None:
        """A person tries again."""
        self._deaths.pop(key, None)

    def spent(self, now: float) -> list[SessionKey]:
        return [key for key, deaths in self._deaths.items() if deaths.is_spent(now)]

    def _forget_old(self, now: float) -> None:
        for key in [key for key, deaths in self._deaths.items() if not deaths.window.count(now)]:
            del self._deaths[key]

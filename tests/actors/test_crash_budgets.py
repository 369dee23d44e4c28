"""Five deaths in a minute spend the budget of one agent in one chat, and of nobody else."""

from actors.crash_budgets import DEATHS, CrashBudgets
from boocode.ports.agents import SessionKey

KEY = SessionKey("c1", "flaky")
HOW = "It exited with code 5."


def died(budgets: CrashBudgets, *times: float, key: SessionKey = KEY) -> list[str | None]:
    return [budgets.died(key, "Flaky", HOW, now) for now in times]


def test_the_fifth_death_within_a_minute_spends_the_budget_and_is_told_once():
    budgets = CrashBudgets()
    told = died(budgets, 0, 10, 20, 30, 60, 60)
    assert [words is not None for words in told] == [False, False, False, False, True, False]
    assert "Flaky ended by itself 5 times within a minute" in str(told[4])
    assert HOW in str(told[4])


def test_while_it_is_spent_a_start_is_refused_with_the_last_reason():
    budgets = CrashBudgets()
    died(budgets, *range(DEATHS))
    assert HOW in str(budgets.refusal(KEY, 5))
    assert budgets.spent(5) == [KEY]


def test_other_chats_and_agents_are_untouched():
    budgets = CrashBudgets()
    died(budgets, *range(DEATHS))
    assert budgets.refusal(SessionKey("c2", "flaky"), 5) is None
    assert budgets.refusal(SessionKey("c1", "steady"), 5) is None


def test_five_deaths_in_more_than_a_minute_are_within_the_budget():
    assert died(CrashBudgets(), 0, 15, 30, 45, 60.1) == [None] * 5


def test_the_budget_comes_back_when_the_first_death_leaves_the_window():
    budgets = CrashBudgets()
    died(budgets, *range(DEATHS))
    assert budgets.refusal(KEY, 60) is not None
    assert budgets.refusal(KEY, 60.1) is None


def test_trying_again_gives_the_whole_budget_back():
    budgets = CrashBudgets()
    died(budgets, *range(DEATHS))
    budgets.forgive(KEY)
    assert budgets.refusal(KEY, 5) is None
    assert died(budgets, 5, 6, 7, 8) == [None] * 4


def test_who_has_not_died_for_a_minute_is_forgotten():
    budgets = CrashBudgets()
    died(budgets, 0)
    died(budgets, 100, key=SessionKey("c2", "flaky"))
    assert list(budgets._deaths) == [SessionKey("c2", "flaky")]

"""The life of a turn: every path ends in exactly one settlement."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boocode.domain.events import Cancelled, Completed, Failed, Interrupted
from boocode.domain.turns import (
    Asked,
    EndAsked,
    Ended,
    EndOverdue,
    Input,
    KillSession,
    Leased,
    LeaseSession,
    Lost,
    Phase,
    PromptSent,
    SendPrompt,
    Settle,
    TellAgentToEnd,
    Turn,
    Unavailable,
    WorktreeReady,
    decide,
)

CANCEL = EndAsked(Asked.PERSON, "You cancelled.")


def run(*events: Input) -> tuple[Turn, list[object]]:
    turn, done = Turn(), []
    for event in events:
        turn, actions = decide(turn, event)
        done.extend(actions)
    return turn, done


def test_a_good_turn_opens_leases_sends_and_settles_completed():
    _, done = run(WorktreeReady("/w"), Leased(), PromptSent(), Ended(Completed()))
    assert done == [LeaseSession("/w"), SendPrompt(), Settle(Completed())]


def test_cancel_before_the_prompt_settles_at_once():
    for before in ((), (WorktreeReady("/w"),)):
        turn, done = run(*before, CANCEL)
        assert turn.phase is Phase.SETTLING
        assert done[-1] == Settle(Cancelled("before_start"))


def test_cancel_never_overtakes_the_prompt():
    _, done = run(WorktreeReady("/w"), Leased(), CANCEL, PromptSent())
    assert done[-2:] == [SendPrompt(), TellAgentToEnd()]


def test_an_agent_that_says_end_turn_to_a_cancel_was_cancelled():
    _, done = run(WorktreeReady("/w"), Leased(), PromptSent(), CANCEL, Ended(Completed()))
    assert done[-1] == Settle(Cancelled("asked"))


def test_an_overdue_end_kills_the_session_and_settles():
    _, done = run(WorktreeReady("/w"), Leased(), PromptSent(), CANCEL, EndOverdue())
    assert done[-2:] == [KillSession(), Settle(Cancelled("killed"))]


def test_overdue_without_having_asked_changes_nothing():
    turn, done = run(WorktreeReady("/w"), Leased(), PromptSent(), EndOverdue())
    assert turn.phase is Phase.RUNNING
    assert done[-1] == SendPrompt()


def test_a_stall_is_a_failure_that_says_why():
    stall = EndAsked(Asked.STALLED, "No news for 180 s.")
    _, done = run(WorktreeReady("/w"), Leased(), PromptSent(), stall, Ended(Cancelled()))
    assert done[-1] == Settle(Failed("stalled", "No news for 180 s."))


def test_a_stopping_runtime_interrupts_but_keeps_a_completed_end():
    stop = EndAsked(Asked.STOPPING, "BooCode stops.")
    running = (WorktreeReady("/w"), Leased(), PromptSent(), stop)
    assert run(*running, Ended(Completed()))[1][-1] == Settle(Completed())
    assert run(*running, Ended(Cancelled()))[1][-1] == Settle(
        Interrupted("runtime_stopped", "BooCode stops.")
    )


def test_the_death_of_the_agent_interrupts_the_turn():
    _, done = run(WorktreeReady("/w"), Leased(), PromptSent(), Lost("was killed by signal 9"))
    assert done[-1] == Settle(Interrupted("agent_died", "The agent was killed by signal 9."))


def test_the_second_request_to_end_does_not_change_the_reason():
    _, done = run(
        WorktreeReady("/w"), Leased(), PromptSent(), CANCEL, EndAsked(Asked.STALLED, "x"), Ended(Cancelled())
    )
    assert done[-1] == Settle(Cancelled("asked"))


@pytest.mark.parametrize(
    "late", [Ended(Completed()), Lost("x"), CANCEL, EndOverdue(), Leased(), PromptSent()]
)
def test_nothing_happens_after_the_settlement(late: Input):
    turn, _ = run(WorktreeReady("/w"), Leased(), PromptSent(), Ended(Completed()))
    assert decide(turn, late) == (turn, ())


INPUTS = st.sampled_from(
    [
        WorktreeReady("/w"),
        Leased(),
        PromptSent(),
        Unavailable(Failed("agent_start_failed", "no")),
        Ended(Completed()),
        Ended(Cancelled()),
        Lost("died"),
        CANCEL,
        EndAsked(Asked.STALLED, "s"),
        EndAsked(Asked.LOG_FULL, "l"),
        EndAsked(Asked.STOPPING, "r"),
        EndOverdue(),
    ]
)


@given(st.lists(INPUTS, max_size=12))
def test_any_order_of_events_settles_at_most_once_and_last(events: list[Input]):
    turn, done = run(*events)
    settled = [index for index, action in enumerate(done) if isinstance(action, Settle)]
    assert len(settled) <= 1
    assert (turn.phase is Phase.SETTLING) == bool(settled)
    assert not settled or settled[0] == len(done) - 1
    assert sum(isinstance(action, SendPrompt) for action in done) <= 1


def test_a_stalled_turn_says_when_asking_was_not_enough():
    stalled = EndAsked(Asked.STALLED, "No news.")
    _, done = run(WorktreeReady("/w"), Leased(), PromptSent(), stalled, Ended(Cancelled("killed")))
    assert done[-1] == Settle(
        Failed("stalled", "No news. It did not stop when it was asked, so it was killed.")
    )
    _, done = run(WorktreeReady("/w"), Leased(), PromptSent(), stalled, Ended(Cancelled("asked")))
    assert done[-1] == Settle(Failed("stalled", "No news."))

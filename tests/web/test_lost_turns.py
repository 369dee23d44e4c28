"""Which turns went down with whom: from the journal alone."""

from typing import cast

import pytest

from boocode.contracts.resources import Task
from boocode.kernel import Budget, Crashed, Decision, Exit, Journal, Normal, Restart, Shutdown
from boocode.kernel.verdicts import Verdict
from boocode.ports.store import Store, StoreUnavailable
from tests.contracts.examples import TASK
from web.lost_turns import Endings, told

SESSIONS = "root/engine/sessions"
TURNS = "root/engine/dispatch/turns"
BOOM = Crashed(RuntimeError("boom"))


class Story:
    """A journal that is written by hand."""

    def __init__(self) -> None:
        self.journal = Journal(first=1)
        self.now = 0.0

    def ends(self, path: str, exit_: Exit, doing: str | None = None, after: float = 0.01) -> None:
        self.now += after
        self.journal.record("exited", path, 1, self.now, exit=exit_, doing=doing)

    def decides(self, path: str, verdict: Verdict, *stopped: str) -> None:
        above = path.rpartition("/")[0]
        decision = Decision(
            verdict, above, "rest_for_one", Restart.PERMANENT, Budget(0, 5), also_stopped=stopped
        )
        self.journal.decided(path, 1, decision)

    def lost_with(self, path: str) -> tuple[str, ...]:
        endings = Endings(self.journal)
        return endings.tasks_lost_with(next(endings.of(path)))


@pytest.fixture
def story() -> Story:
    return Story()


def test_a_session_loses_the_turn_that_it_was_at(story: Story):
    story.ends(f"{SESSIONS}/a/session", BOOM, "turn task_a1")
    assert story.lost_with(f"{SESSIONS}/a/session") == ("task_a1",)


def test_an_idle_session_loses_none(story: Story):
    story.ends(f"{SESSIONS}/a/session", BOOM)
    story.ends(f"{SESSIONS}/b/session", BOOM, "turn task_b1")
    assert story.lost_with(f"{SESSIONS}/a/session") == ()


def test_a_turn_that_ended_by_itself_is_not_lost(story: Story):
    story.ends(f"{TURNS}/task_a1", Normal(), "settling")
    story.ends(f"{TURNS}/task_a2", BOOM, "running")
    assert story.lost_with(f"{TURNS}/task_a1") == ()
    assert story.lost_with(f"{TURNS}/task_a2") == ("task_a2",)


def test_a_process_takes_its_siblings_turn_along(story: Story):
    story.ends(f"{SESSIONS}/a/process", BOOM)
    story.decides(f"{SESSIONS}/a/process", "escalated", "session", "reader")
    story.ends(f"{SESSIONS}/a/session", Shutdown(), "turn task_a1")
    story.ends(f"{SESSIONS}/b/session", Shutdown(), "turn task_b1")
    assert story.lost_with(f"{SESSIONS}/a/process") == ("task_a1",)


def test_who_stayed_up_lost_nothing(story: Story):
    story.ends(f"{SESSIONS}/a/terminals/t1", BOOM)
    story.decides(f"{SESSIONS}/a/terminals/t1", "removed")
    story.ends(f"{SESSIONS}/a/session", BOOM, "turn task_a1")
    assert story.lost_with(f"{SESSIONS}/a/terminals/t1") == ()


def test_a_supervisor_loses_what_was_below_it(story: Story):
    story.ends(f"{TURNS}/task_a1", Shutdown(), "running")
    story.ends(f"{TURNS}/task_b1", Shutdown(), "opening")
    story.ends(TURNS, Shutdown())
    assert story.lost_with(TURNS) == ("task_a1", "task_b1")


def test_a_group_that_restarts_loses_the_turns_of_all_its_members(story: Story):
    story.ends("root/engine/dispatch/dispatcher", BOOM)
    story.decides("root/engine/dispatch/dispatcher", "backing_off", "turns")
    story.ends(f"{TURNS}/task_a1", Shutdown(), "running")
    assert story.lost_with("root/engine/dispatch/dispatcher") == ("task_a1",)


def test_an_escalation_is_followed_up_the_tree(story: Story):
    story.ends("root/store/database", BOOM)
    story.decides("root/store/database", "escalated")
    story.ends("root/store", BOOM)
    story.decides("root/store", "restarted", "engine")
    story.ends(f"{TURNS}/task_a1", Shutdown(), "running")
    assert story.lost_with("root/store/database") == ("task_a1",)


def test_what_ended_long_after_went_down_by_itself(story: Story):
    story.ends("root/engine/dispatch/dispatcher", BOOM)
    story.decides("root/engine/dispatch/dispatcher", "backing_off", "turns")
    story.ends(f"{TURNS}/task_a1", Shutdown(), "running", after=60.0)
    assert story.lost_with("root/engine/dispatch/dispatcher") == ()


class OneTask:
    """The store's port, as far as this asks it."""

    def __init__(self, *, is_away: bool = False) -> None:
        self.is_away = is_away

    async def get_task(self, task_id: str) -> Task | None:
        if self.is_away:
            raise StoreUnavailable("it was sent away")
        return TASK if task_id == TASK.id else None


async def test_the_store_says_what_became_of_a_turn():
    (known,) = await told(cast(Store, OneTask()), (TASK.id,))
    assert (known.state, known.chat_id, known.agent) == (TASK.state, TASK.chat_id, TASK.agent)
    assert known.is_lost is (TASK.state == "failed")


async def test_without_the_store_a_turn_is_named_all_the_same():
    (unknown,) = await told(cast(Store, OneTask(is_away=True)), (TASK.id,))
    assert (unknown.task_id, unknown.is_lost, unknown.state) == (TASK.id, True, None)

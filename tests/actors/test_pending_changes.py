"""What a turn did, as a person decides on it: captured, applied, rejected, and never while a turn runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest
import trio

from boocode.kernel import ActorDied
from boocode.ports.log import PostPrompt
from boocode.ports.names import EVENT_WRITER, WORKTREES
from boocode.ports.store import StoreUnavailable
from boocode.ports.worktrees import (
    ApplyChanges,
    ApplyConflict,
    CaptureChanges,
    Conflict,
    RejectChanges,
    RewindChanges,
    TurnBounds,
    WorkspaceError,
)
from tests.actors.store_kit import SOON_S
from tests.actors.worktree_kit import Crash, Desk


@contextmanager
def died_before_its_rows(desk: Desk) -> Iterator[None]:
    """The owner dies between git's part of a capture and the rows."""

    async def crash() -> None:
        raise Crash

    desk.git.at["rows"] = crash
    with pytest.raises(ActorDied):
        yield
    del desk.git.at["rows"]


# Capturing


async def test_a_capture_makes_pending_changes_and_tells_every_chat(desk: Desk) -> None:
    second = await desk.store.create_chat(desk.session.id, "Second")
    assert second is not None
    _, worktree = await desk.open()
    worktree.write("app.py", "changed\n")
    worktree.write("new.txt", "new\n")
    claimed = await desk.start_turn()
    changes = await desk.capture(task_id=claimed.task.id)
    assert {(c.path, c.op, c.state, c.agent, c.task_id) for c in changes} == {
        ("app.py", "edit", "pending", "practice", claimed.task.id),
        ("new.txt", "create", "pending", "practice", claimed.task.id),
    }
    assert await desk.pending() == {change.path: change for change in changes}
    assert await desk.news() == [2]
    assert await desk.news(second.id) == [2]


async def test_the_next_capture_supersedes_and_the_first_author_stays(desk: Desk) -> None:
    _, worktree = await desk.open()
    worktree.write("app.py", "by one\n")
    first = await desk.capture("one")
    worktree.write("lib/util.py", "by two\n")
    await desk.capture("two")
    pending = await desk.pending()
    assert {path: change.agent for path, change in pending.items()} == {"app.py": "one", "lib/util.py": "two"}
    [superseded] = await desk.store.list_pending(desk.session.id, ("superseded",))
    assert superseded.id == first[0].id
    worktree.write("app.py", "by two as well\n")
    await desk.capture("two")
    assert (await desk.pending())["app.py"].agent == "two"


async def test_a_capture_that_finds_nothing_new_leaves_the_ids_and_tells_all_the_same(desk: Desk) -> None:
    _, worktree = await desk.open()
    worktree.write("app.py", "changed\n")
    first = await desk.capture("one")
    assert await desk.capture("two") == first
    assert await desk.store.list_pending(desk.session.id, ("superseded",)) == ()
    assert await desk.news() == [1, 1]


async def test_a_capture_while_the_turn_goes_on_is_told_of_and_the_one_at_its_end_adds_to_it(
    desk: Desk,
) -> None:
    _, worktree = await desk.open()
    claimed = await desk.start_turn()
    worktree.write("a.txt", "a\n")
    meanwhile = CaptureChanges(desk.session.id, claimed.task.id, "boocode", goes_on=True)
    [first] = await desk.ask(meanwhile)
    assert (first.path, first.task_id, first.agent) == ("a.txt", claimed.task.id, "boocode")
    assert await desk.news() == [1]
    worktree.write("b.txt", "b\n")
    await desk.settle(claimed)
    both = await desk.capture("boocode", claimed.task.id)
    assert {change.path: change.task_id for change in both} == {
        "a.txt": claimed.task.id,
        "b.txt": claimed.task.id,
    }
    assert await desk.news() == [1, 2]


async def test_a_capture_that_the_turns_end_has_overtaken_tells_nobody(desk: Desk) -> None:
    """What is told after the end of a turn is all that it did, and not what it had done some time before."""
    _, worktree = await desk.open()
    claimed = await desk.start_turn()
    worktree.write("a.txt", "a\n")
    meanwhile = CaptureChanges(desk.session.id, claimed.task.id, "boocode", goes_on=True)
    desk.git.at["rows"] = partial(desk.settle, claimed)
    assert [change.path for change in await desk.ask(meanwhile)] == ["a.txt"]
    assert await desk.news() == []
    del desk.git.at["rows"]
    assert await desk.ask(meanwhile) == ()
    assert await desk.news() == []
    await desk.capture("boocode", claimed.task.id)
    assert await desk.news() == [1]


async def test_what_waits_stays_in_git_when_the_next_capture_is_cut_off(desk: Desk) -> None:
    _, worktree = await desk.open()
    worktree.write("app.py", "first\n")
    await desk.capture()
    for content in ("second\n", "third\n", "one\n"):
        worktree.write("app.py", content)
        with died_before_its_rows(desk):
            await desk.capture()
        desk.repo.git("gc", "--quiet", "--prune=now")
    await desk.apply()
    assert desk.repo.read("app.py") == b"first\n"


async def test_what_waits_no_longer_leaves_git_with_the_next_capture(desk: Desk) -> None:
    _, worktree = await desk.open()
    worktree.write("app.py", "first, and last seen\n")
    await desk.capture()
    gone = worktree.git("hash-object", "app.py").decode().strip()
    worktree.write("app.py", "second\n")
    await desk.capture()
    desk.repo.git("gc", "--quiet", "--prune=now")
    assert desk.repo.git("cat-file", "--batch-check", data=gone.encode()).split()[1] == b"missing"


async def test_what_the_agent_takes_back_waits_no_longer(desk: Desk) -> None:
    _, worktree = await desk.open()
    worktree.write("app.py", "changed\n")
    await desk.capture()
    worktree.write("app.py", "one\n")
    assert await desk.capture() == ()
    assert await desk.pending() == {}
    assert await desk.news() == [1, 0]


async def test_a_name_that_is_not_utf8_survives_the_database(desk: Desk) -> None:
    _, worktree = await desk.open()
    worktree.write(b"caf\xe9\n.txt", b"\xff")
    [change] = await desk.capture()
    assert change.path == '"caf\\351\n.txt"'
    await desk.apply(change.id)
    assert desk.repo.read(b"caf\xe9\n.txt") == b"\xff"


# Applying


async def test_applied_changes_are_in_the_project_and_wait_no_longer(desk: Desk) -> None:
    row, worktree = await desk.open()
    worktree.write("app.py", "changed\n")
    worktree.write("new.txt", "new\n")
    await desk.capture()
    applied = await desk.apply()
    assert {(change.path, change.state) for change in applied} == {
        ("app.py", "applied"),
        ("new.txt", "applied"),
    }
    assert desk.repo.read("app.py") == b"changed\n"
    assert await desk.pending() == {}
    assert await desk.capture() == ()
    moved = await desk.store.get_worktree(desk.session.id)
    assert moved is not None
    assert moved.base_commit != row.base_commit
    assert await desk.news() == [2, 0, 0]


async def test_one_of_several_is_applied_and_the_others_go_on_waiting(desk: Desk) -> None:
    _, worktree = await desk.open()
    worktree.write("app.py", "changed\n")
    worktree.write("new.txt", "new\n")
    await desk.capture()
    before = await desk.pending()
    await desk.apply(before["new.txt"].id)
    assert await desk.pending() == {"app.py": before["app.py"]}
    assert desk.repo.read("app.py") == b"one\n"
    assert [change.path for change in await desk.capture()] == ["app.py"]
    await desk.apply()
    assert desk.repo.read("app.py") == b"changed\n"


async def test_a_conflict_leaves_project_rows_and_base_alone(desk: Desk) -> None:
    row, worktree = await desk.open()
    worktree.write("app.py", "of the agent\n")
    worktree.write("new.txt", "new\n")
    await desk.capture()
    before = await desk.pending()
    desk.repo.write("app.py", "of the person\n")
    with pytest.raises(ApplyConflict) as caught:
        await desk.apply()
    [conflict] = caught.value.conflicts
    assert conflict == Conflict("app.py", "changed: the lines that it replaces are not there any more")
    assert desk.repo.read("app.py") == b"of the person\n"
    assert not desk.repo.exists("new.txt")
    assert await desk.pending() == before
    assert await desk.store.get_worktree(desk.session.id) == row
    assert await desk.news() == [2]


async def test_two_who_apply_at_once_apply_once(desk: Desk) -> None:
    _, worktree = await desk.open()
    worktree.write("app.py", "changed\n")
    [change] = await desk.capture()
    outcomes: list[str] = []

    async def attempt() -> None:
        try:
            await desk.apply(change.id)
        except WorkspaceError as error:
            outcomes.append(error.code)
        else:
            outcomes.append("applied")

    async with trio.open_nursery() as nursery:
        for _ in range(5):
            nursery.start_soon(attempt)
    assert sorted(outcomes) == ["applied"] + ["not_pending"] * 4


async def test_an_apply_cut_off_before_its_rows_were_marked_is_finished_by_the_next(desk: Desk) -> None:
    _, worktree = await desk.open()
    worktree.write("app.py", "changed\n")
    await desk.capture()
    down = StoreUnavailable("it is being restarted")

    async def database_goes() -> None:
        raise down

    desk.git.at["advance_base"] = database_goes
    with pytest.raises(StoreUnavailable):
        await desk.apply()
    assert desk.repo.read("app.py") == b"changed\n"
    assert list(await desk.pending()) == ["app.py"]
    desk.git.at.clear()
    assert await desk.capture() == ()
    assert [change.state for change in await desk.listed("applied")] == ["applied"]


async def test_applying_nothing_is_nothing(desk: Desk) -> None:
    assert await desk.apply() == ()
    await desk.open()
    assert await desk.apply() == ()


async def test_only_changes_of_this_session_can_be_decided(desk: Desk) -> None:
    other = await desk.store.create_session(desk.project.id, "Another")
    assert other is not None
    _, worktree = await desk.open()
    worktree.write("app.py", "changed\n")
    [change] = await desk.capture()
    for request in (
        ApplyChanges(other.id, (change.id,)),
        RejectChanges(other.id, (change.id,)),
        ApplyChanges(desk.session.id, (change.id, "chg_nope")),
    ):
        assert (await desk.refused(request)).code == "not_found"
    assert desk.repo.read("app.py") == b"one\n"


async def test_a_dry_run_answers_as_it_would_and_changes_nothing(desk: Desk) -> None:
    row, worktree = await desk.open()
    worktree.write("app.py", "changed\n")
    [change] = await desk.capture()
    [shown] = await desk.ask(ApplyChanges(desk.session.id, (change.id,), dry_run=True))
    assert (shown.id, shown.state, shown.tier, shown.score) == (change.id, "applied", "exact", 1.0)
    assert desk.repo.read("app.py") == b"one\n"
    assert await desk.pending() == {"app.py": change}
    assert await desk.store.get_worktree(desk.session.id) == row
    assert desk.repo.git("for-each-ref", "refs/boocode/applied") == b""
    desk.repo.write("app.py", "mine\n")
    with pytest.raises(ApplyConflict):
        await desk.ask(ApplyChanges(desk.session.id, dry_run=True))


async def test_two_who_apply_different_hunks_at_once_lose_none(desk: Desk) -> None:
    text = "".join(f"line {n}\n" for n in range(40))
    desk.repo.write("long.txt", text)
    desk.repo.commit("Long")
    _, worktree = await desk.open()
    worktree.write("long.txt", "top\n" + text + "bottom\n")
    [change] = await desk.capture()
    outcomes: list[str] = []

    async def attempt(number: int) -> None:
        try:
            await desk.ask(ApplyChanges(desk.session.id, (change.id,), (number,)))
        except WorkspaceError as error:
            outcomes.append(error.code)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(attempt, 0)
        nursery.start_soon(attempt, 1)
    assert outcomes == ["not_pending"]
    await desk.apply()
    assert desk.repo.read("long.txt") == worktree.read("long.txt")


# Rejecting


async def test_a_rejected_change_stays_rejected_until_the_agent_changes_it(desk: Desk) -> None:
    _, worktree = await desk.open()
    worktree.write("app.py", "unwanted\n")
    worktree.write("new.txt", "wanted\n")
    await desk.capture()
    before = await desk.pending()
    [rejected] = await desk.reject(before["app.py"].id)
    assert rejected.state == "rejected"
    assert worktree.read("app.py") == b"unwanted\n"
    assert list(await desk.pending()) == ["new.txt"]
    assert [change.path for change in await desk.capture()] == ["new.txt"]
    await desk.apply()
    assert await desk.capture() == ()
    worktree.write("app.py", "better\n")
    assert [change.path for change in await desk.capture()] == ["app.py"]
    assert await desk.news() == [2, 1, 1, 0, 0, 1]


@pytest.mark.parametrize("decline", ["reject", "rewind"])
async def test_what_was_declined_is_offered_again_when_the_agent_makes_it_anew(
    desk: Desk, decline: str
) -> None:
    _, worktree = await desk.open()
    worktree.write("app.py", "changed\n")
    [change] = await desk.capture()
    if decline == "reject":
        await desk.reject(change.id)
    else:
        await desk.apply()
        await desk.ask(RewindChanges(desk.session.id, (change.id,)))
    assert await desk.capture() == ()
    worktree.write("app.py", "one\n")
    assert await desk.capture() == ()
    worktree.write("app.py", "changed\n")
    assert [each.path for each in await desk.capture()] == ["app.py"]
    assert [each.path for each in await desk.capture()] == ["app.py"]


async def test_a_decided_change_cannot_be_decided_again(desk: Desk) -> None:
    _, worktree = await desk.open()
    worktree.write("app.py", "changed\n")
    [change] = await desk.capture()
    await desk.reject(change.id)
    for request in (
        ApplyChanges(desk.session.id, (change.id,)),
        RejectChanges(desk.session.id, (change.id,)),
    ):
        error = await desk.refused(request)
        assert (error.code, "app.py is rejected" in str(error)) == ("not_pending", True)


# Turns


async def test_nothing_is_applied_while_a_turn_runs(desk: Desk) -> None:
    _, worktree = await desk.open()
    worktree.write("app.py", "changed\n")
    await desk.capture()
    claimed = await desk.start_turn()
    # The row says so even before the turn itself has.
    assert (await desk.refused(ApplyChanges(desk.session.id))).code == "turn_running"
    desk.bounds(claimed, "started")
    error = await desk.refused(ApplyChanges(desk.session.id))
    assert (error.code, "practice is at work" in str(error)) == ("turn_running", True)
    assert desk.repo.read("app.py") == b"one\n"
    await desk.settle(claimed)
    desk.bounds(claimed, "ended")
    assert [change.state for change in await desk.apply()] == ["applied"]


async def test_an_apply_between_a_turns_end_and_its_capture_includes_what_the_turn_did(desk: Desk) -> None:
    _, worktree = await desk.open()
    claimed = await desk.start_turn()
    desk.bounds(claimed, "started")
    worktree.write("app.py", "changed\n")
    await desk.settle(claimed)
    [applied] = await desk.apply()
    assert (applied.path, applied.agent, applied.task_id) == ("app.py", "practice", claimed.task.id)
    assert await desk.capture(task_id=claimed.task.id) == ()


async def test_a_turn_of_another_session_is_no_obstacle(desk: Desk) -> None:
    other = await desk.store.create_session(desk.project.id, "Another")
    assert other is not None
    _, worktree = await desk.open()
    worktree.write("app.py", "changed\n")
    await desk.capture()
    await desk.system.whereis(EVENT_WRITER).call(PostPrompt(other.chats[0].id, "x", "practice"), SOON_S)
    [claimed] = await desk.store.claim_tasks("me", 1, 600.0)
    desk.system.whereis(WORKTREES).cast(TurnBounds(other.id, claimed.task.id, "started"))
    assert len(await desk.apply()) == 1

"""Some hunks of a change, decided on by themselves; what is left goes on waiting."""

import pytest

from boocode.contracts.resources import PendingChange
from boocode.ports.worktrees import ApplyChanges, RejectChanges
from tests.actors.worktree_kit import Desk
from tests.kit.repositories import Repo

BASE = "".join(f"line {n}\n" for n in range(60))
FIRST, SECOND, THIRD = ("line 5\n", "first\n"), ("line 30\n", "second\n"), ("line 55\n", "third\n")


def with_(*hunks: tuple[str, str]) -> bytes:
    text = BASE
    for old, new in hunks:
        text = text.replace(old, new)
    return text.encode()


async def three_hunks(desk: Desk) -> tuple[Repo, PendingChange]:
    desk.repo.write("long.txt", BASE)
    desk.repo.commit("A long file")
    _, worktree = await desk.open()
    worktree.write("long.txt", with_(FIRST, SECOND, THIRD))
    [change] = await desk.capture()
    return worktree, change


async def test_only_these_hunks_are_applied_and_the_rest_waits(desk: Desk) -> None:
    _, change = await three_hunks(desk)
    [applied] = await desk.ask(ApplyChanges(desk.session.id, (change.id,), (0, 2)))
    assert desk.repo.read("long.txt") == with_(FIRST, THIRD)
    assert (applied.id, applied.state, applied.additions, applied.deletions) == (change.id, "applied", 2, 2)
    assert "+first" in applied.diff
    assert "+second" not in applied.diff
    rest = (await desk.pending())["long.txt"]
    assert (rest.agent, rest.task_id, rest.op) == (change.agent, change.task_id, "edit")
    assert "+second" in rest.diff
    assert "+first" not in rest.diff
    # The base has what was applied: a capture finds nothing but the rest.
    assert [c.id for c in await desk.capture()] == [rest.id]
    await desk.apply(rest.id)
    assert desk.repo.read("long.txt") == with_(FIRST, SECOND, THIRD)
    assert await desk.capture() == ()


async def test_all_hunks_are_the_whole_change(desk: Desk) -> None:
    _, change = await three_hunks(desk)
    await desk.ask(ApplyChanges(desk.session.id, (change.id,), (2, 0, 1)))
    assert desk.repo.read("long.txt") == with_(FIRST, SECOND, THIRD)
    assert await desk.pending() == {}


async def test_a_hunk_is_applied_beside_what_a_person_wrote(desk: Desk) -> None:
    _, change = await three_hunks(desk)
    desk.repo.write("long.txt", b"by hand\n" + with_())
    [applied] = await desk.ask(ApplyChanges(desk.session.id, (change.id,), (1,)))
    assert desk.repo.read("long.txt") == b"by hand\n" + with_(SECOND)
    assert (applied.tier, applied.score) == ("exact", 1.0)
    assert "+first" in (await desk.pending())["long.txt"].diff


async def test_rejected_hunks_do_not_come_back_and_the_rest_is_not_lost(desk: Desk) -> None:
    worktree, change = await three_hunks(desk)
    [rejected] = await desk.ask(RejectChanges(desk.session.id, (change.id,), (1,)))
    assert (rejected.id, rejected.state) == (change.id, "rejected")
    assert "+second" in rejected.diff
    rest = (await desk.pending())["long.txt"]
    assert "+second" not in rest.diff
    assert (rest.additions, rest.deletions) == (2, 2)
    assert [c.id for c in await desk.capture()] == [rest.id]
    worktree.write("other.txt", "news\n")
    captured = {c.path: c for c in await desk.capture()}
    assert captured["long.txt"].diff == rest.diff
    await desk.apply(captured["long.txt"].id)
    assert desk.repo.read("long.txt") == with_(FIRST, THIRD)
    assert [c.path for c in await desk.capture()] == ["other.txt"]
    worktree.write("long.txt", with_(FIRST, SECOND, THIRD) + b"touched\n")
    again = {c.path: c for c in await desk.capture()}["long.txt"]
    assert "+second" in again.diff
    assert "+touched" in again.diff
    assert "+first" not in again.diff


async def test_hunks_are_rejected_one_after_the_other(desk: Desk) -> None:
    _, change = await three_hunks(desk)
    await desk.ask(RejectChanges(desk.session.id, (change.id,), (0,)))
    rest = (await desk.pending())["long.txt"]
    await desk.ask(RejectChanges(desk.session.id, (rest.id,), (1,)))
    last = (await desk.pending())["long.txt"]
    assert [c.id for c in await desk.capture()] == [last.id]
    await desk.ask(RejectChanges(desk.session.id, (last.id,), (0,)))
    assert await desk.capture() == ()
    assert await desk.pending() == {}


async def test_one_hunk_applied_and_another_rejected(desk: Desk) -> None:
    _, change = await three_hunks(desk)
    await desk.ask(RejectChanges(desk.session.id, (change.id,), (0,)))
    rest = (await desk.pending())["long.txt"]
    await desk.ask(ApplyChanges(desk.session.id, (rest.id,), (1,)))
    assert desk.repo.read("long.txt") == with_(THIRD)
    [left] = await desk.capture()
    assert "+second" in left.diff
    assert "+first" not in left.diff
    await desk.apply(left.id)
    assert desk.repo.read("long.txt") == with_(SECOND, THIRD)
    assert await desk.capture() == ()


async def test_a_dry_run_shows_the_part_and_changes_nothing(desk: Desk) -> None:
    _, change = await three_hunks(desk)
    [shown] = await desk.ask(ApplyChanges(desk.session.id, (change.id,), (1,), dry_run=True))
    assert (shown.id, shown.state, shown.tier) == (change.id, "applied", "exact")
    assert "+second" in shown.diff
    assert "+first" not in shown.diff
    assert desk.repo.read("long.txt") == with_()
    assert await desk.pending() == {"long.txt": change}


async def test_what_waits_between_survives_a_collection_of_garbage(desk: Desk) -> None:
    worktree, change = await three_hunks(desk)
    await desk.ask(RejectChanges(desk.session.id, (change.id,), (1,)))
    worktree.write("other.txt", "another capture\n")
    await desk.capture()
    desk.repo.git("reflog", "expire", "--expire=now", "--all")
    desk.repo.git("gc", "-q", "--prune=now")
    await desk.apply()
    assert desk.repo.read("long.txt") == with_(FIRST, THIRD)


@pytest.mark.parametrize("hunks", [(3,), (-1,), (0, 7), ()])
async def test_a_hunk_that_is_not_there_is_refused(desk: Desk, hunks: tuple[int, ...]) -> None:
    _, change = await three_hunks(desk)
    for request in (
        ApplyChanges(desk.session.id, (change.id,), hunks),
        RejectChanges(desk.session.id, (change.id,), hunks),
    ):
        error = await desk.refused(request)
        assert (error.code, "which has 3" in str(error)) == ("no_such_hunk", True)
    assert await desk.pending() == {"long.txt": change}


async def test_hunks_of_what_has_none_are_refused(desk: Desk) -> None:
    _, worktree = await desk.open()
    worktree.write("image.png", b"\x89PNG\0")
    worktree.path("app.py")
    (worktree.root / "app.py").rename(worktree.root / "main.py")
    (worktree.root / "lib" / "util.py").chmod(0o755)
    worktree.write("huge.txt", "".join(f"a line of some length, number {n}\n" for n in range(50_000)))
    changes = await desk.capture()
    assert {change.op for change in changes} == {"create", "rename", "chmod"}
    for change in changes:
        assert (await desk.refused(ApplyChanges(desk.session.id, (change.id,), (0,)))).code == "no_such_hunk"


async def test_hunks_are_counted_within_one_change(desk: Desk) -> None:
    _, worktree = await desk.open()
    worktree.write("app.py", "changed\n")
    worktree.write("lib/util.py", "changed\n")
    ids = tuple(change.id for change in await desk.capture())
    for request in (ApplyChanges(desk.session.id, ids, (0,)), ApplyChanges(desk.session.id, None, (0,))):
        assert (await desk.refused(request)).code == "no_such_hunk"

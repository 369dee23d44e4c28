"""An owner that dies anywhere in an apply or a rewind: the next one finds all of it done, or none, and no line lost."""

import json
import os
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest
from attrs import define, evolve, field

from actors.event_writer import EventWriter
from boocode.adapters.git import GitCheckpoints
from boocode.adapters.postgres import PostgresLog, PostgresStore
from boocode.kernel import ActorDied, Request
from boocode.ports.log import Flush
from boocode.ports.names import EVENT_WRITER, HUB
from boocode.ports.worktrees import ApplyChanges, RecoverOperations, RewindChanges
from supervisors.store import event_writer_child
from supervisors.worktrees import worktree_children
from tests.actors.store_kit import SOON_S, a_tree, ear
from tests.actors.worktree_kit import Crash, Desk, Faulty
from tests.kit.repositories import Repo


@define
class Dying:
    """Raises at the nth point that is reached from now on (0: never), or at one of a name."""

    nth: int = 0
    point: str = ""
    passed: list[str] = field(factory=list)

    def __call__(self, point: str) -> None:
        self.passed.append(point)
        if len(self.passed) == self.nth or point == self.point:
            raise Crash(point)

    def start(self, nth: int) -> None:
        self.nth, self.point = nth, ""
        self.passed.clear()

    def start_at(self, point: str) -> None:
        self.nth, self.point = 0, point


@pytest.fixture
def dying() -> Dying:
    return Dying()


@pytest.fixture
async def mortal(desk: Desk, store: PostgresStore, log: PostgresLog, dying: Dying) -> AsyncIterator[Desk]:
    """The desk, served by owners that die where `dying` says."""
    git = Faulty(dying)
    async with a_tree(
        event_writer_child(partial(EventWriter, log)),
        ear(HUB, []),
        *worktree_children(git, GitCheckpoints(), store, str(desk.folder), reached=dying),
    ) as system:
        yield evolve(desk, system=system, git=git)


def files(repo: Repo) -> dict[str, bytes]:
    """Files with their bytes, directories with a slash."""
    found = {}
    for base, directories, names in os.walk(repo.root):
        if ".git" in directories:
            directories.remove(".git")
        for name in directories:
            found[os.path.relpath(os.path.join(base, name), repo.root) + "/"] = b""
        for name in names:
            if name != ".git":
                path = os.path.relpath(os.path.join(base, name), repo.root)
                found[path] = repo.read(path)
    return found


async def notices(desk: Desk) -> list[str]:
    """What the session's chat was told in words."""
    await desk.system.whereis(EVENT_WRITER).call(Flush(), SOON_S)
    frames = await desk.log.read(desk.session.chats[0].id, 0, 1000)
    bodies = [json.loads(frame.data) for frame in frames]
    return [body["text"] for body in bodies if body["type"] == "notice"]


async def the_agent_works(desk: Desk, turn: int) -> dict[str, bytes]:
    """An edit, a rename and a creation, none as in another turn; returns the worktree's files."""
    _, worktree = await desk.open()
    for path in files(worktree):
        if not path.endswith("/"):
            os.unlink(worktree.path(path))
    worktree.write("app.py", f"version {turn}\n")
    worktree.write(f"made/in-{turn}.txt", f"{turn}\n")
    worktree.write(f"lib/{turn}.py", "two\n")
    return files(worktree)


async def whole_or_nothing(
    desk: Desk, dying: Dying, request: Request[Any], after: dict[str, bytes], nth: int
) -> str | None:
    """Lets the owner die at the nth point of this request, and the next one look after it; then, or if nobody died,
    the files are `after`. Returns where it died."""
    before = files(desk.repo)
    dying.start(nth)
    try:
        await desk.ask(request)
    except ActorDied:
        point = dying.passed[-1]
    else:
        return None
    dying.start(0)
    await desk.ask(RecoverOperations(desk.session.id))
    assert await desk.store.open_operations(desk.session.id) == ()
    is_whole = point != "apply.kept"
    assert files(desk.repo) == (after if is_whole else before), point
    if not is_whole:
        await desk.ask(request)
    assert files(desk.repo) == after
    return point


async def test_a_death_anywhere_leaves_all_or_nothing(mortal: Desk, dying: Dying) -> None:
    died_at = list[str | None]()
    for nth in range(1, 30):
        before, after = files(mortal.repo), await the_agent_works(mortal, nth)
        ids = tuple(change.id for change in await mortal.capture())
        died_at.append(
            await whole_or_nothing(mortal, dying, ApplyChanges(mortal.session.id, ids), after, nth)
        )
        assert {change.state for change in await mortal.listed("applied", "pending")} == {"applied"}
        assert await mortal.capture() == ()
        died_at.append(
            await whole_or_nothing(mortal, dying, RewindChanges(mortal.session.id, ids), before, nth)
        )
        assert await mortal.listed("applied", "pending") == ()
        assert await mortal.capture() == ()
        if died_at[-2:] == [None, None]:
            break
    assert died_at[0] == "apply.kept"
    assert set(died_at) == {
        None,
        *("apply.kept", "apply.journaled", "apply.exchanged", "apply.base_moved", "apply.decided"),
        *("swap.staged", "swap.deleted", "swap.written"),
    }


async def test_a_death_between_hunks_and_the_rest_loses_neither(mortal: Desk, dying: Dying) -> None:
    base = [f"line {n}\n" for n in range(40)]
    mortal.repo.write("long.txt", "".join(base))
    mortal.repo.commit()
    _, worktree = await mortal.open()
    for point in ("apply.journaled", "apply.exchanged", "apply.base_moved", "apply.split", "apply.decided"):
        before = worktree.read("long.txt").decode()
        worktree.write("long.txt", (f"{point} above\n" + before + f"{point} below\n"))
        [change] = await mortal.capture()
        dying.start_at(point)
        with pytest.raises(ActorDied):
            await mortal.ask(ApplyChanges(mortal.session.id, (change.id,), (1,)))
        dying.start(0)
        [rest] = await mortal.listed()
        assert f"+{point} above" in rest.diff
        assert f"+{point} below" not in rest.diff
        assert mortal.repo.read("long.txt").decode() == before + f"{point} below\n"
        await mortal.apply(rest.id)
        assert mortal.repo.read("long.txt") == worktree.read("long.txt")
        assert await mortal.capture() == ()


async def test_what_a_person_wrote_meanwhile_stays_and_the_others_go_back(mortal: Desk, dying: Dying) -> None:
    before = files(mortal.repo)
    await the_agent_works(mortal, 1)
    ids = tuple(change.id for change in await mortal.capture())
    dying.start_at("swap.written")
    with pytest.raises(ActorDied):
        await mortal.ask(ApplyChanges(mortal.session.id, ids))
    dying.start(0)
    mortal.repo.write("app.py", "by hand\n")
    waiting = await mortal.listed()
    assert {change.id for change in waiting} == set(ids)
    assert files(mortal.repo) == {**before, "app.py": b"by hand\n"}
    assert await mortal.store.open_operations(mortal.session.id) == ()
    [error] = [change.error for change in waiting if change.path == "app.py"]
    assert error is not None
    assert "app.py (changed" in error
    [notice] = await notices(mortal)
    assert "taken back" in notice
    assert notice.endswith("Left as they are: app.py.")


async def test_what_a_person_wrote_after_the_last_file_undoes_none_of_it(mortal: Desk, dying: Dying) -> None:
    after = await the_agent_works(mortal, 1)
    ids = tuple(change.id for change in await mortal.capture())
    dying.start_at("apply.exchanged")
    with pytest.raises(ActorDied):
        await mortal.ask(ApplyChanges(mortal.session.id, ids))
    dying.start(0)
    mortal.repo.write("app.py", "by hand, on top of it\n")
    mortal.repo.commit()
    assert {change.id for change in await mortal.listed("applied")} == set(ids)
    assert files(mortal.repo) == {**after, "app.py": b"by hand, on top of it\n"}
    assert mortal.repo.git("status", "--porcelain") == b""
    assert await mortal.listed() == ()
    assert await mortal.store.open_operations(mortal.session.id) == ()
    [notice] = await notices(mortal)
    assert "finished" in notice
    assert "app.py" in notice


async def test_what_was_not_begun_when_a_person_wrote_it_goes_on_waiting(mortal: Desk, dying: Dying) -> None:
    """None of its files is as planned: nothing says that any of them was written."""
    _, worktree = await mortal.open()
    worktree.write("app.py", "by the agent\n")
    [change] = await mortal.capture()
    dying.start_at("apply.journaled")
    with pytest.raises(ActorDied):
        await mortal.apply(change.id)
    dying.start(0)
    mortal.repo.write("app.py", "by hand\n")
    assert [each.id for each in await mortal.listed()] == [change.id]
    assert mortal.repo.read("app.py") == b"by hand\n"
    assert await mortal.store.open_operations(mortal.session.id) == ()


async def test_a_project_that_is_gone_does_not_lock_the_session(mortal: Desk, dying: Dying) -> None:
    after = await the_agent_works(mortal, 1)
    ids = tuple(change.id for change in await mortal.capture())
    dying.start_at("swap.written")
    with pytest.raises(ActorDied):
        await mortal.ask(ApplyChanges(mortal.session.id, ids))
    dying.start(0)
    gone = mortal.repo.root.with_name("gone")
    mortal.repo.root.rename(gone)
    assert {change.id for change in await mortal.listed()} == set(ids)
    assert await mortal.store.open_operations(mortal.session.id) == ()
    [notice] = await notices(mortal)
    assert "neither be finished nor taken back" in notice
    gone.rename(mortal.repo.root)
    await mortal.apply(*ids)
    assert files(mortal.repo) == after


async def test_a_failure_that_was_put_back_leaves_no_open_journal(
    mortal: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after = files(mortal.repo), await the_agent_works(mortal, 1)
    changes = await mortal.capture()

    def no_space(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("boocode.adapters.git.swap.sync_parents", no_space)
        error = await mortal.refused(ApplyChanges(mortal.session.id))
        assert (error.code, "No space left" in str(error)) == ("apply_failed", True)
    assert files(mortal.repo) == before
    assert await mortal.store.open_operations(mortal.session.id) == ()
    assert await mortal.listed() == changes
    await mortal.apply()
    assert files(mortal.repo) == after

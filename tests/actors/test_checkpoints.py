"""A checkpoint before each turn, and the way back to one: files, messages, pending changes and memories together."""

import pytest
import trio

from boocode.ports.log import SettleTurn
from boocode.ports.names import EVENT_WRITER, WORKTREES
from boocode.ports.store import ClaimedTask, StoreUnavailable
from boocode.ports.worktrees import PreviewRestore, RestoreCheckpoint, TakeCheckpoint, WorkspaceError
from tests.actors.checkpoint_kit import FILES, Talk
from tests.actors.store_kit import SOON_S
from tests.adapters.postgres.scenes import settlement

# Taking


async def test_a_turn_begins_with_a_checkpoint_that_every_chat_hears_of(talk: Talk) -> None:
    second = await talk.second_chat()
    tree = await talk.worktree()
    tree.write("by hand.txt", "mine\n")
    claimed = await talk.begin(text="make it so")
    [checkpoint] = await talk.taken()
    assert (checkpoint.kind, checkpoint.agent, checkpoint.chat_id) == ("turn", "practice", talk.chat)
    assert (checkpoint.task_id, checkpoint.message_id) == (claimed.task.id, claimed.message_id)
    assert (checkpoint.title, checkpoint.ref) == ("make it so", f"refs/boocode/checkpoints/{talk.chat}/1")
    assert talk.refs() == [checkpoint.ref]
    assert talk.desk.repo.git("show", f"{checkpoint.ref}:by hand.txt") == b"mine\n"
    for chat in (talk.chat, second):
        [frame] = await talk.frames("checkpoint_created", chat)
        assert frame["checkpoint"]["id"] == checkpoint.id


async def test_where_nothing_changed_each_turn_has_a_checkpoint_and_all_have_one_commit(talk: Talk) -> None:
    made = [(await talk.turn(f"prompt {n}"))[1] for n in range(3)]
    assert len({c.id for c in made}) == len({c.message_id for c in made}) == 3
    assert len({(c.commit, c.ref) for c in made}) == 1
    assert len(talk.refs()) == 1
    _, changed = await talk.turn("write", app_py="changed\n")
    _, after = await talk.turn("no more")
    assert (changed.commit, changed.ref) == (made[0].commit, made[0].ref)
    assert (after.commit, after.ref) != (made[0].commit, made[0].ref)
    assert len(talk.refs()) == 2


async def test_a_person_may_take_one_between_turns(talk: Talk) -> None:
    await talk.turn("one", app_py="changed\n")
    taken = await talk.desk.ask(TakeCheckpoint(talk.session_id, talk.chat, None, None))
    assert (taken.kind, taken.task_id, taken.message_id) == ("manual", None, None)
    await talk.turn("two", app_py="spoilt\n")
    done = await talk.restore(taken)
    assert (await talk.worktree()).read("app.py") == b"changed\n"
    assert len(done.hidden_messages) == 2


async def test_a_session_without_a_worktree_has_nothing_to_keep(talk: Talk) -> None:
    error = await talk.desk.refused(TakeCheckpoint(talk.session_id, talk.chat, None, None))
    assert error.code == "no_worktree"


async def test_a_lost_commit_of_the_last_checkpoint_does_not_prevent_the_next(talk: Talk) -> None:
    _, first = await talk.turn("one", app_py="changed\n")
    talk.desk.repo.git("update-ref", "-d", first.ref)
    talk.desk.repo.git("gc", "--prune=now", "--quiet")
    _, second = await talk.turn("two")
    assert talk.refs() == [second.ref]
    assert second.ref != first.ref
    error = await talk.desk.refused(PreviewRestore(talk.session_id, first.id))
    assert error.code == "checkpoint_gone"


async def test_who_went_away_while_it_was_taken_leaves_none(talk: Talk) -> None:
    """Whoever asked may be writing by the time it is done: such a state is nobody's way back."""
    await talk.worktree()
    held, gone = trio.Event(), trio.Event()

    async def hold() -> None:
        held.set()
        await gone.wait()

    talk.checkpoints.at["capture"] = hold
    await talk.post()
    [claimed] = await talk.store.claim_tasks("me", 1, 600.0)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(talk.take, claimed)
        await held.wait()
        nursery.cancel_scope.cancel()
    gone.set()
    await talk.desk.open()  # behind it in the owner's queue
    assert await talk.taken() == ()


async def test_a_capture_that_fails_is_told_and_leaves_none(talk: Talk) -> None:
    await talk.worktree()

    async def fail() -> None:
        raise WorkspaceError("checkpoint_failed", "No space is left.")

    talk.checkpoints.at["capture"] = fail
    error = await talk.desk.refused(TakeCheckpoint(talk.session_id, talk.chat, None, None))
    assert (error.code, str(error)) == ("checkpoint_failed", "No space is left.")
    assert await talk.taken() == ()


# Prepared when a turn is over


async def ready(talk: Talk) -> int:
    """A turn that wrote is over, and its capture is done; returns how many there were so far."""
    claimed = await talk.begin()
    (await talk.worktree()).write("app.py", "by one\n")
    await trio.sleep(
        0.1
    )  # real time that files are stamped with: an agent's last write is no moment before its end
    await talk.end(claimed)
    return talk.checkpoints.captures


async def test_before_the_next_turn_a_look_is_enough(talk: Talk) -> None:
    second = await talk.second_chat()
    captures = await ready(talk)
    for chat in (talk.chat, second, talk.chat):
        claimed = await talk.begin(chat)
        assert talk.checkpoints.captures == captures
        checkpoint = (await talk.taken())[-1]
        assert checkpoint.task_id == claimed.task.id
        assert talk.desk.repo.git("show", f"{checkpoint.ref}:app.py") == b"by one\n"
        await talk.desk.system.whereis(EVENT_WRITER).call(SettleTurn(settlement(claimed)), SOON_S)
    commits = {checkpoint.commit for checkpoint in (await talk.taken())[1:]}
    assert len(commits) == 1
    assert len(talk.refs("refs/boocode/checkpoints/")) == 3, "the first turn's, and one in each chat"
    assert talk.refs("refs/boocode/scratch/") == []


async def test_what_a_person_writes_between_turns_is_captured(talk: Talk) -> None:
    captures = await ready(talk)
    tree = await talk.worktree()
    tree.write("app.py", "by me\n")
    claimed = await talk.begin()
    assert talk.checkpoints.captures == captures + 1
    tree.write("app.py", "spoilt\n")
    await talk.end(claimed)
    await talk.restore(next(c for c in await talk.taken() if c.task_id == claimed.task.id))
    assert tree.read("app.py") == b"by me\n"


async def test_what_git_collected_meanwhile_is_captured_anew(talk: Talk) -> None:
    captures = await ready(talk)
    talk.desk.repo.git("gc", "--prune=now", "--quiet")
    await talk.begin()
    assert talk.checkpoints.captures == captures + 1
    assert talk.desk.repo.git("show", f"{(await talk.taken())[-1].ref}:app.py") == b"by one\n"


# Looking ahead


async def test_a_preview_says_what_happens_and_leaves_nothing_behind(talk: Talk) -> None:
    await talk.turn("one", app_py="by one\n")
    _, target = await talk.turn("two", app_py="by two\n", new_txt="new\n")
    (await talk.worktree()).write("later.txt", "later\n")
    before = talk.refs("refs/"), await talk.taken(), await talk.said()
    preview = await talk.preview(target)
    assert (preview.written, preview.deleted) == (("app.py",), ("later.txt", "new.txt"))
    assert len(preview.hidden_messages) == 2
    assert preview.safety is None
    assert (talk.refs("refs/"), await talk.taken(), await talk.said()) == before
    assert (await talk.worktree()).read("later.txt") == b"later\n"


async def test_what_is_not_there_cannot_be_gone_back_to(talk: Talk) -> None:
    _, checkpoint = await talk.turn("one")
    other = await talk.store.create_session(talk.desk.project.id, "Other")
    assert other is not None
    for request in (PreviewRestore, RestoreCheckpoint):
        for session, id_ in ((talk.session_id, "cp_none"), (other.id, checkpoint.id)):
            assert (await talk.desk.refused(request(session, id_))).code == "not_found"


# Going back


async def test_going_back_takes_files_messages_changes_and_memories_along(talk: Talk) -> None:
    await talk.turn("one", app_py="by one\n")
    second, target = await talk.turn("two", app_py="by two\n", new_txt="new\n")
    await talk.remember(talk.chat, "conversation 1")
    preview = await talk.preview(target)
    done = await talk.restore(target)
    tree = await talk.worktree()
    assert tree.read("app.py") == b"by one\n"
    assert not (tree.root / "new.txt").exists()
    assert [text for text in await talk.said() if not text.startswith("answer")] == ["one"]
    assert {path: change.diff.count("+by one") for path, change in (await talk.desk.pending()).items()} == {
        "app.py": 1
    }
    assert await talk.memory(talk.chat) is None
    assert done.safety is not None
    assert (done.written, done.deleted, done.hidden_messages) == (
        preview.written,
        preview.deleted,
        preview.hidden_messages,
    )
    assert second.message_id in done.hidden_messages
    [frame] = await talk.frames("checkpoint_restored")
    assert (frame["checkpoint"]["id"], frame["safety_id"]) == (target.id, done.safety.id)
    assert await talk.store.open_operations() == ()


async def test_the_way_back_restores_what_was_there(talk: Talk) -> None:
    await talk.turn("one", app_py="by one\n")
    _, target = await talk.turn("two", app_py="by two\n", new_txt="new\n")
    (await talk.worktree()).write("by hand.txt", "mine\n")
    said, pending = await talk.said(), await talk.desk.capture()
    done = await talk.restore(target)
    assert done.safety is not None
    back = await talk.restore(done.safety)
    tree = await talk.worktree()
    assert tree.read("app.py") == b"by two\n"
    assert tree.read("new.txt") == b"new\n"
    assert tree.read("by hand.txt") == b"mine\n"
    assert await talk.said() == said
    assert {c.path: c.diff for c in pending} == {p: c.diff for p, c in (await talk.desk.pending()).items()}
    assert back.shown_messages == done.hidden_messages
    assert back.safety is not None
    await talk.restore(back.safety)  # and forth again
    assert (await talk.worktree()).read("app.py") == b"by one\n"


async def test_going_back_to_what_is_there_still_trims_the_chat(talk: Talk) -> None:
    await talk.turn("one", app_py="by one\n")
    _, target = await talk.turn("only words")
    done = await talk.restore(target)
    assert (done.written, done.deleted) == ((), ())
    assert [text for text in await talk.said() if not text.startswith("answer")] == ["one"]


async def test_commits_of_the_agent_stay_on_their_branch(talk: Talk) -> None:
    _, target = await talk.turn("one", app_py="by one\n")
    tree = await talk.worktree()
    tree.git("commit", "-q", "-a", "-m", "by the agent")
    head = tree.git("rev-parse", "HEAD")
    done = await talk.restore(target)
    assert done.head_moved == 1
    assert tree.git("rev-parse", "HEAD") == head
    assert tree.read("app.py") == FILES["app.py"].encode()


@pytest.mark.parametrize("state", ["waits for its turn", "is at work"])
async def test_no_restore_while_a_task_of_the_session_runs_or_waits(talk: Talk, state: str) -> None:
    second = await talk.second_chat()
    _, target = await talk.turn("one", app_py="by one\n")
    if state == "is at work":
        await talk.begin(second)
    else:
        await talk.post(second)
    before = talk.refs("refs/"), len(await talk.taken())
    error = await talk.desk.refused(RestoreCheckpoint(talk.session_id, target.id))
    assert error.code == "turn_running"
    assert state in str(error)
    assert (await talk.worktree()).read("app.py") == b"by one\n"
    assert (talk.refs("refs/"), len(await talk.taken())) == before


async def test_a_turn_that_is_claimed_while_agents_end_goes_first(talk: Talk) -> None:
    _, target = await talk.turn("one", app_py="by one\n")
    claimed: list[ClaimedTask] = []

    async def claim() -> None:
        if not claimed:
            await talk.post()
            claimed.extend(await talk.store.claim_tasks("me", 1, 600.0))

    talk.checkpoints.at["capture"] = claim
    error = await talk.desk.refused(RestoreCheckpoint(talk.session_id, target.id))
    assert error.code == "turn_running"
    assert (await talk.worktree()).read("app.py") == b"by one\n"
    assert await talk.store.open_operations() == ()
    assert await talk.frames("checkpoint_restored") == []


async def test_a_prompt_that_comes_in_the_middle_begins_after_it_and_stays(talk: Talk) -> None:
    await talk.turn("one", app_py="by one\n")
    _, target = await talk.turn("two", app_py="by two\n")
    tree = await talk.worktree()

    async def post() -> None:
        del talk.checkpoints.at["restore"]
        await talk.post(text="three")

    talk.checkpoints.at["restore"] = post
    done = await talk.restore(target)
    [claimed] = await talk.store.claim_tasks("me", 1, 600.0)
    checkpoint = await talk.take(claimed)
    assert talk.desk.repo.git("show", f"{checkpoint.commit}:app.py") == tree.read("app.py") == b"by one\n"
    await talk.end(claimed)
    texts = [text for text in await talk.said() if not text.startswith("answer")]
    assert texts == ["one", "three"]
    assert done.safety is not None
    await talk.restore(done.safety)
    assert [text for text in await talk.said() if not text.startswith("answer")] == ["one", "two"]


async def test_a_file_that_changes_meanwhile_refuses_and_nothing_was_touched(talk: Talk) -> None:
    _, target = await talk.turn("one", app_py="by one\n", new_txt="new\n")
    tree = await talk.worktree()
    said = await talk.said()

    async def edit() -> None:
        tree.write("app.py", "by a person\n")

    talk.checkpoints.at["restore"] = edit
    error = await talk.desk.refused(RestoreCheckpoint(talk.session_id, target.id))
    assert error.code == "restore_conflict"
    assert "app.py" in str(error)
    assert (tree.read("app.py"), tree.read("new.txt")) == (b"by a person\n", b"new\n")
    assert await talk.said() == said
    assert await talk.store.open_operations() == ()
    talk.checkpoints.at.clear()
    await talk.restore(target)
    assert tree.read("app.py") == b"one\n"


async def test_what_cannot_begin_is_not_done_later(talk: Talk) -> None:
    """Its entry may be in the journal although its beginning was refused: nobody expects it any more."""
    _, target = await talk.turn("one", app_py="by one\n")
    talk.store.away_after = "begin"
    with pytest.raises(StoreUnavailable):
        await talk.restore(target)
    talk.store.away_after = None
    assert (await talk.worktree()).read("app.py") == b"by one\n"
    assert await talk.store.open_operations() == ()
    assert await talk.frames("checkpoint_restored") == []


@pytest.mark.parametrize("when", ["away_before", "away_after"])
async def test_a_database_that_goes_away_at_the_end_is_met_again_at_the_next_request(
    talk: Talk, when: str
) -> None:
    _, target = await talk.turn("one", app_py="by one\n")
    setattr(talk.store, when, "finish")
    with pytest.raises(StoreUnavailable):
        await talk.restore(target)
    setattr(talk.store, when, None)
    assert (await talk.worktree()).read("app.py") == b"one\n"
    assert await talk.said() == []
    assert await talk.store.open_operations() == ()
    assert len(await talk.frames("checkpoint_restored")) == 1


async def test_other_requests_are_served_while_agents_end(talk: Talk) -> None:
    """An agent may be held by a turn whose capture is still to come: the owner must not wait for it in a circle."""
    _, target = await talk.turn("one", app_py="by one\n")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(talk.restore, target)
        await talk.desk.system.whereis(WORKTREES).call(PreviewRestore(talk.session_id, target.id), SOON_S)
    assert (await talk.worktree()).read("app.py") == b"one\n"

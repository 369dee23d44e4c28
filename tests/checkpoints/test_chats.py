"""What checkpoints are to chats: who goes back, who is only told, what is offered, and what is said when it is gone."""

import shutil
from functools import partial
from pathlib import Path

import pytest
from attrs import evolve

from actors.event_writer import EventWriter
from actors.reaper import ReaperParts
from boocode.adapters.git import GitCheckpoints, GitOrphans
from boocode.cli.client import path_of
from boocode.cli.errors import ApiError
from boocode.ports.names import HUB, REAPER
from boocode.ports.reaping import LookThrough
from boocode.ports.worktrees import PreviewRestore, RestoreCheckpoint, TakeCheckpoint
from supervisors.store import event_writer_child
from supervisors.surface import reaper_child
from supervisors.worktrees import worktree_children
from tests.actors.checkpoint_kit import Talk
from tests.actors.store_kit import SOON_S, a_tree, ear
from tests.checkpoints.conftest import files_of
from tests.kit.driving import assert_sound, new_session, prompt, whole_log
from tests.kit.repositories import make_repository
from tests.kit.server import running_server


async def test_c16_of_two_chats_in_one_worktree_one_goes_back_and_the_other_is_told(talk: Talk) -> None:
    other = await talk.second_chat()
    await talk.turn("a1", app_py="by a\n")
    await talk.turn("b1", other, b_txt="by b\n")
    _, before_a2 = await talk.turn("a2", app_py="by a again\n")
    await talk.turn("b2", other, b_txt="by b again\n")
    for chat in (talk.chat, other):
        await talk.remember(chat, f"conversation of {chat}")
    tree = await talk.worktree()
    as_it_was, said = files_of(tree.root), (await talk.said(), await talk.said(other))
    done = await talk.restore(before_a2)
    assert (tree.read("app.py"), tree.read("b.txt")) == (b"by a\n", b"by b\n")
    assert (len(await talk.said()), await talk.said(other)) == (2, said[1])
    assert await talk.memory(talk.chat) is None
    assert await talk.memory(other) == f"conversation of {other}"
    assert await talk.frames("notice") == []
    [notice] = await talk.frames("notice", other)
    assert "another chat" in notice["text"]
    assert await talk.frames("checkpoint_restored", other) == []
    assert done.safety is not None
    await talk.restore(done.safety)
    assert files_of(tree.root) == as_it_was
    assert (await talk.said(), await talk.said(other)) == said


async def test_c16_each_chat_goes_back_on_its_own(talk: Talk) -> None:
    """A checkpoint of the second chat takes all files along, and no message of the first."""
    other = await talk.second_chat()
    await talk.turn("a1", app_py="by a\n")
    _, before_b1 = await talk.turn("b1", other, b_txt="by b\n")
    await talk.turn("a2", app_py="by a again\n")
    await talk.restore(before_b1)
    tree = await talk.worktree()
    assert tree.read("app.py") == b"by a\n"
    assert not (tree.root / "b.txt").exists()
    assert await talk.said(other) == []
    assert len(await talk.said()) == 4
    numbers = {chat: [ref for ref in talk.refs() if f"/{chat}/" in ref] for chat in (talk.chat, other)}
    assert [len(refs) for refs in numbers.values()] == [2, 2]


async def test_c25_the_refs_of_a_deleted_chat_go_and_its_objects_can_be_collected(talk: Talk) -> None:
    other = await talk.second_chat()
    await talk.turn("a1", secret_txt="only in the first chat\n")
    _, checkpoint = await talk.turn("a2", secret_txt=None)
    _, kept = await talk.turn("b1", other, app_py="by b\n")
    await talk.restore((await talk.taken())[0])  # a safety checkpoint of the first chat is there, too
    blob = talk.desk.repo.git("rev-parse", f"{checkpoint.ref}:secret.txt").decode().strip()
    deleted = [ref for ref in talk.refs() if f"/{talk.chat}/" in ref]
    assert len(deleted) == 3
    assert await talk.store.delete_chat(talk.chat)
    parts = ReaperParts(
        talk.store, GitOrphans(), GitCheckpoints(), str(talk.desk.folder), grace_s=3600.0, look_s=3600.0
    )
    await _look_through(talk, parts)
    assert set(deleted) < set(talk.refs()), "within its grace"
    await _look_through(talk, evolve(parts, grace_s=0.0))
    assert talk.refs() == [kept.ref]
    assert [c.id for c in await talk.taken()] == [kept.id]
    repo = talk.desk.repo
    repo.git("gc", "--prune=now", "--quiet")
    assert blob.encode() not in repo.git("cat-file", "--batch-all-objects", "--batch-check")
    await talk.restore(kept)
    assert (await talk.worktree()).read("app.py") == b"one\n"


async def _look_through(talk: Talk, parts: ReaperParts) -> None:
    """A reaper lives for two looks: that at its start, and that one is asked for."""
    desk = talk.desk
    async with a_tree(
        event_writer_child(partial(EventWriter, desk.log)),
        ear(HUB, []),
        *worktree_children(desk.git, talk.checkpoints, talk.store, str(desk.folder)),
        reaper_child(parts),
    ) as system:
        await system.whereis(REAPER).call(LookThrough(), SOON_S)


async def test_c28_a_message_without_checkpoint_offers_none(tmp_path: Path) -> None:
    home, repository = tmp_path / "home", make_repository(tmp_path / "repo", {"a.txt": "a\n"}).root
    home.mkdir()
    async with running_server(home) as server:
        session = await new_session(server.client, repository)
        chat = session["chats"][0]["id"]
        first = await prompt(server.client, chat, "create b.txt with the text b", changes=True)
        assert first.of("notice") == []
        [state] = (home / "worktrees" / ".state").iterdir()
        index = state / "checkpoint-index"
        index.unlink()
        (index / "in the way").mkdir(parents=True)
        second = await prompt(server.client, chat, "create c.txt with the text c", changes=True)
        assert second.status == "complete"
        [notice] = second.of("notice")
        assert notice["message_id"] == second.message_id
        assert notice["text"].startswith("There is no way back to before this turn: ")
        offered = await server.client.get(path_of("sessions", session["id"], "checkpoints"))
        assert [checkpoint["message_id"] for checkpoint in offered] == [first.message_id]
        shutil.rmtree(index)
        third = await prompt(server.client, chat, "create d.txt with the text d", changes=True)
        offered = await server.client.get(path_of("sessions", session["id"], "checkpoints"))
        assert [checkpoint["message_id"] for checkpoint in offered] == [first.message_id, third.message_id]
        assert_sound(await whole_log(server.client, chat))


async def test_c29_the_preview_equals_what_happens(talk: Talk) -> None:
    await talk.turn("one", app_py="by one\n")
    tree = await talk.worktree()
    tree.write("old.txt", "there before\n")
    _, target = await talk.turn("two", app_py="by two\n", new_txt="new\n", old_txt=None)
    tree.git("commit", "-q", "-a", "-m", "by the agent")
    tree.write("made.log", "ignored\n")
    tree.write(".gitignore", "")
    make_repository(tree.root / "vendored", {"x": "x\n"})
    preview = await talk.preview(target)
    before = files_of(tree.root)
    assert await talk.preview(target) == preview
    assert files_of(tree.root) == before
    done = await talk.restore(target)
    assert evolve(done, safety=None) == preview
    assert set(preview.written) == {".gitignore", "app.py", "old.txt"}
    assert preview.deleted == ("new.txt",)
    assert preview.kept_ignored == ("made.log",)
    assert [item.path for item in preview.kept] == ["vendored"]
    assert preview.head_moved == 1
    after = files_of(tree.root)
    changed = {path.decode() for path in {*before, *after} if before.get(path) != after.get(path)}
    assert changed == {*preview.written, *preview.deleted}


async def test_c30_a_worktree_that_is_gone_is_said_with_a_reason(talk: Talk) -> None:
    _, target = await talk.turn("one", app_py="by one\n")
    row, tree = await talk.desk.open()
    shutil.rmtree(tree.root)
    said = await talk.said()
    for request in (
        PreviewRestore(talk.session_id, target.id),
        RestoreCheckpoint(talk.session_id, target.id),
        TakeCheckpoint(talk.session_id, talk.chat, None, None),
    ):
        error = await talk.desk.refused(request)
        assert error.code == "no_worktree"
        assert row.path in str(error)
    assert not tree.root.exists()
    assert await talk.said() == said
    assert await talk.store.open_operations() == ()
    # The next turn makes it again, from its branch; then there is a way back to what was in it.
    await talk.turn("two", app_py="by two\n")
    await talk.restore(target)
    assert tree.read("app.py") == b"one\n"


async def test_c30_over_http_it_is_404(tmp_path: Path) -> None:
    home, repository = tmp_path / "home", make_repository(tmp_path / "repo", {"a.txt": "a\n"}).root
    home.mkdir()
    async with running_server(home) as server:
        session = await new_session(server.client, repository)
        await prompt(server.client, session["chats"][0]["id"], "create b.txt with the text b", changes=True)
        [checkpoint] = await server.client.get(path_of("sessions", session["id"], "checkpoints"))
        [tree] = [path for path in (home / "worktrees").iterdir() if path.name != ".state"]
        shutil.rmtree(tree)
        for ask in (
            server.client.get(path_of("checkpoints", checkpoint["id"], "preview")),
            server.client.post(path_of("checkpoints", checkpoint["id"], "restore")),
        ):
            with pytest.raises(ApiError) as refused:
                await ask
            assert (refused.value.status, refused.value.code) == (404, "no_worktree")
            assert str(tree) in str(refused.value)

"""Deleted sessions leave worktrees behind: the whole of BooCode removes the clean ones and shows why others stay."""

import subprocess
from pathlib import Path

import trio

from boocode.cli.client import Client, path_of
from tests.kit.driving import Json, new_session, prompt
from tests.kit.server import RunningServer, nothing_left_of, running_server
from tests.whole.test_deleting import branches, delete, git_worktrees, worktree_of
from tests.whole.test_two_servers import rest, two_servers

QUICK = "[worktrees]\ngrace_s = 0\nlook_s = 0.3\n"


def git(repository: Path, *arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=repository, capture_output=True, check=True).stdout


async def listed(client: Client, path: Path, **query: bool) -> Json:
    return next(w for w in await client.get("/api/worktrees", **query) if w["path"] == str(path))


async def until_kept(client: Client, path: Path) -> str:
    with trio.fail_after(60):
        while not (reason := (await listed(client, path))["kept_because"]):
            await trio.sleep(0.1)
    return str(reason)


async def until_told(client: Client, path: Path) -> None:
    """The supervision events say that it was removed."""
    with trio.fail_after(60):
        while True:
            events = (await client.get("/api/supervision/events"))["items"]
            if any(each["event"] == "reaped" and str(path) in (each["reason"] or "") for each in events):
                return
            await trio.sleep(0.1)


async def until_gone(path: Path) -> None:
    with trio.fail_after(60):
        while path.exists():  # noqa: ASYNC240
            await trio.sleep(0.1)


async def worked_in(server: RunningServer, repository: Path, *sentences: str) -> tuple[Json, Path]:
    """A session with these turns, and its worktree."""
    session = await new_session(server.client, repository)
    for sentence in sentences:
        turn = await prompt(server.client, session["chats"][0]["id"], sentence, changes=True)
        assert turn.status == "complete"
    return session, await worktree_of(server.client, session)


async def test_clean_worktrees_of_deleted_sessions_go_and_dirty_ones_stay_with_the_reason(
    home: Path, repository: Path
) -> None:
    (home / "config.toml").write_text(QUICK)
    async with running_server(home) as server:
        client = server.client
        clean, clean_at = await worked_in(server, repository, "create a.txt with the text applied")
        pending = await client.get(path_of("sessions", clean["id"], "pending"))
        await client.post(
            path_of("sessions", clean["id"], "pending", "apply"), {"ids": [each["id"] for each in pending]}
        )
        dirty, dirty_at = await worked_in(server, repository, "create b.txt with the text dear", "say hello")
        living, living_at = await worked_in(server, repository, "say hello")
        checkpoints = await client.get(path_of("sessions", dirty["id"], "checkpoints"))
        assert len(checkpoints) == 2
        for session in (clean, dirty):
            assert await delete(server, "sessions", session["id"]) == (204, {})
        assert await until_kept(client, dirty_at) == "1 untracked file"
        await until_gone(clean_at)
        await until_told(client, clean_at)
        with trio.fail_after(60):
            while "checkpoints/" + dirty["chats"][0]["id"] in branches(repository):
                await trio.sleep(0.1)
        assert (dirty_at / "b.txt").read_text().strip() == "dear"
        assert str(dirty_at) in git_worktrees(repository)
        assert str(clean_at) not in git_worktrees(repository)
        assert living_at.exists()
        assert f"checkpoints/{living['chats'][0]['id']}" in branches(repository)
        [salvage] = [ref for ref in branches(repository).split() if "salvage" in ref]
        assert git(repository, "show", f"{salvage}:a.txt").strip() == b"applied"
        (dirty_at / "b.txt").unlink()
        await until_gone(dirty_at)
        assert (await prompt(client, living["chats"][0]["id"], "say fine")).status == "complete"
    await nothing_left_of(home)


async def test_each_home_judges_its_own_worktrees(
    homes: tuple[Path, Path], repository: Path, database_url: str
) -> None:
    with (homes[0] / "config.toml").open("a") as config:
        config.write(QUICK)
    async with two_servers(homes, database_url) as (first, second):
        await rest(first)
        session, worktree = await worked_in(second, repository, "say hello")
        assert worktree.is_relative_to(homes[1])
        assert await delete(first, "sessions", session["id"]) == (204, {})
        await rest(second)
        await first.client.post("/api/supervision/actors/root/engine/dispatch/dispatcher/resume")
        other, here = await worked_in(first, repository, "say hello")
        assert here.is_relative_to(homes[0])
        assert await delete(second, "sessions", other["id"]) == (204, {})
        await until_gone(here)  # so the first has looked, twice
        assert worktree.exists()
        state = await listed(first.client, worktree)
        assert (state["condemned_at"], state["kept_because"], state["removed_at"]) == (None, None, None)
        await second.client.post("/api/supervision/actors/root/engine/dispatch/dispatcher/resume")


async def test_a_kill_between_salvage_and_removal_is_made_good_by_the_next_start(
    home: Path, repository: Path
) -> None:
    (home / "config.toml").write_text(QUICK)
    async with running_server(home, env={"BOOCODE_CRASH_AT": "reap.set_aside"}) as server:
        session, worktree = await worked_in(server, repository, "say hello")
        assert await delete(server, "sessions", session["id"]) == (204, {})
        with trio.fail_after(60):
            await server.process.wait()
    assert not worktree.exists()
    assert str(worktree) in git_worktrees(repository)
    async with running_server(home) as server:
        with trio.fail_after(60):
            while not (await listed(server.client, worktree, removed=True))["removed_at"]:
                await trio.sleep(0.1)
        salvage = (await listed(server.client, worktree, removed=True))["salvage_ref"]
    assert str(worktree) not in git_worktrees(repository)
    assert git(repository, "show", f"{salvage}:README.md") == b"# Example\n"
    await nothing_left_of(home)

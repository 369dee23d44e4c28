"""Nothing is lost, by the commands as a person types them: diff, apply, reject, rewind, checkpoints, restore, stash."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import trio

from boocode.cli.errors import CONFLICT, FAILED, OK, USAGE
from tests.kit.driving import new_session, prompt
from tests.kit.repositories import Repo, make_repository
from tests.kit.server import running_server
from tests.whole.test_commands import boocode
from tests.whole.test_safety_api import EDIT_BOTH, NOTES


async def said(home: Path, *arguments: str, code: int = OK) -> Any:
    """What a command with --json told."""
    done = await boocode(home, *arguments, "--json")
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)


async def test_the_whole_path_by_commands(home: Path, tmp_path: Path):
    root = make_repository(tmp_path / "notes", {"notes.txt": NOTES}).root
    notes = root / "notes.txt"
    async with running_server(home) as server:
        session = await new_session(server.client, root)
        id_, chat = session["id"], session["chats"][0]["id"]
        await prompt(server.client, chat, EDIT_BOTH, changes=True)

        shown = (await boocode(home, "diff", id_)).stdout
        assert shown.index("hunk 1") < shown.index("+ALPHA") < shown.index("hunk 2") < shown.index("+OMEGA")
        (change,) = await said(home, "diff", chat)
        assert (await boocode(home, "apply", id_, "nothing.txt")).returncode == FAILED
        assert (await boocode(home, "apply", id_, "notes.txt", "--hunk", "7")).returncode == FAILED
        dry = await boocode(home, "apply", id_, "notes.txt", "--dry-run")
        assert "would be applied: edit notes.txt" in dry.stderr
        assert notes.read_text() == NOTES
        one = await boocode(home, "apply", id_, "notes.txt", "--hunk", "1")
        assert one.returncode == OK, one.stderr
        assert notes.read_text() == NOTES.replace("alpha", "ALPHA")

        rewound = await boocode(home, "rewind", id_, "notes.txt")
        assert "rewound: edit notes.txt" in rewound.stderr
        assert notes.read_text() == NOTES
        assert (await boocode(home, "rewind", id_, "notes.txt")).returncode == FAILED
        assert "nothing.txt" in (await boocode(home, "reject", id_, "nothing.txt")).stderr
        told = await said(home, "reject", id_, "notes.txt")
        assert [c["state"] for c in told["changes"]] == ["rejected"]
        assert "No changes wait." in (await boocode(home, "diff", id_)).stderr
        states = [c["state"] for c in await said(home, "diff", id_, "--all")]
        assert {"rejected", "rewound"} <= set(states)
        assert (await boocode(home, "apply", id_, change["id"])).returncode in (FAILED, CONFLICT)

        await prompt(server.client, chat, "create second.txt with the text two", changes=True)
        listed = (await boocode(home, "checkpoints", chat)).stdout
        assert "before a turn" in listed
        assert "create second.txt" in listed
        target = (await said(home, "checkpoints", id_))[-1]["id"]
        (made,) = await said(home, "checkpoints", id_, "--new")
        assert made["kind"] == "manual"
        refused = await boocode(home, "restore", target)
        assert refused.returncode == USAGE
        assert "--yes" in refused.stderr
        look = await boocode(home, "restore", target, "--dry-run")
        assert "would be deleted: second.txt" in look.stdout
        worktree = Path((await server.client.get(f"/api/sessions/{id_}/worktree"))["path"])
        assert (worktree / "second.txt").exists()
        asked = await at_a_terminal(home, "restore", target, answer=b"n\n")
        assert asked.returncode == FAILED
        assert b"would be deleted: second.txt" in asked.stdout
        assert (worktree / "second.txt").exists()
        again = await at_a_terminal(home, "restore", target, answer=b"y\n")
        assert again.returncode == OK, again.stderr
        assert not (worktree / "second.txt").exists()
        back_again = again.stdout.decode().split("boocode restore ")[1].strip()
        assert (await boocode(home, "restore", back_again, "--yes")).returncode == OK
        done = await boocode(home, "restore", target, "--yes")
        assert done.returncode == OK, done.stderr
        assert not (worktree / "second.txt").exists()
        way_back = done.stdout.split("boocode restore ")[1].strip()
        back = await said(home, "restore", way_back, "--yes")
        assert back["written"] == ["second.txt"]
        assert (worktree / "second.txt").read_text() == "two\n"
        assert (await boocode(home, "restore", "cp_nothing", "--yes")).returncode == FAILED

        put = await boocode(home, "stash", id_)
        assert put.returncode == OK, put.stderr
        assert not (worktree / "second.txt").exists()
        how = next(line for line in put.stdout.splitlines() if "git -C" in line)
        Repo(worktree).git(*how.split()[3:])  # what it says is what brings the files back
        assert (worktree / "second.txt").read_text() == "two\n"
        assert str(worktree) in (await boocode(home, "worktrees")).stdout
        (row,) = await said(home, "worktrees", "--all")
        assert (row["session_id"], row["path"]) == (id_, str(worktree))


async def test_odd_names_are_shown_on_one_line_and_taken_as_they_are_told(home: Path, repository: Path):
    async with running_server(home) as server:
        session = await new_session(server.client, repository)
        await prompt(server.client, session["chats"][0]["id"], "create a.txt with the text a", changes=True)
        worktree = Path((await server.client.get(f"/api/sessions/{session['id']}/worktree"))["path"])
        names = [b"new\nline", b"caf\xe9", b"-dash", b"\x1b[31mred", b"trailing "]
        for name in names:
            (worktree / name.decode(errors="surrogateescape")).write_bytes(b"x\n")
        await prompt(server.client, session["chats"][0]["id"], "create b.txt with the text b", changes=True)
        done = await boocode(home, "diff", session["id"])
        assert done.returncode == OK
        assert "\x1b" not in done.stdout
        assert "create new\\nline" in done.stdout
        assert 'create "caf\\351"' in done.stdout
        assert "create trailing " in done.stdout
        rejected = await boocode(home, "reject", session["id"], "--", "-dash", '"caf\\351"')
        assert rejected.returncode == OK, rejected.stderr
        applied = await boocode(home, "apply", session["id"])
        assert applied.returncode == OK, applied.stderr
        assert names_in(repository) & set(names) == {b"new\nline", b"\x1b[31mred", b"trailing "}


async def at_a_terminal(home: Path, *arguments: str, answer: bytes) -> "subprocess.CompletedProcess[bytes]":
    """A command whose standard input is a terminal, where somebody types."""
    keyboard, terminal = pty.openpty()
    try:
        os.write(keyboard, answer)
        with trio.fail_after(90):
            return await trio.run_process(
                [sys.executable, "-m", "boocode", *arguments],
                stdin=terminal,
                capture_stdout=True,
                capture_stderr=True,
                check=False,
                env={**os.environ, "BOOCODE_HOME": str(home)},
            )
    finally:
        os.close(keyboard)
        os.close(terminal)


def names_in(folder: Path) -> set[bytes]:
    return {path.name.encode(errors="surrogateescape") for path in folder.iterdir()}

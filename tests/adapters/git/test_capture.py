"""What an agent did in its worktree becomes changes: every kind, every name, byte for byte."""

import os
import shutil
import stat
from pathlib import Path

import pytest

from boocode.adapters.git import GitWorkspaces
from boocode.domain.pathnames import read_path
from boocode.ports.store import ChangeRow
from boocode.ports.worktrees import ApplyConflict, WorkspaceError, WorktreePlace
from tests.adapters.git.conftest import Session, open_session
from tests.kit.repositories import Repo, make_repository


def blob(repo: Repo, object_id: str | None) -> bytes:
    assert object_id is not None
    return repo.git("cat-file", "blob", object_id)


def by_path(rows: tuple[ChangeRow, ...]) -> dict[str, ChangeRow]:
    return {row.change.path: row for row in rows}


async def test_an_untouched_worktree_has_no_changes(session: Session) -> None:
    assert await session.changes() == ()


async def test_creations_edits_and_deletions_are_told_apart(session: Session) -> None:
    session.worktree.write("new/file.txt", "one\ntwo\n")
    session.worktree.write("src/app.py", "def main():\n    return 2\n")
    os.unlink(session.worktree.path("run.sh"))
    rows = by_path(await session.changes())
    assert {path: row.change.op for path, row in rows.items()} == {
        "new/file.txt": "create",
        "src/app.py": "edit",
        "run.sh": "delete",
    }
    assert (rows["new/file.txt"].change.additions, rows["new/file.txt"].change.deletions) == (2, 0)
    assert rows["src/app.py"].change.diff.splitlines()[-3:] == [
        " def main():",
        "-    return 1",
        "+    return 2",
    ]
    assert rows["run.sh"].new_blob is None
    assert blob(session.project, rows["run.sh"].old_blob) == b"echo hi\n"
    assert blob(session.project, rows["new/file.txt"].new_blob) == b"one\ntwo\n"
    assert len({row.change.id for row in rows.values()}) == 3


async def test_a_renamed_file_is_one_change(session: Session) -> None:
    os.rename(session.worktree.path("src/app.py"), session.worktree.path("src/main.py"))
    [row] = await session.changes()
    assert (row.change.op, row.change.old_path, row.change.path) == ("rename", "src/app.py", "src/main.py")
    assert row.old_blob == row.new_blob


async def test_a_changed_executable_bit_is_a_chmod(session: Session) -> None:
    os.chmod(session.worktree.path("run.sh"), 0o755)
    [row] = await session.changes()
    assert (row.change.op, row.old_mode, row.new_mode) == ("chmod", 0o100644, 0o100755)


async def test_symlinks_are_kept_as_links_and_never_followed(session: Session, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("not yours")
    os.symlink(tmp_path / "secret", session.worktree.path("link"))
    os.unlink(session.worktree.path("run.sh"))
    os.symlink("src", session.worktree.path("run.sh"))
    rows = by_path(await session.changes())
    assert (rows["link"].change.op, rows["link"].new_mode) == ("create", 0o120000)
    assert blob(session.project, rows["link"].new_blob) == os.fsencode(tmp_path / "secret")
    assert (rows["run.sh"].change.op, rows["run.sh"].new_mode) == ("edit", 0o120000)


async def test_a_symlink_that_becomes_a_file_is_an_edit(
    git: GitWorkspaces, project: Repo, place: WorktreePlace
) -> None:
    os.symlink("run.sh", project.path("link"))
    project.commit("A link")
    session = await open_session(git, project, place)
    os.unlink(session.worktree.path("link"))
    session.worktree.write("link", "a file now\n")
    [row] = await session.changes()
    assert (row.change.op, row.old_mode, row.new_mode) == ("edit", 0o120000, 0o100644)
    await session.apply(row)
    assert stat.S_ISREG(os.lstat(project.path("link")).st_mode)
    assert project.read("link") == b"a file now\n"
    assert project.read("run.sh") == b"echo hi\n"


async def test_a_rename_that_only_changes_the_case(session: Session) -> None:
    os.rename(session.worktree.path("README.md"), session.worktree.path("Readme.md"))
    [row] = await session.changes()
    assert (row.change.op, row.change.old_path, row.change.path) == ("rename", "README.md", "Readme.md")
    await session.apply(row)
    assert sorted(name for name in os.listdir(session.project.root) if name[0] == "R") == ["Readme.md"]


async def test_binary_files_are_flagged_and_the_diff_says_so(session: Session) -> None:
    session.worktree.write("image.png", b"\x89PNG\0\1\2")
    [row] = await session.changes()
    assert row.change.binary
    assert "Binary files" in row.change.diff
    assert (row.change.additions, row.change.deletions) == (0, 0)


async def test_odd_names_come_back_byte_for_byte(session: Session) -> None:
    names = [
        b"new\nline",
        b'quo"te',
        b"caf\xe9",
        "café".encode(),
        b"-dash",
        b"trailing ",
        b'"\\351"',
        b"tab\t",
        b"a b/c\xff",
    ]
    for name in names:
        session.worktree.write(name, b"x" + name)
    rows = await session.changes()
    assert sorted(read_path(row.change.path) for row in rows) == sorted(names)
    assert all(blob(session.project, row.new_blob) == b"x" + read_path(row.change.path) for row in rows)
    for row in rows:
        row.change.path.encode()
        row.change.diff.encode()


async def test_ignored_files_are_left_out(session: Session) -> None:
    session.worktree.write(".gitignore", "*.log\n")
    session.worktree.write("debug.log", "noise")
    assert [row.change.path for row in await session.changes()] == [".gitignore"]


async def test_a_file_of_the_base_counts_even_where_a_rule_ignores_it(session: Session) -> None:
    session.worktree.write(".gitignore", "*.md\n")
    session.worktree.write("README.md", "# Changed\n")
    assert {row.change.path for row in await session.changes()} == {".gitignore", "README.md"}


async def test_what_a_person_excludes_globally_is_left_out(
    git: GitWorkspaces, project: Repo, place: WorktreePlace, git_environment: Path
) -> None:
    (git_environment / "excluded").write_text("*.swp\n")
    (git_environment / ".gitconfig").write_text(f"[core]\n\texcludesFile = {git_environment / 'excluded'}\n")
    project.git("config", "core.hooksPath", "/nowhere")
    (project.root / ".git" / "info" / "exclude").write_text("mine.txt\n")
    session = await open_session(git, project, place)
    session.worktree.write("a.swp", "x")
    session.worktree.write("mine.txt", "x")
    session.worktree.write("b.txt", "x")
    assert [row.change.path for row in await session.changes()] == ["b.txt"]


async def test_commits_of_the_agent_count_like_uncommitted_work(session: Session) -> None:
    session.worktree.write("src/app.py", "committed\n")
    session.worktree.commit("The agent's own commit")
    session.worktree.write("later.txt", "not committed\n")
    assert {row.change.path for row in await session.changes()} == {"src/app.py", "later.txt"}


async def test_what_the_agent_does_to_its_own_index_hides_nothing(session: Session) -> None:
    session.worktree.git("update-index", "--assume-unchanged", "src/app.py")
    session.worktree.git("update-index", "--skip-worktree", "README.md")
    session.worktree.git("rm", "-q", "--cached", "run.sh")
    session.worktree.write("src/app.py", "hidden\n")
    session.worktree.write("README.md", "hidden too\n")
    assert {row.change.path for row in await session.changes()} == {"src/app.py", "README.md"}


async def test_attributes_of_the_agent_change_no_byte_and_hide_no_diff(session: Session) -> None:
    session.worktree.write(".gitattributes", "* text eol=lf -diff ident filter=evil\n*.py binary\n")
    session.worktree.git("config", "filter.evil.clean", "sh -c 'echo owned'")
    session.worktree.write("src/app.py", b"one\r\ntwo $Id$\r\n")
    rows = by_path(await session.changes())
    assert blob(session.project, rows["src/app.py"].new_blob) == b"one\r\ntwo $Id$\r\n"
    assert not rows["src/app.py"].change.binary
    assert "+one\r" in rows["src/app.py"].change.diff


async def test_hooks_and_monitors_of_the_agent_are_not_run(session: Session, tmp_path: Path) -> None:
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    hooks = session.project.root / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-index-change", "post-checkout", "reference-transaction", "pre-commit"):
        os.symlink(trap, hooks / name)
    session.project.git("config", "core.fsmonitor", str(trap))
    session.worktree.write("src/app.py", "x\n")
    (tmp_path / "sprung").unlink(missing_ok=True)
    rows = await session.changes()
    await session.advanced(*rows)
    await session.git.status(session.place, session.base)
    assert not (tmp_path / "sprung").exists()


async def test_crlf_files_of_a_converting_checkout_show_only_the_changed_line(
    git: GitWorkspaces, project: Repo, place: WorktreePlace
) -> None:
    project.write(".gitattributes", "*.txt text eol=crlf\n")
    project.write("notes.txt", b"one\r\ntwo\r\nthree\r\n")
    project.commit("Line endings")
    session = await open_session(git, project, place)
    assert session.worktree.read("notes.txt") == b"one\r\ntwo\r\nthree\r\n"
    session.worktree.write("notes.txt", b"one\r\n2\r\nthree\r\n")
    [row] = await session.changes()
    assert (row.change.additions, row.change.deletions) == (1, 1)
    assert blob(project, row.old_blob) == b"one\r\ntwo\r\nthree\r\n"
    assert blob(project, row.new_blob) == b"one\r\n2\r\nthree\r\n"


async def test_autocrlf_checkouts_show_only_the_changed_line(
    git: GitWorkspaces, project: Repo, place: WorktreePlace
) -> None:
    project.git("config", "core.autocrlf", "true")
    session = await open_session(git, project, place)
    assert session.worktree.read("src/app.py") == b"def main():\r\n    return 1\r\n"
    assert await session.changes() == ()
    session.worktree.write("src/app.py", b"def main():\r\n    return 1\r\n")
    assert await session.changes() == ()
    session.worktree.write("src/app.py", b"def main():\r\n    return 2\r\n")
    [row] = await session.changes()
    assert (row.change.additions, row.change.deletions) == (1, 1)


async def test_a_filter_whose_tool_is_missing_does_not_stop_the_capture(
    git: GitWorkspaces, project: Repo, place: WorktreePlace
) -> None:
    project.write(".gitattributes", "*.bin filter=gone\n")
    project.write("data.bin", "pointer\n")
    project.commit("A filter")
    project.git("config", "filter.gone.smudge", "no-such-tool-at-all %f")
    session = await open_session(git, project, place)
    session.worktree.write("data.bin", "other\n")
    [row] = await session.changes()
    assert blob(project, row.new_blob) == b"other\n"


async def test_a_file_that_becomes_a_directory_and_back(session: Session) -> None:
    os.unlink(session.worktree.path("run.sh"))
    session.worktree.write("run.sh/inner", "x\n")
    os.unlink(session.worktree.path("src/deep/er/leaf.txt"))
    os.rmdir(session.worktree.path("src/deep/er"))
    session.worktree.write("src/deep/er", "now a file\n")
    rows = by_path(await session.changes())
    assert {path: row.change.op for path, row in rows.items()} == {
        "run.sh": "delete",
        "run.sh/inner": "create",
        "src/deep/er": "create",
        "src/deep/er/leaf.txt": "delete",
    }


async def test_nested_repositories_are_named_and_not_read(session: Session) -> None:
    os.mkdir(session.worktree.path("empty"))
    Repo(session.worktree.root / "empty").git("init", "-q")
    os.mkdir(session.worktree.path("vendored"))
    nested = Repo(session.worktree.root / "vendored")
    nested.git("init", "-q")
    nested.write("a.txt", "a")
    commit = nested.commit("Theirs")
    [row] = await session.changes()
    assert (row.change.path, row.new_mode, row.new_blob) == ("vendored", 0o160000, commit)


async def test_a_dirty_submodule_is_its_own_business_and_a_moved_one_is_named(
    git: GitWorkspaces, project: Repo, place: WorktreePlace, tmp_path: Path
) -> None:
    inner = make_repository(tmp_path / "inner", {"a.txt": "a\n"})
    project.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner.root), "sub")
    project.commit("A submodule")
    session = await open_session(git, project, place)
    worktree = session.worktree
    worktree.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "update", "--init")
    nested = Repo(worktree.root / "sub")
    nested.write("a.txt", "dirty\n")
    nested.write("untracked.txt", "u\n")
    assert await session.changes() == ()
    commit = nested.commit("Moved on")
    [row] = await session.changes()
    assert (row.change.path, row.change.op, row.new_mode, row.new_blob) == ("sub", "edit", 0o160000, commit)
    with pytest.raises(ApplyConflict) as caught:
        await session.apply(row)
    assert [(c.path, c.reason) for c in caught.value.conflicts] == [("sub", "a nested repository")]


async def test_sockets_and_pipes_are_not_there(session: Session) -> None:
    os.mkfifo(session.worktree.path("pipe"))
    assert await session.changes() == ()


async def test_a_very_long_diff_is_cut_and_the_bytes_are_whole(session: Session) -> None:
    content = b"".join(b"line %d\n" % n for n in range(200_000))
    session.worktree.write("long.txt", content)
    [row] = await session.changes()
    assert len(row.change.diff) < 1_100_000
    assert row.change.diff.endswith("too long to be shown.\n")
    assert row.change.additions == 200_000
    assert blob(session.project, row.new_blob) == content


async def test_the_last_capture_is_kept_by_a_ref_and_an_older_one_is_not(session: Session) -> None:
    session.worktree.write("a.txt", "a\n")
    await session.changes()
    ref = "refs/boocode/pending/ses_1"
    assert session.project.git("show", f"{ref}:a.txt") == b"a\n"
    os.unlink(session.worktree.path("a.txt"))
    assert await session.changes() == ()
    assert session.project.git("show", f"{ref}:a.txt") == b"a\n", "its row still waits"
    await session.git.settle_changes(session.place, session.base, waits=False)
    assert session.project.git("for-each-ref", ref) == b""


async def test_the_next_capture_shows_only_what_is_new_since_the_base_moved(session: Session) -> None:
    session.worktree.write("src/app.py", "one\n")
    session.worktree.write("a.txt", "a\n")
    os.unlink(session.worktree.path("run.sh"))
    os.rename(session.worktree.path("README.md"), session.worktree.path("READ.md"))
    rows = await session.changes()
    kept = [row for row in rows if row.change.path != "a.txt"]
    session = await session.advanced(*kept)
    assert [row.change.path for row in await session.changes()] == ["a.txt"]
    session.worktree.write("src/app.py", "one\ntwo\n")
    rows_now = by_path(await session.changes())
    assert set(rows_now) == {"a.txt", "src/app.py"}
    assert (rows_now["src/app.py"].change.additions, rows_now["src/app.py"].change.deletions) == (1, 0)
    assert session.project.git("rev-parse", "refs/boocode/base/ses_1").decode().strip() == session.base


async def test_taking_back_what_was_applied_is_a_change_again(session: Session) -> None:
    original = session.worktree.read("src/app.py")
    session.worktree.write("src/app.py", "applied\n")
    session.worktree.write("made.txt", "made\n")
    session = await session.advanced(*await session.changes())
    session.worktree.write("src/app.py", original)
    os.unlink(session.worktree.path("made.txt"))
    rows = by_path(await session.changes())
    assert {path: row.change.op for path, row in rows.items()} == {"src/app.py": "edit", "made.txt": "delete"}
    assert blob(session.project, rows["src/app.py"].old_blob) == b"applied\n"


async def test_a_base_file_that_became_ignored_after_it_was_applied_is_no_deletion(session: Session) -> None:
    session.worktree.write("made.txt", "made\n")
    session = await session.advanced(*await session.changes())
    session.worktree.write(".gitignore", "made.txt\n")
    assert [row.change.path for row in await session.changes()] == [".gitignore"]


async def test_a_capture_leaves_the_agents_index_and_head_alone(session: Session) -> None:
    session.worktree.write("a.txt", "a\n")
    session.worktree.git("add", "a.txt")
    session.worktree.write("b.txt", "b\n")
    before = session.worktree.git("status", "--porcelain=v2", "--branch")
    await session.changes()
    assert session.worktree.git("status", "--porcelain=v2", "--branch") == before


async def test_a_worktree_that_is_gone_is_named(session: Session) -> None:
    shutil.rmtree(session.worktree.root)
    with pytest.raises(WorkspaceError, match="found none") as caught:
        await session.changes()
    assert caught.value.code == "no_worktree"

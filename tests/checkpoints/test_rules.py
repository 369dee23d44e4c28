"""Ignore rules, attributes and settings: which of them count, and that none of them runs anything."""

import os
from pathlib import Path

from tests.checkpoints.conftest import Ground, files_of


async def test_c04_rule_added_after_the_checkpoint(ground: Ground) -> None:
    work = ground.worktree
    work.write("data.csv", "held\n")
    work.write("gone.csv", "held, too\n")
    before = files_of(work.root)
    target = (await ground.capture()).commit
    work.write(".gitignore", "*.csv\n")
    work.write("data.csv", "changed while ignored\n")
    (work.root / "gone.csv").unlink()
    changed = files_of(work.root)
    now = await ground.capture(also_like=target)
    assert b"data.csv" in ground.held(now.commit)
    plan = await ground.restore(target)
    assert plan.written == (".gitignore", "data.csv", "gone.csv")
    assert files_of(work.root) == before
    await ground.restore(now.commit)
    assert files_of(work.root) == changed


async def test_c04_what_rules_ignore_by_now_is_in_no_later_checkpoint(ground: Ground) -> None:
    work = ground.worktree
    work.write("data.csv", "held\n")
    await ground.capture()
    work.write(".gitignore", "*.csv\n")
    assert b"data.csv" not in ground.held((await ground.capture()).commit)
    work.write(".gitignore", "")
    assert b"data.csv" in ground.held((await ground.capture()).commit)


async def test_c04_rule_removed_after_the_checkpoint(ground: Ground) -> None:
    work = ground.worktree
    work.write("precious.log", "ignored then\n")
    work.write("build/deep/out.o", "ignored then\n")
    target = (await ground.capture()).commit
    (work.root / ".gitignore").unlink()
    work.write("created.txt", "new\n")
    plan = await ground.restore(target)
    assert plan.kept_ignored == ("build/deep/out.o", "precious.log")
    assert plan.deleted == ("created.txt",)
    assert work.read("precious.log") == b"ignored then\n"
    assert work.read("build/deep/out.o") == b"ignored then\n"


async def test_c04_rules_of_subdirectories_and_exceptions_count(ground: Ground) -> None:
    work = ground.worktree
    work.write("sub/.gitignore", "*.tmp\n!kept.tmp\n")
    work.write("sub/deeper/.gitignore", "/only-here\n")
    target = (await ground.capture()).commit
    (work.root / "sub/.gitignore").write_text("")
    (work.root / "sub/deeper/.gitignore").unlink()
    for name in ("sub/a.tmp", "sub/kept.tmp", "sub/deeper/only-here", "sub/only-here", "sub/deeper/b.tmp"):
        work.write(name, "new\n")
    plan = await ground.restore(target)
    assert plan.kept_ignored == ("sub/a.tmp", "sub/deeper/b.tmp", "sub/deeper/only-here")
    assert plan.deleted == ("sub/kept.tmp", "sub/only-here")


async def test_c04_a_person_s_own_rules_count(ground: Ground, git_environment: Path) -> None:
    work = ground.worktree
    (git_environment / "ignored").write_text("*.swp\n")
    ground.project.git("config", "core.excludesFile", str(git_environment / "ignored"))
    (ground.project.root / ".git/info").mkdir(exist_ok=True)
    (ground.project.root / ".git/info/exclude").write_text("scratch/\n")
    work.write("a.swp", "theirs\n")
    work.write("scratch/b", "theirs\n")
    held = ground.held((await ground.capture()).commit)
    assert not held & {b"a.swp", b"scratch/b"}


async def test_c04_what_git_tracks_is_held_though_rules_ignore_it(ground: Ground) -> None:
    work = ground.worktree
    work.write("forced.log", "one\n")
    work.git("add", "-f", "forced.log")
    target = (await ground.capture()).commit
    assert b"forced.log" in ground.held(target)
    work.write("forced.log", "two\n")
    await ground.restore(target)
    assert work.read("forced.log") == b"one\n"


async def test_c10_bytes_are_exact_where_git_converts(ground: Ground, tmp_path: Path) -> None:
    work = ground.worktree
    work.write(
        ".gitattributes",
        "*.txt text=auto eol=crlf\n*.c ident\n*.bin filter=lost\n*.u working-tree-encoding=UTF-16\n",
    )
    for key, value in {
        "filter.lost.clean": "/no/such/tool",
        "filter.lost.smudge": "/no/such/tool",
        "filter.lost.required": "true",
        "core.autocrlf": "true",
        "core.safecrlf": "true",
    }.items():
        ground.project.git("config", key, value)
    contents = {
        "crlf.txt": b"one\r\ntwo\r\n",
        "mixed.txt": b"one\r\ntwo\nthree\r",
        "lf.txt": b"one\n",
        "ident.c": b"/* $Id: 0123 $ */\n",
        "data.bin": b"\0\1\2\r\n",
        "wide.u": "wide\n".encode("utf-16"),
    }
    for name, content in contents.items():
        work.write(name, content)
    before = files_of(work.root)
    target = (await ground.capture()).commit
    for name in contents:
        work.write(name, b"changed\r\n\n")
    after = files_of(work.root)
    now = (await ground.capture()).commit
    await ground.restore(target)
    assert files_of(work.root) == before
    await ground.restore(now)
    assert files_of(work.root) == after


async def test_c10_line_endings_alone_are_a_change(ground: Ground) -> None:
    work = ground.worktree
    work.write(".gitattributes", "* text=auto\n")
    work.write("a.txt", b"one\ntwo\n")
    target = (await ground.capture()).commit
    work.write("a.txt", b"one\r\ntwo\r\n")
    plan = await ground.restore(target)
    assert plan.written == ("a.txt",)
    assert work.read("a.txt") == b"one\ntwo\n"


async def test_c24_hostile_settings_run_nothing(ground: Ground, tmp_path: Path) -> None:
    """Whatever an agent can plant as a program leaves a trace when it runs; there is none."""
    work = ground.worktree
    trace = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(f'#!/bin/sh\necho "$0 $@" >> {trace}\ncat\n')
    program.chmod(0o755)
    for key in (
        *(
            "core.fsmonitor",
            "core.hooksPath",
            "core.sshCommand",
            "core.pager",
            "core.editor",
            "diff.external",
        ),
        *("filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "diff.evil.textconv"),
        *("diff.evil.command", "merge.evil.driver", "gpg.program", "core.alternateRefsCommand"),
    ):
        ground.project.git("config", key, str(program))
    ground.project.git("config", "commit.gpgSign", "true")
    hooks = ground.project.root / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-index-change", "reference-transaction", "pre-commit", "post-checkout", "post-commit"):
        (hooks / name).write_text(program.read_text())
        (hooks / name).chmod(0o755)
    ground.project.git("config", "--unset", "core.hooksPath")
    work.write(".gitattributes", "* filter=evil diff=evil merge=evil\n")
    work.write("a.txt", "one\n")
    target = (await ground.capture()).commit
    work.write("a.txt", "two\n")
    work.write("b.txt", "new\n")
    await ground.restore(target)
    await ground.git.drop(str(ground.project.root), ground.refs())
    assert work.read("a.txt") == b"one\n"
    assert not trace.exists()


async def test_c24_symlinked_rules_are_no_rules(ground: Ground, tmp_path: Path) -> None:
    (tmp_path / "rules").write_text("*\n")
    work = ground.worktree
    (work.root / ".gitignore").unlink()
    (work.root / ".gitignore").symlink_to(tmp_path / "rules")
    work.write("a.txt", "one\n")
    target = (await ground.capture()).commit
    assert {b"a.txt", b".gitignore"} <= ground.held(target)
    (work.root / ".gitignore").unlink()
    work.write("b.txt", "new\n")
    plan = await ground.restore(target)
    assert plan.deleted == ("b.txt",)
    assert os.readlink(work.path(".gitignore")) == os.fsencode(tmp_path / "rules")


async def test_c24_index_flags_hide_nothing(ground: Ground) -> None:
    work = ground.worktree
    work.git("update-index", "--assume-unchanged", "src/app.py")
    work.git("update-index", "--skip-worktree", "README.md")
    target = (await ground.capture()).commit
    work.write("src/app.py", "changed\n")
    work.write("README.md", "changed\n")
    plan = await ground.restore(target)
    assert plan.written == ("README.md", "src/app.py")


async def test_c24_replaced_objects_replace_nothing(ground: Ground) -> None:
    """`git replace` lets whoever writes refs show other bytes, or another tree, under an object's id."""
    work = ground.worktree
    before = files_of(work.root)
    target = (await ground.capture()).commit
    work.write("src/app.py", "changed\n")
    now = (await ground.capture()).commit
    blob = ground.project.git("rev-parse", f"{target}:src/app.py").decode().strip()
    evil = ground.project.git("hash-object", "-w", "--stdin", data=b"evil\n").decode().strip()
    work.git("replace", blob, evil)
    work.git("replace", "-f", target, now)
    work.git("replace", "-f", f"{target}^{{tree}}", f"{now}^{{tree}}")
    plan = await ground.git.restore(ground.place, now, target)
    assert plan.written == ("src/app.py",)
    assert files_of(work.root) == before

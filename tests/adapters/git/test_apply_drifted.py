"""Changes applied to files that a person changed meanwhile: on the lines of today, or not at all."""

import os
import random
import stat
import subprocess
from pathlib import Path

import pytest

from boocode.adapters.git import GitWorkspaces
from boocode.domain.changes import EXECUTABLE, FILE
from boocode.domain.hunks import read_diff, selected
from boocode.ports.changes import FileState, Plan, Wanted
from boocode.ports.store import ChangeRow
from boocode.ports.worktrees import ApplyConflict, WorktreePlace
from tests.adapters.git.conftest import Session, open_session
from tests.adapters.git.test_apply import files, snapshot
from tests.kit.repositories import Repo, make_repository

LONG = "".join(f"line {n}\n" for n in range(40))


@pytest.fixture
async def long(git: GitWorkspaces, project: Repo, place: WorktreePlace) -> Session:
    """A session in a project with a long file."""
    project.write("long.txt", LONG)
    project.commit("A long file")
    return await open_session(git, project, place)


async def edited(session: Session) -> ChangeRow:
    session.worktree.write("long.txt", LONG.replace("line 20\n", "twenty\n"))
    [row] = await session.changes()
    return row


async def test_a_persons_lines_stay_and_the_change_arrives(long: Session) -> None:
    row = await edited(long)
    by_hand = "mine\n" + LONG.replace("line 35\n", "")
    long.project.write("long.txt", by_hand)
    os.chmod(long.project.path("long.txt"), 0o640)
    plan = await long.apply(row)
    assert long.project.read("long.txt").decode() == by_hand.replace("line 20\n", "twenty\n")
    assert stat.S_IMODE(os.stat(long.project.path("long.txt")).st_mode) == 0o640
    assert [(each.tier, each.score) for each in plan.decided] == [("exact", 1.0)]


async def test_the_base_moves_by_the_change_and_not_by_the_person(long: Session) -> None:
    row = await edited(long)
    long.project.write("long.txt", "mine\n" + LONG)
    long = await long.moved(await long.apply(row))
    assert await long.changes() == ()
    assert long.project.git("show", f"{long.base}:long.txt") == long.worktree.read("long.txt")


async def test_a_plan_alone_changes_nothing(long: Session) -> None:
    row = await edited(long)
    long.project.write("long.txt", "mine\n" + LONG)
    before = snapshot(long.project)
    refs = long.project.git("for-each-ref")
    objects = long.project.git("count-objects")
    await long.git.plan_apply(long.place.project_path, [Wanted(row)])
    await long.git.standing(long.place.project_path, [row])
    assert (snapshot(long.project), long.project.git("for-each-ref")) == (before, refs)
    assert long.project.git("count-objects") == objects


async def test_a_mode_is_changed_whatever_the_lines_are(session: Session) -> None:
    os.chmod(session.worktree.path("run.sh"), 0o755)
    rows = await session.changes()
    session.project.write("run.sh", "echo mine\n")
    await session.apply(*rows)
    assert session.project.read("run.sh") == b"echo mine\n"
    assert os.access(session.project.path("run.sh"), os.X_OK)


async def test_a_renamed_file_takes_a_persons_lines_with_it(long: Session) -> None:
    os.rename(long.worktree.path("long.txt"), long.worktree.path("longer.txt"))
    long.worktree.write("longer.txt", LONG.replace("line 20\n", "twenty\n"))
    [row] = await long.changes()
    assert row.change.op == "rename"
    long.project.write("long.txt", "mine\n" + LONG)
    plan = await long.apply(row)
    assert not long.project.exists("long.txt")
    assert long.project.read("longer.txt").decode() == "mine\n" + LONG.replace("line 20\n", "twenty\n")
    await long.rewind((row, plan.decided[0]))
    assert not long.project.exists("longer.txt")
    assert long.project.read("long.txt").decode() == "mine\n" + LONG


async def test_a_rename_alone_takes_whatever_the_file_holds(session: Session) -> None:
    os.rename(session.worktree.path("src/app.py"), session.worktree.path("src/main.py"))
    rows = await session.changes()
    session.project.write("src/app.py", b"\0 by hand")
    await session.apply(*rows)
    assert session.project.read("src/main.py") == b"\0 by hand"
    assert not session.project.exists("src/app.py")


@pytest.mark.parametrize("content", [b"bin\0ary\n", "caf\u00e9\n".encode("latin-1")])
async def test_what_is_no_text_today_has_changed(session: Session, content: bytes) -> None:
    session.worktree.write("src/app.py", "def main():\n    return 2\n")
    rows = await session.changes()
    session.project.write("src/app.py", content)
    with pytest.raises(ApplyConflict) as caught:
        await session.apply(*rows)
    assert [(c.path, c.reason) for c in caught.value.conflicts] == [("src/app.py", "changed")]
    assert session.project.read("src/app.py") == content


async def test_one_conflict_of_several_and_nothing_is_written(long: Session) -> None:
    long.worktree.write("long.txt", LONG.replace("line 20\n", "twenty\n"))
    long.worktree.write("src/app.py", "other\n")
    rows = await long.changes()
    long.project.write("long.txt", "mine\n" + LONG)
    long.project.write("src/app.py", "def main():\n    return 'by hand'\n")
    before = snapshot(long.project)
    with pytest.raises(ApplyConflict) as caught:
        await long.apply(*rows)
    assert [conflict.path for conflict in caught.value.conflicts] == ["src/app.py"]
    assert snapshot(long.project) == before


async def test_a_file_that_fits_twice_is_refused_with_the_lines(long: Session) -> None:
    row = await edited(long)
    long.project.write("long.txt", LONG + LONG)
    with pytest.raises(ApplyConflict) as caught:
        await long.apply(row)
    [conflict] = caught.value.conflicts
    assert conflict.reason == "changed: its lines now fit at more than one place (lines 18, 58)"


async def test_a_diff_that_is_too_long_to_be_shown_is_no_obstacle(long: Session) -> None:
    many = "".join(f"an added line of some length, number {n}\n" for n in range(30_000))
    long.worktree.write("long.txt", LONG + many)
    [row] = await long.changes()
    assert read_diff(row.change.diff) is None
    long.project.write("long.txt", "mine\n" + LONG)
    await long.apply(row)
    assert long.project.read("long.txt").decode() == "mine\n" + LONG + many


async def test_a_file_written_after_the_plan_is_left_alone(long: Session) -> None:
    row = await edited(long)
    plan = await long.git.plan_apply(long.place.project_path, [Wanted(row)])
    long.project.write("long.txt", "just saved\n")
    with pytest.raises(ApplyConflict):
        await long.git.keep_plan(long.place.project_path, "ses_1", plan)
    with pytest.raises(ApplyConflict):
        await long.git.exchange(long.place.project_path, plan.files)
    assert long.project.read("long.txt") == b"just saved\n"


# What is kept


async def test_everything_written_over_is_in_git_for_good(long: Session) -> None:
    row = await edited(long)
    long.project.write("long.txt", "mine\n" + LONG)
    os.symlink("elsewhere", long.project.path("link"))
    plan = await long.apply(row)
    await long.rewind((row, plan.decided[0]))
    long.project.write("long.txt", "and gone\n")
    long.project.git("gc", "-q", "--prune=now")
    ref = "refs/boocode/applied/ses_1"
    commits = long.project.git("rev-list", ref).decode().split()
    kept = [long.project.git("show", f"{commit}:long.txt").decode() for commit in commits]
    mine = "mine\n" + LONG
    assert kept == [mine, mine.replace("line 20\n", "twenty\n"), mine.replace("line 20\n", "twenty\n"), mine]


async def test_a_plan_says_what_is_there_and_what_is_to_be(session: Session) -> None:
    session.worktree.write("new.sh", "new\n", executable=True)
    os.unlink(session.worktree.path("README.md"))
    rows = await session.changes()
    plan = await session.git.plan_apply(session.place.project_path, [Wanted(row) for row in rows])
    moves = {move.path: (move.before, move.after) for move in plan.files}
    readme = rows[0].old_blob
    assert readme is not None
    assert moves["README.md"] == (FileState(FILE, readme), None)
    assert moves["new.sh"][0] is None
    assert moves["new.sh"][1] is not None
    assert moves["new.sh"][1].mode == EXECUTABLE


async def test_files_that_were_exchanged_can_be_put_back(session: Session) -> None:
    session.worktree.write("src/app.py", "edited\n")
    session.worktree.write("new/file.txt", "new\n")
    os.unlink(session.worktree.path("run.sh"))
    os.chmod(session.worktree.path("README.md"), 0o755)
    rows = await session.changes()
    before = files(session.project)
    plan = await session.apply(*rows)
    session.project.write("src/app.py", "mine\n")
    assert await session.git.put_back(session.place.project_path, plan.files) == ("src/app.py",)
    after = files(session.project)
    assert after.pop("src/app.py")[1] == b"mine\n"
    del before["src/app.py"]
    assert after == before


# What is listed


async def standing(session: Session, row: ChangeRow) -> tuple[bool, str | None, str | None]:
    found = (await session.git.standing(session.place.project_path, [row]))[row.change.id]
    return found.base_changed, found.diff, found.error


async def test_an_untouched_file_has_not_changed(long: Session) -> None:
    assert await standing(long, await edited(long)) == (False, None, None)


async def test_a_file_that_is_the_same_to_git_has_not_changed(long: Session) -> None:
    row = await edited(long)
    long.project.git("config", "core.autocrlf", "true")
    long.project.write("long.txt", LONG.replace("\n", "\r\n"))
    assert await standing(long, row) == (False, None, None)


async def test_the_diff_is_shown_against_the_file_of_today(long: Session) -> None:
    row = await edited(long)
    by_hand = "mine\n" * 5 + LONG.replace("line 18\n", "line 18 by hand\n")
    long.project.write("long.txt", by_hand)
    changed, diff, error = await standing(long, row)
    assert (changed, error) == (True, None)
    assert diff is not None
    assert diff.startswith("diff --git a/long.txt b/long.txt\n")
    assert " line 18 by hand\n" in diff
    shown = read_diff(diff)
    assert shown is not None
    after = selected(by_hand.encode(), by_hand.replace("line 20\n", "twenty\n").encode(), shown.hunks, {0})
    await long.apply(row)
    assert long.project.read("long.txt") == after


async def test_where_it_would_be_refused_the_reason_is_told(long: Session) -> None:
    row = await edited(long)
    long.project.write("long.txt", LONG.replace("line 20\n", "line 20 by hand\n"))
    changed, diff, error = await standing(long, row)
    assert (changed, diff) == (True, None)
    assert error is not None
    assert "long.txt (changed: " in error


async def test_each_change_is_judged_for_itself(session: Session) -> None:
    session.worktree.write("src/app.py", "other\n")
    session.worktree.write("new.txt", "new\n")
    os.unlink(session.worktree.path("run.sh"))
    rows = await session.changes()
    session.project.write("new.txt", "mine\n")
    session.project.write("run.sh", "mine\n")
    found = await session.git.standing(session.place.project_path, rows)
    told = {row.change.path: found[row.change.id] for row in rows}
    assert not told["src/app.py"].base_changed
    assert [told[path].base_changed for path in ("new.txt", "run.sh")] == [True, True]
    assert "new.txt (exists)" in (told["new.txt"].error or "")
    assert "run.sh (changed)" in (told["run.sh"].error or "")


# Any three versions


def version(of: list[str], by: str, chance: random.Random) -> list[str]:
    lines = list(of)
    for number in range(chance.randint(0, 4)):
        at = chance.randint(0, len(lines))
        own = [f"{by} {number}{n}" for n in range(chance.randint(0, 2))]
        lines[at : at + chance.randint(0, 2)] = own
    return lines


async def test_any_versions_apply_and_come_back_or_are_refused_whole(tmp_path: Path) -> None:
    seed = random.randrange(1 << 32)
    chance = random.Random(seed)
    names = [f"file {n}.txt" for n in range(60)]
    bases = {name: [f"line {chance.randint(0, 12)}" for _ in range(chance.randint(0, 30))] for name in names}
    text = {name: "".join(line + "\n" for line in lines) for name, lines in bases.items()}
    project = make_repository(tmp_path / "any", text)
    git = GitWorkspaces()
    place = WorktreePlace("ses_9", str(project.root), str(tmp_path / "home" / "any"), "boocode/9")
    session = await open_session(git, project, place)
    for name in names:
        lines = version(bases[name], "agent", chance)
        session.worktree.write(name, "\n".join(lines) + "\n" * chance.randint(0, 1))
        ending = chance.choice(["\n", "\r\n"])
        by_hand = ending.join(version(bases[name], "person", chance)) + ending * chance.randint(0, 1)
        project.write(name, by_hand)
    applied = 0
    for row in await session.changes():
        applied += await goes_there_and_back(session, row, f"seed {seed}, {row.change.path}")
    assert applied >= 5, seed


async def goes_there_and_back(session: Session, row: ChangeRow, clue: str) -> bool:
    project = session.project
    before = snapshot(project)
    try:
        plan: Plan = await session.apply(row)
    except ApplyConflict:
        assert snapshot(project) == before, clue
        return False
    path = row.change.path
    own = [line for line in before[path][1].split(b"\n") if line.startswith(b"person")]
    there = project.read(path).split(b"\n")
    assert all(line in there for line in own), clue
    await session.rewind((row, plan.decided[0]))
    assert snapshot(project) == before, clue
    return True


def test_git_and_this_test_agree_on_hunks(tmp_path: Path) -> None:
    """Real diffs of git, read and chosen from; the reading itself is tested in the domain."""
    seed = random.randrange(1 << 32)
    chance = random.Random(seed)
    for _ in range(40):
        base = [
            chance.choice(["a", "b", "", "\r", "@@ -1 +1 @@", "\\ x"]) for _ in range(chance.randint(0, 40))
        ]
        old = "\n".join(base).encode()
        new = "\n".join(version(base, "new", chance)).encode()
        (tmp_path / "old").write_bytes(old)
        (tmp_path / "new").write_bytes(new)
        command = ["git", "diff", "--no-index", "--text", "old", "new"]
        diff = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).stdout.decode()
        shown = read_diff(diff)
        assert shown is not None
        assert shown.text() == diff, seed
        assert selected(old, new, shown.hunks, range(len(shown.hunks))) == new, seed

"""What lies in the folder of worktrees: ours without a row, somebody else's, and what a making left behind."""

import os
import shutil
from pathlib import Path

import pytest
from attrs import evolve

from boocode.adapters.git import GitOrphans
from boocode.ports.reaping import Findings
from tests.adapters.git.conftest import Session, open_session
from tests.kit.repositories import Repo, make_repository


async def find(session: Session, *known: str, stale_s: float = 600.0) -> Findings:
    folder = str(Path(session.place.path).parent)
    return await GitOrphans(stale_s=stale_s).find(folder, [str(session.project.root)], known)


async def test_what_has_a_row_is_left_out(session: Session) -> None:
    assert await find(session, session.place.path) == Findings((), ())


async def test_a_row_that_names_it_by_another_way_counts(session: Session, tmp_path: Path) -> None:
    os.symlink(tmp_path / "home", tmp_path / "shortcut")
    way = str(tmp_path / "shortcut" / "worktrees" / "project-1")
    assert await find(session, way) == Findings((), ())


async def test_a_worktree_of_ours_is_found_with_its_session_and_base(session: Session) -> None:
    session.project.write("later.txt", "later")
    session.project.commit()
    [lost] = (await find(session)).lost
    assert (lost.path, lost.project_path) == (session.place.path, str(session.project.root))
    assert (lost.made_for, lost.base_commit, lost.branch) == ("ses_1", session.base, "boocode/1")


async def test_one_whose_refs_are_gone_counts_from_the_projects_head(session: Session) -> None:
    session.project.git("update-ref", "-d", "refs/boocode/base/ses_1")
    [lost] = (await find(session)).lost
    assert (lost.made_for, lost.branch, lost.base_commit) == (None, None, session.project.head())


async def test_the_session_is_told_from_others_with_worktrees(session: Session) -> None:
    place = evolve(session.place, session_id="ses_21", path=session.place.path + "-21", branch="boocode/21")
    await open_session(session.git, session.project, place)
    found = await find(session)
    assert {(lost.path, lost.made_for) for lost in found.lost} == {
        (session.place.path, "ses_1"),
        (place.path, "ses_21"),
    }


async def test_a_registration_without_its_directory_is_found(session: Session) -> None:
    shutil.rmtree(session.worktree.root)
    [lost] = (await find(session)).lost
    assert (lost.path, lost.made_for) == (session.place.path, "ses_1")


async def test_a_directory_that_git_forgot_is_found_by_its_shadow(session: Session) -> None:
    shutil.rmtree(session.project.root / ".git" / "worktrees")
    [lost] = (await find(session)).lost
    assert (lost.path, lost.made_for) == (session.place.path, "ses_1")


async def test_what_we_did_not_make_is_strange(session: Session) -> None:
    folder = Path(session.place.path).parent
    make_repository(folder / "own", {"a": "a"})
    session.project.git("worktree", "add", "-q", str(folder / "theirs"))
    (folder / "file.txt").write_text("x")
    found = await find(session, session.place.path)
    assert (found.lost, found.strange) == (
        (),
        tuple(str(folder / name) for name in ("file.txt", "own", "theirs")),
    )


async def test_a_persons_own_worktree_elsewhere_is_not_looked_at(session: Session, tmp_path: Path) -> None:
    session.project.git("worktree", "add", "-q", str(tmp_path / "mine"))
    assert await find(session, session.place.path) == Findings((), ())


async def test_a_folder_that_is_not_there_says_nothing(session: Session, tmp_path: Path) -> None:
    found = await GitOrphans().find(str(tmp_path / "away"), [str(session.project.root)], [])
    assert not found.is_there


async def test_projects_that_are_away_are_passed_over(session: Session, tmp_path: Path) -> None:
    folder = str(Path(session.place.path).parent)
    projects = [str(tmp_path / "gone"), str(session.project.root)]
    assert len((await GitOrphans().find(folder, projects, [])).lost) == 1
    found = await GitOrphans().find(folder, projects[:1], [])
    assert (found.lost, found.strange) == ((), (session.place.path,))


@pytest.mark.parametrize("name", ["project-9", "project-9.removed", "project-9.adopting"])
async def test_a_shadow_that_stands_alone_goes_when_it_is_old(session: Session, name: str) -> None:
    stale = Path(session.place.path).parent / ".state" / name
    stale.mkdir()
    await find(session, session.place.path)
    assert stale.exists()
    await find(session, session.place.path, stale_s=0.0)
    assert not stale.exists()
    assert (stale.parent / "project-1").exists()


async def test_the_shadow_of_a_row_without_directory_stays(session: Session) -> None:
    shutil.rmtree(session.worktree.root)
    await find(session, session.place.path, stale_s=0.0)
    assert (Path(session.place.path).parent / ".state" / "project-1").exists()


async def test_one_that_is_being_made_is_left_alone(session: Session) -> None:
    making = Path(session.place.path).parent / ".state" / "project-7"
    making.mkdir()
    (making / "making").write_bytes(b"")
    Repo(Path(session.place.path).parent / "project-7").write("half.txt", "half")
    assert await find(session, session.place.path) == Findings((), ())
    assert making.exists()

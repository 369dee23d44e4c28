"""A project, its adapter, and a session's worktree in it."""

from pathlib import Path

import pytest
from attrs import evolve, frozen

from boocode.adapters.git import GitWorkspaces
from boocode.ports.changes import Plan, Unwanted, Wanted
from boocode.ports.safety_store import Decided
from boocode.ports.store import ChangeRow
from boocode.ports.worktrees import WorktreePlace
from tests.kit.repositories import Repo, make_repository, settle_git_environment

FILES = {
    "README.md": "# A project\n",
    "src/app.py": "def main():\n    return 1\n",
    "src/deep/er/leaf.txt": "leaf\n",
    "run.sh": "echo hi\n",
}


@pytest.fixture(autouse=True)
def git_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    home = tmp_path / "person"
    settle_git_environment(monkeypatch, home)
    return home


@pytest.fixture
def project(tmp_path: Path, git_environment: Path) -> Repo:
    return make_repository(tmp_path / "project", FILES)


@pytest.fixture
async def git() -> GitWorkspaces:
    return GitWorkspaces()


@pytest.fixture
def place(tmp_path: Path, project: Repo) -> WorktreePlace:
    path = tmp_path / "home" / "worktrees" / "project-1"
    return WorktreePlace("ses_1", str(project.root), str(path), "boocode/1")


@frozen
class Session:
    """A worktree with its base: what the tests work in."""

    git: GitWorkspaces
    project: Repo
    place: WorktreePlace
    base: str
    branch: str

    @property
    def worktree(self) -> Repo:
        return Repo(Path(self.place.path))

    async def changes(self) -> tuple[ChangeRow, ...]:
        return await self.git.changes(self.place, self.base)

    async def apply(self, *rows: ChangeRow) -> Plan:
        """As the worktree's owner does it, but for the journal."""
        plan = await self.git.plan_apply(self.place.project_path, [Wanted(row) for row in rows])
        return await self.carry_out(plan)

    async def rewind(self, *applied: tuple[ChangeRow, Decided]) -> Plan:
        unwanted = [Unwanted(row, decided) for row, decided in applied]
        return await self.carry_out(await self.git.plan_rewind(self.place.project_path, unwanted, self.base))

    async def carry_out(self, plan: Plan) -> Plan:
        await self.git.keep_plan(self.place.project_path, self.place.session_id, plan)
        await self.git.exchange(self.place.project_path, plan.files)
        return plan

    async def advanced(self, *rows: ChangeRow) -> "Session":
        """With a base that has these changes."""
        plan = await self.git.plan_apply(self.place.project_path, [Wanted(row) for row in rows])
        return await self.moved(plan)

    async def moved(self, plan: Plan) -> "Session":
        place = self.place
        base = await self.git.advance_base(place.project_path, place.session_id, self.base, plan.base)
        return evolve(self, base=base)


async def open_session(git: GitWorkspaces, project: Repo, place: WorktreePlace) -> Session:
    opened = await git.open_worktree(place)
    return Session(git, project, place, opened.base_commit, opened.branch)


@pytest.fixture
async def session(git: GitWorkspaces, project: Repo, place: WorktreePlace) -> Session:
    return await open_session(git, project, place)

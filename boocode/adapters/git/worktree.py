"""A session's worktree: made from the project's HEAD, found again, mended, looked at, removed.

A removal begins with one rename: the directory is set aside beside its shadow, and is gone for everybody else. What
a crash leaves after it is known by that to have been kept before, and is cleared away without another look.

The project's own checkout, index, HEAD and stash are never touched; its repository gains a branch, the
registration of the worktree, and refs below `refs/boocode/`. Making is marked (see shadow.py), so that what
a crash left half made is known to be nobody's work.
"""

import os
from collections import defaultdict
from contextlib import suppress

import trio

from boocode.adapters.git import repository
from boocode.adapters.git.program import GitFailed, GitProgram
from boocode.adapters.git.registration import (
    find_registration,
    forget_registration,
    move_registration,
    remove_tree,
    require_registration,
    restore_link,
)
from boocode.adapters.git.repository import BASE_REFS, PENDING_REFS, Located
from boocode.adapters.git.shadow import Shadow
from boocode.adapters.git.survey import Condition, Survey, clear_away, survey
from boocode.adapters.git.threads import Threads
from boocode.contracts.resources import WorktreeInfo
from boocode.ports.worktrees import OpenedWorktree, WorkspaceError, WorktreePlace

_CHECKOUT = ("-c", "checkout.workers=2", "-c", "checkout.thresholdForParallelism=100")
_LOCKING = {"GIT_OPTIONAL_LOCKS": "1"}
_KINDS = ("base", "pending", "seen", "applied", "parts", "scratch/ready", "scratch/preview")
"""Of refs that a session has, each with all below it."""


class Worktrees:
    """The life of worktrees. Calls for one place must not overlap."""

    def __init__(self, program: GitProgram, threads: Threads) -> None:
        self._program = program
        self._threads = threads
        self._adding: defaultdict[str, trio.Lock] = defaultdict(trio.Lock)
        """By repository: git fails when it meets a registration that another `worktree add` is still writing."""

    async def open(self, place: WorktreePlace) -> OpenedWorktree:
        """Raises WorkspaceError `not_a_repository`, `no_commits`, `worktree_blocked`, `git_failed`."""
        located, found, opened = await self._threads.run(self._look, place)
        if opened is not None:
            return opened
        shadow = Shadow.of(place, located)
        match found.condition:
            case Condition.UNREGISTERED:
                await self._adopt(place, located, shadow)
            case Condition.STRANGE:
                raise WorkspaceError(
                    "worktree_blocked",
                    f"Asked for a worktree at {place.path}, found files there that BooCode did not make. "
                    "Move them away and try again.",
                )
            case Condition.HALF_MADE | Condition.ABSENT:
                if found.condition is Condition.HALF_MADE:
                    await self._threads.run(clear_away, located, shadow)
                else:
                    await self._threads.run(forget_registration, found.registration)
                await self._make(place, located, shadow)
        return await self._threads.run(self._opened, place, located)

    def _look(self, place: WorktreePlace) -> tuple[Located, Survey, OpenedWorktree | None]:
        """What there is; a worktree that is ready, as almost always, is opened in the same visit to a thread."""
        located = repository.require_commit(place.project_path)
        found = survey(located, Shadow.of(place, located))
        if found.condition is not Condition.READY:
            return located, found, None
        assert found.registration is not None
        restore_link(place.path, found.registration)
        return located, found, self._opened(place, located)

    def _opened(self, place: WorktreePlace, located: Located) -> OpenedWorktree:
        branch = _usable_branch(place.branch, repository.local_branches(located.common_dir))
        return OpenedWorktree(self._base(place, located), branch)

    async def status(self, place: WorktreePlace, base: str) -> WorktreeInfo:
        """What a person would want to know before the worktree goes; takes no lock that another git could meet."""
        located = await self._threads.run(repository.locate, place.project_path)
        environment = await self._environment(place, located)
        output = await self._program.run(
            "status",
            "--porcelain=v2",
            "--branch",
            "--untracked-files=all",
            "--ignore-submodules=dirty",
            "-z",
            cwd=place.path,
            env=environment,
        )
        branches = await self._threads.run(repository.local_branches, located.common_dir)
        own = (f"refs/heads/{place.branch}",) if place.branch in branches else ()
        unpushed = await self._program.run(
            *("rev-list", "--count", "HEAD", *own, "--not", base, "--remotes", "--tags"),
            *(f"--exclude={place.branch}", "--branches"),
            cwd=place.path,
            env=environment,
        )
        records = output.split(b"\0")
        head = next((r[14:] for r in records if r.startswith(b"# branch.head ")), b"(detached)")
        return WorktreeInfo(
            path=place.path,
            branch=None if head == b"(detached)" else head.decode(errors="replace"),
            base_commit=base,
            dirty=sum(record[:2] in (b"1 ", b"2 ", b"u ") for record in records),
            untracked=sum(record[:2] == b"? " for record in records),
            unpushed=int(unpushed),
        )

    async def set_aside(self, place: WorktreePlace) -> None:
        """Takes the directory out of everybody's sight, at once and whole."""
        await self._threads.run(_set_aside, place)

    async def was_set_aside(self, place: WorktreePlace) -> bool:
        return await self._threads.run(os.path.lexists, _aside(place))

    async def remove(self, place: WorktreePlace) -> None:
        """Removes it with what git and we know of it. Its branch stays where it has commits of its own, or where
        somebody else has it checked out. Can be repeated."""
        await self.set_aside(place)
        # It may be large, and nobody waits for what is in it: a stop of BooCode does not either.
        await trio.to_thread.run_sync(_clear, _aside(place), abandon_on_cancel=True)
        try:
            located = await self._threads.run(repository.locate, place.project_path)
        except WorkspaceError:
            # The repository is gone, and all that it knew.
            await self._threads.run(Shadow(place.path, "").remove)
            return
        await self._threads.run(forget_registration, find_registration(located, place.path))
        if await self._is_elsewhere(place, located):
            await self._forget_branch(place, located)
        for ref in await self._refs(place, located):
            await self._threads.run(repository.delete_ref, located.common_dir, ref)
        await self._threads.run(Shadow.of(place, located).remove)

    async def _is_elsewhere(self, place: WorktreePlace, located: Located) -> bool:
        """Whether all commits of the worktree's branch are on another one, in a tag, or in its base."""
        branch = f"refs/heads/{place.branch}"
        base = await self._threads.run(repository.read_ref, located.common_dir, BASE_REFS + place.session_id)
        if await self._threads.run(repository.read_ref, located.common_dir, branch) is None:
            return False
        own = await self._program.run(
            *(
                "rev-list",
                "--count",
                branch,
                "--not",
                *(() if base is None else (base,)),
                "--remotes",
                "--tags",
            ),
            *(f"--exclude={place.branch}", "--branches"),
            cwd=located.common_dir,
            env={"GIT_DIR": located.common_dir},
        )
        return int(own) == 0

    async def _forget_branch(self, place: WorktreePlace, located: Located) -> None:
        # Git refuses where it is checked out, or being rebased, in another worktree: then it is in use.
        with suppress(GitFailed):
            await self._program.run(
                *("branch", "--quiet", "-D", "--", place.branch),
                cwd=located.common_dir,
                env={"GIT_DIR": located.common_dir},
            )

    async def _refs(self, place: WorktreePlace, located: Located) -> list[str]:
        patterns = (f"refs/boocode/{kind}/{place.session_id}" for kind in _KINDS)
        output = await self._program.run(
            "for-each-ref", "--format=%(refname)", *patterns, cwd=located.common_dir
        )
        return output.decode(errors="surrogateescape").split("\n")[:-1]

    async def _environment(self, place: WorktreePlace, located: Located) -> dict[str, str]:
        """Names the worktree outright: its own `.git` file is in the agent's hands."""
        registration = await self._threads.run(require_registration, located, place.path)
        return {"GIT_DIR": registration, "GIT_WORK_TREE": place.path}

    async def _make(self, place: WorktreePlace, located: Located, shadow: Shadow) -> None:
        await self._threads.run(shadow.begin_making)
        base = await self._threads.run(self._base, place, located)
        pending = await self._threads.run(
            repository.read_ref, located.common_dir, PENDING_REFS + place.session_id
        )
        await self._add(place, located, base)
        environment = await self._environment(place, located)
        # A worktree that was lost comes back as it was last seen.
        await self._program.run(
            *_CHECKOUT, "read-tree", "--reset", "-u", pending or base, cwd=place.path, env=environment
        )
        fresh = pending is None and await self._head_is(base, place, environment)
        if not fresh:
            await self._program.run("reset", "--quiet", cwd=place.path, env=environment)
        # Files written in the instant of their index are not trusted by it; one look later, they are.
        await self._program.run("status", "--porcelain", cwd=place.path, env={**environment, **_LOCKING})
        await self._threads.run(_furnish, shadow, environment["GIT_DIR"], base if fresh else None)

    async def _add(self, place: WorktreePlace, located: Located, base: str) -> None:
        branches = await self._threads.run(repository.local_branches, located.common_dir)
        branch = _usable_branch(place.branch, branches)
        known = branch in branches
        create = () if known else ("-b", branch)
        start = branch if known else base
        async with self._adding[located.common_dir]:
            await self._program.run(
                *("worktree", "add", "--quiet", "--no-checkout", *create, "--", place.path, start),
                cwd=located.root,
            )

    async def _head_is(self, commit: str, place: WorktreePlace, environment: dict[str, str]) -> bool:
        head = await self._program.run("rev-parse", "HEAD", cwd=place.path, env=environment)
        return head.decode().strip() == commit

    async def _adopt(self, place: WorktreePlace, located: Located, shadow: Shadow) -> None:
        """Registers a worktree again whose registration was pruned; its files stay as they are.

        Git registers only what it makes: so an empty worktree is made beside it, and its registration
        is then pointed at the files.
        """
        beside = shadow.directory + ".adopting"
        base = await self._threads.run(self._base, place, located)
        await self._threads.run(_clear_beside, located, beside)
        await self._add(
            WorktreePlace(place.session_id, place.project_path, beside, place.branch), located, base
        )
        await self._threads.run(move_registration, located, beside, place.path)
        environment = await self._environment(place, located)
        await self._program.run("reset", "--quiet", cwd=place.path, env=environment)
        await self._threads.run(shadow.forget_base)

    def _base(self, place: WorktreePlace, located: Located) -> str:
        """The session's base commit; at the first time the project's HEAD, kept by a ref from then on."""
        ref = BASE_REFS + place.session_id
        base = repository.read_ref(located.common_dir, ref)
        if base is None:
            base = repository.head_commit(located.root)
            repository.set_ref(located.common_dir, ref, base)
        return base


def _usable_branch(wanted: str, existing: frozenset[str]) -> str:
    """A branch `boocode` in the project leaves no room for `boocode/…` below it: then a dash."""
    return wanted.replace("/", "-") if wanted.partition("/")[0] in existing else wanted


def _furnish(shadow: Shadow, registration: str, base: str | None) -> None:
    shadow.prepare()
    shadow.take_index(os.path.join(registration, "index"))
    if base is not None:
        shadow.set_base(base)
    shadow.end_making()


def _aside(place: WorktreePlace) -> str:
    parent, name = os.path.split(place.path)
    return os.path.join(parent, ".state", f"{name}.removed")


def _set_aside(place: WorktreePlace) -> None:
    if not os.path.lexists(place.path):
        return
    aside = _aside(place)
    try:
        _clear(aside)  # of an earlier worktree at this place, kept before it came here
        os.makedirs(os.path.dirname(aside), exist_ok=True)
        os.rename(place.path, aside)
    except OSError as error:
        raise WorkspaceError("git_failed", f"{place.path} cannot be removed: {error}.") from error


def _clear(directory: str) -> None:
    try:
        remove_tree(directory)
    except OSError as error:
        raise WorkspaceError("git_failed", f"{directory} cannot be removed: {error}.") from error


def _clear_beside(located: Located, beside: str) -> None:
    remove_tree(beside)
    forget_registration(find_registration(located, beside))

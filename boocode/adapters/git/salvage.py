"""All that is in a worktree, kept by one ref in the shape of git's own stash.

    refs/boocode/salvage/ID    tree: the files as a checkpoint has them, byte for byte (see ports/checkpoints.py)
      parent 1                 the worktree's HEAD, which nothing else may have
      parent 2                 a commit of the index's tree; its first parent is HEAD as well
        further parents of 2   what refs of the session named (base, pending, applied), and an index's conflicts

So `git stash apply refs/boocode/salvage/ID` works, and `git show REF:PATH` has the bytes of a single file. A third
parent of the commit itself would be taken by git for the untracked files, so whatever else is to be kept hangs on
the second. The index is read through a copy: the worktree's own is never written or locked. What cannot be read is
an error, and nothing is removed then.
"""

import os
import shutil
from collections.abc import Mapping, Sequence

from attrs import frozen

from boocode.adapters.git import repository
from boocode.adapters.git.program import DURABLE, GitProgram
from boocode.adapters.git.registration import find_registration, require_registration
from boocode.adapters.git.repository import Located
from boocode.adapters.git.shadow import Shadow
from boocode.adapters.git.threads import Threads
from boocode.ports.worktrees import SALVAGE_REFS, STASHING_REFS, KeptStash, WorkspaceError, WorktreePlace

_STAGES = {1: "common ancestor", 2: "ours", 3: "theirs"}


class Salvages:
    def __init__(self, program: GitProgram, threads: Threads) -> None:
        self._program = program
        self._threads = threads

    async def write(self, place: WorktreePlace, ref: str, files: str) -> str:
        """Makes the commit of `files`, which is a checkpoint of the worktree as it is, and sets `ref` to it.

        Returns the commit. Raises WorkspaceError; then `ref` is as it was."""
        located = await self._threads.run(repository.locate, place.project_path)
        registration = await self._threads.run(require_registration, located, place.path)
        keeping = _Keeping(self._program, self._threads, place, located)
        head = await keeping.parent_of(files)
        if head is None:
            raise WorkspaceError(
                "no_commits",
                f"Asked to keep what is in {place.path}, found it on a branch without any commit. "
                "Make a first one there and try again.",
            )
        index = await keeping.index_commit(registration, head)
        return await keeping.set(ref, files, (head, index))

    async def write_lost(self, place: WorktreePlace, ref: str) -> str | None:
        """The same from what git still has of a worktree whose directory is gone; None when there is nothing."""
        located = await self._threads.run(repository.locate, place.project_path)
        registration = await self._threads.run(find_registration, located, place.path)
        keeping = _Keeping(self._program, self._threads, place, located)
        named = await keeping.session_refs()
        earlier = await self._threads.run(repository.read_ref, located.common_dir, ref)
        head = await keeping.head_of_lost(registration)
        also = [*named.values(), *((earlier,) if earlier else ())]
        if head is None or not also:
            return earlier
        files = next((named[name] for name in named if name.startswith("refs/boocode/pending/")), head)
        index = await keeping.commit(head, (head, *also), f"What BooCode had of {place.path}")
        return await keeping.set(ref, files, (head, index))

    async def next_ref(self, project_path: str, worktree_id: str) -> str:
        """The ref of the next stash of a worktree, which never had one before."""
        located = await self._threads.run(repository.locate, project_path)
        output = await self._program.run(
            *("for-each-ref", "--format=%(refname)", f"{SALVAGE_REFS}{worktree_id}-*"), cwd=located.common_dir
        )
        numbers = [name.rpartition("-")[2] for name in output.decode(errors="replace").split()]
        last = max((int(number) for number in numbers if number.isascii() and number.isdigit()), default=0)
        return f"{SALVAGE_REFS}{worktree_id}-{last + 1}"

    async def unfinished(self, project_path: str, worktree_id: str) -> KeptStash | None:
        """The stash that is marked; None also where a person has deleted its ref since."""
        located = await self._threads.run(repository.locate, project_path)
        common_dir = located.common_dir
        commit = await self._threads.run(repository.read_ref, common_dir, STASHING_REFS + worktree_id)
        if commit is None:
            return None
        output = await self._program.run(
            *("for-each-ref", "--format=%(refname)", f"--points-at={commit}", "--count=1"),
            f"{SALVAGE_REFS}{worktree_id}-*",
            cwd=common_dir,
        )
        ref = output.decode(errors="replace").strip()
        return KeptStash(ref, commit) if ref else None

    async def has_commit(self, project_path: str, commit: str) -> bool:
        located = await self._threads.run(repository.locate, project_path)
        done = await self._program.output(
            *("rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}"),
            cwd=located.common_dir,
            accept=(0, 1, 128),
        )
        return bool(done.stdout.strip())


@frozen
class _Keeping:
    program: GitProgram
    threads: Threads
    place: WorktreePlace
    located: Located

    async def set(self, ref: str, files: str, parents: Sequence[str]) -> str:
        message = await self.git("log", "-1", "--no-show-signature", "--format=%B", files)
        commit = await self.commit(files, parents, message.decode(errors="replace"))
        await self.threads.run(repository.set_ref, self.located.common_dir, ref, commit)
        return commit

    async def parent_of(self, commit: str) -> str | None:
        parents = (await self.git("log", "-1", "--no-show-signature", "--format=%P", commit)).split()
        return parents[0].decode() if parents else None

    async def index_commit(self, registration: str, head: str) -> str:
        scratch = await self.threads.run(self._copy_index, registration)
        try:
            return await self._index_commit(registration, scratch, head)
        finally:
            await self.threads.run(shutil.rmtree, scratch)

    def _copy_index(self, registration: str) -> str:
        scratch = Shadow.of(self.place, self.located).make_scratch()
        try:
            shutil.copy2(os.path.join(registration, "index"), os.path.join(scratch, "index"))
        except OSError as error:
            shutil.rmtree(scratch)
            raise WorkspaceError("git_failed", f"The index of {self.place.path}: {error}.") from error
        return scratch

    async def _index_commit(self, registration: str, scratch: str, head: str) -> str:
        index = {"GIT_DIR": registration, "GIT_INDEX_FILE": os.path.join(scratch, "index")}
        unmerged = _by_stage(await self.git("ls-files", "--unmerged", "-z", env=index))
        also = []
        for stage, entries in unmerged.items():
            alone = {"GIT_DIR": registration, "GIT_INDEX_FILE": os.path.join(scratch, f"stage-{stage}")}
            tree = await self._tree_of(alone, entries)
            also.append(await self.commit(tree, (head,), f"Conflicts in the index: {_STAGES[stage]}"))
        if unmerged:
            # No tree has conflicts: of each file it gets ours, or else what there is; all stages are kept above.
            await self._tree_of(index, _chosen(unmerged))
        tree = (await self.git("write-tree", env=index)).decode().strip()
        named = await self.session_refs()
        return await self.commit(tree, (head, *also, *named.values()), f"The index of {self.place.path}")

    async def _tree_of(self, index: Mapping[str, str], entries: Mapping[bytes, bytes]) -> str:
        """`entries`: path → `mode blob`, added to the index as resolved."""
        removed = b"".join(b"0 %s\t%s\0" % (b"0" * 40, path) for path in entries)
        added = b"".join(b"%s 0\t%s\0" % (entry, path) for path, entry in entries.items())
        await self.git("update-index", "-z", "--index-info", env=index, stdin=removed + added)
        return (await self.git("write-tree", env=index)).decode().strip()

    async def session_refs(self) -> dict[str, str]:
        """What refs of the session name, checkpoints (the chats') and salvage apart: ref → commit."""
        session = self.place.session_id
        output = await self.git(
            *("for-each-ref", "--format=%(objectname) %(refname)"),
            *(f"refs/boocode/*/{session}", f"refs/boocode/*/{session}/**"),
        )
        found = (line.split(" ", 1) for line in output.decode(errors="replace").splitlines())
        return {name: commit for commit, name in found if not name.startswith(SALVAGE_REFS)}

    async def head_of_lost(self, registration: str | None) -> str | None:
        """Where a worktree stood whose directory is gone: by its HEAD, its branch, or its base."""
        places = [
            *(() if registration is None else (({"GIT_DIR": registration}, "HEAD"),)),
            ({}, f"refs/heads/{self.place.branch}"),
            ({}, f"refs/boocode/base/{self.place.session_id}"),
        ]
        for environment, name in places:
            output = await self.program.output(
                *("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"),
                cwd=self.located.common_dir,
                env={"GIT_DIR": self.located.common_dir, **environment},
                accept=(0, 1, 128),
            )
            if found := output.stdout.decode().strip():
                return found
        return None

    async def commit(self, tree_of: str, parents: Sequence[str], message: str) -> str:
        """`tree_of`: a commit or a tree. Kept by nothing yet."""
        tree = (await self.git("rev-parse", "--verify", f"{tree_of}^{{tree}}")).decode().strip()
        named = (word for parent in dict.fromkeys(parents) for word in ("-p", parent))
        output = await self.git(*DURABLE, "commit-tree", tree, *named, stdin=message.encode())
        return output.decode().strip()

    async def git(self, *arguments: str, env: Mapping[str, str] | None = None, stdin: bytes = b"") -> bytes:
        environment = {"GIT_DIR": self.located.common_dir, **(env or {})}
        # The worktree's index names objects of the project; its directory is not looked at here.
        done = await self.program.output(
            *arguments, cwd=self.located.common_dir, env=environment, stdin=stdin
        )
        return done.stdout


def _by_stage(output: bytes) -> dict[int, dict[bytes, bytes]]:
    """From `ls-files --unmerged -z`: stage → path → `mode blob`."""
    found: dict[int, dict[bytes, bytes]] = {}
    for record in output.split(b"\0")[:-1]:
        entry, path = record.split(b"\t", 1)
        mode, blob, stage = entry.split(b" ")
        found.setdefault(int(stage), {})[path] = mode + b" " + blob
    return found


def _chosen(unmerged: Mapping[int, Mapping[bytes, bytes]]) -> dict[bytes, bytes]:
    chosen: dict[bytes, bytes] = {}
    for stage in (1, 3, 2):
        chosen.update(unmerged.get(stage, {}))
    return chosen

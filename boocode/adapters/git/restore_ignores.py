"""What a checkpoint's own rules ignore: its `.gitignore` files, laid out where nothing else is, and git asked.

The rules on the disk do not count here: the agent may have changed them since.
"""

import os
import shutil
from collections.abc import Mapping, Sequence

from attrs import frozen

from boocode.adapters.git.blobs import Piece, write_out
from boocode.adapters.git.program import GitProgram
from boocode.adapters.git.shadow import Shadow
from boocode.adapters.git.threads import Threads
from boocode.domain.changes import EXECUTABLE, FILE
from boocode.domain.restoring import parents

_RULES = b".gitignore"


@frozen
class IgnoreRules:
    program: GitProgram
    threads: Threads
    shadow: Shadow

    async def ignored(self, tree: str, paths: Sequence[bytes]) -> frozenset[bytes]:
        """Those of the paths that are ignored files by the tree's rules (and by what ignores them in general)."""
        if not paths:
            return frozenset()
        rules = await self._rules(tree, paths)
        scratch = await self.threads.run(self.shadow.make_scratch)
        try:
            await self._lay_out(rules, scratch)
            return await self._check(scratch, paths)
        finally:
            await self.threads.run(shutil.rmtree, scratch)

    async def _rules(self, tree: str, paths: Sequence[bytes]) -> dict[bytes, str]:
        """The files of rules that can concern these paths: path → blob. A symlink is no such file to git."""
        concerned = {b""}.union(*(parents(path) for path in paths))
        output = await self._git("ls-tree", "-r", "-z", "--full-tree", tree, cwd=self.shadow.directory)
        rules = {}
        for record in output.split(b"\0"):
            if not record.endswith(_RULES):
                continue
            about, _, path = record.partition(b"\t")
            directory, _, name = path.rpartition(b"/")
            mode, _, blob = about.split(b" ")
            if name == _RULES and directory in concerned and int(mode, 8) in (FILE, EXECUTABLE):
                rules[path] = blob.decode()
        return rules

    async def _lay_out(self, rules: Mapping[bytes, str], scratch: str) -> None:
        blobs = os.path.join(scratch, "blobs")
        laid_out = os.path.join(scratch, "tree")
        await self.threads.run(os.mkdir, blobs)
        await self.threads.run(os.mkdir, laid_out)
        contents = await write_out(
            self.program, self.threads, self.shadow.common_dir, sorted(set(rules.values())), blobs
        )
        await self.threads.run(_copy_all, rules, contents, laid_out)

    async def _check(self, scratch: str, paths: Sequence[bytes]) -> frozenset[bytes]:
        laid_out = os.path.join(scratch, "tree")
        output = await self.program.output(
            *("check-ignore", "--no-index", "-z", "--stdin"),
            cwd=laid_out,
            env={**self._environment(), "GIT_WORK_TREE": laid_out},
            # A name that begins with a colon would be a pattern.
            stdin=b"".join(b"./" + path + b"\0" for path in paths),
            accept=(0, 1),
        )
        return frozenset(path.removeprefix(b"./") for path in output.stdout.split(b"\0")[:-1])

    async def _git(self, *arguments: str, cwd: str) -> bytes:
        return await self.program.run(*arguments, cwd=cwd, env=self._environment())

    def _environment(self) -> dict[str, str]:
        return dict(self.shadow.environment())


def _copy_all(rules: Mapping[bytes, str], contents: Mapping[str, Piece], laid_out: str) -> None:
    for path, blob in rules.items():
        target = os.path.join(os.fsencode(laid_out), path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb") as file:
            contents[blob].copy_to(file)

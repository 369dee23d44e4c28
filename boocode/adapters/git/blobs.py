"""Blobs of the object store: into files, by a child of git that writes straight to the disk, or into memory."""

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from attrs import frozen

from boocode.adapters.git.program import AS_STORED, DURABLE, GitProgram
from boocode.adapters.git.threads import Threads
from boocode.ports.worktrees import WorkspaceError

_COPY_BYTES = 1 << 20


@frozen
class Piece:
    """An object's bytes: `size` of them in the file at `path`, from `offset` on. The calls are for a thread."""

    path: str
    offset: int
    size: int

    def read(self) -> bytes:
        return b"".join(self._portions())

    def copy_to(self, target: BinaryIO) -> None:
        for portion in self._portions():
            target.write(portion)

    def _portions(self) -> Iterator[bytes]:
        with open(self.path, "rb", buffering=0) as file:
            file.seek(self.offset)
            left = self.size
            while left:
                data = file.read(min(left, _COPY_BYTES))
                if not data:
                    raise OSError(f"{self.path} ended {left} bytes early")
                left -= len(data)
                yield data


async def write_out(
    program: GitProgram, threads: Threads, git_dir: str, blobs: Sequence[str], directory: str
) -> dict[str, Piece]:
    """Object id → where its bytes are, in one file in `directory`. Raises WorkspaceError `bytes_missing`."""
    if not blobs:
        return {}
    together = os.path.join(directory, "blobs")
    descriptor = await threads.run(
        os.open, together, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600
    )
    try:
        await program.output(
            "cat-file",
            "--batch",
            cwd=git_dir,
            env={**AS_STORED, "GIT_DIR": git_dir},
            stdin="".join(blob + "\n" for blob in blobs).encode(),
            stdout=descriptor,
        )
    finally:
        os.close(descriptor)
    return await threads.run(_pieces, together)


def _pieces(together: str) -> dict[str, Piece]:
    """What `cat-file --batch` wrote: `ID blob SIZE`, newline, the bytes, newline, for each."""
    pieces = {}
    with open(together, "rb") as source:
        while header := source.readline():
            blob, kind, *size = header.decode().split()
            if kind == "missing" or not size:
                raise _missing(blob)
            pieces[blob] = Piece(together, source.tell(), int(size[0]))
            source.seek(int(size[0]) + 1, os.SEEK_CUR)
    return pieces


async def read_blobs(
    program: GitProgram, git_dir: str, blobs: Sequence[str], max_bytes: int
) -> dict[str, bytes]:
    """Object id → its bytes, of those that are not larger. Raises WorkspaceError `bytes_missing`."""
    if not blobs:
        return {}
    env = {**AS_STORED, "GIT_DIR": git_dir}
    asked = "".join(blob + "\n" for blob in blobs).encode()
    sizes = (
        await program.output("cat-file", "--batch-check", cwd=git_dir, env=env, stdin=asked)
    ).stdout.splitlines()
    small = []
    for line in sizes:
        blob, kind, *size = line.decode().split()
        if kind == "missing" or not size:
            raise _missing(blob)
        if int(size[0]) <= max_bytes:
            small.append(blob)
    asked = "".join(blob + "\n" for blob in small).encode()
    data = (await program.output("cat-file", "--batch", cwd=git_dir, env=env, stdin=asked)).stdout
    return _taken_apart(data)


def _taken_apart(data: bytes) -> dict[str, bytes]:
    found, at = {}, 0
    while at < len(data):
        end = data.index(b"\n", at)
        blob, _, size = data[at:end].decode().split()
        found[blob] = data[end + 1 : end + 1 + int(size)]
        at = end + 1 + int(size) + 1
    return found


async def write_bytes(program: GitProgram, git_dir: str, contents: Mapping[str, bytes]) -> None:
    """Puts bytes into the object store, and onto the disk, whose ids are known already."""
    for blob, data in contents.items():
        output = await program.output(
            *DURABLE, "hash-object", "-w", "--stdin", cwd=git_dir, env={"GIT_DIR": git_dir}, stdin=data
        )
        assert output.stdout.decode().strip() == blob, "git names these bytes otherwise"


def _missing(blob: str) -> WorkspaceError:
    return WorkspaceError(
        "bytes_missing",
        f"The object {blob} of a change is no longer in the repository. Let the agent make it again.",
    )

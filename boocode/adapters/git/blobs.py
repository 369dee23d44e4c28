"""Blobs of the object store: into files, by a child of git that writes straight to the disk, or into memory."""

import os
from collections.abc import Mapping, Sequence

from boocode.adapters.git.program import GitProgram
from boocode.adapters.git.threads import Threads
from boocode.ports.worktrees import WorkspaceError

_COPY_BYTES = 1 << 20


async def write_out(
    program: GitProgram, threads: Threads, git_dir: str, blobs: Sequence[str], directory: str
) -> dict[str, str]:
    """Object id → a file in `directory` with exactly its bytes. Raises WorkspaceError `bytes_missing`."""
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
            env={"GIT_DIR": git_dir},
            stdin="".join(blob + "\n" for blob in blobs).encode(),
            stdout=descriptor,
        )
    finally:
        os.close(descriptor)
    return await threads.run(_split, together, directory)


def _split(together: str, directory: str) -> dict[str, str]:
    """Takes apart what `cat-file --batch` wrote: `ID blob SIZE`, newline, the bytes, newline, for each."""
    files = {}
    with open(together, "rb") as source:
        while header := source.readline():
            blob, kind, *size = header.decode().split()
            if kind == "missing" or not size:
                raise _missing(blob)
            files[blob] = os.path.join(directory, f"blob-{blob}")
            _copy(source.fileno(), source.tell(), int(size[0]), files[blob])
            source.seek(int(size[0]) + 1, os.SEEK_CUR)
    os.unlink(together)
    return files


def _copy(source: int, offset: int, size: int, target: str) -> None:
    with open(target, "xb") as file:
        while size:
            data = os.pread(source, min(size, _COPY_BYTES), offset)
            if not data:
                raise EOFError(f"{target} ended {size} bytes early")
            file.write(data)
            offset += len(data)
            size -= len(data)


async def read_blobs(
    program: GitProgram, git_dir: str, blobs: Sequence[str], max_bytes: int
) -> dict[str, bytes]:
    """Object id → its bytes, of those that are not larger. Raises WorkspaceError `bytes_missing`."""
    if not blobs:
        return {}
    env = {"GIT_DIR": git_dir}
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
    """Puts bytes into the object store whose ids are known already."""
    for blob, data in contents.items():
        output = await program.output(
            "hash-object", "-w", "--stdin", cwd=git_dir, env={"GIT_DIR": git_dir}, stdin=data
        )
        assert output.stdout.decode().strip() == blob, "git names these bytes otherwise"


def _missing(blob: str) -> WorkspaceError:
    return WorkspaceError(
        "bytes_missing",
        f"The object {blob} of a change is no longer in the repository. Let the agent make it again.",
    )

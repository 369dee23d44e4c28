"""Files into blobs, byte for byte, by the git program: large ones are streamed and no interpreter waits."""

from collections.abc import Iterator, Mapping, Sequence

from boocode.adapters.git.program import DURABLE, GitProgram

_ARGUMENT_BYTES = 100_000
"""Names for one child; a command line takes a good deal more, a single name at most 4 KB of it."""


async def hash_files(
    program: GitProgram, paths: Sequence[bytes], *, cwd: str, env: Mapping[str, str], durable: bool = False
) -> dict[bytes, str]:
    """Path → object id of the file's bytes, written to the object store. Raises GitFailed when a file is gone."""
    settings = DURABLE if durable else ()
    blobs: dict[bytes, str] = {}
    for names in portions(paths):
        # Names as arguments: on standard input a name could not hold a newline.
        output = await program.run(
            *settings, "hash-object", "-w", "--no-filters", "--", *names, cwd=cwd, env=env
        )
        blobs.update(zip(names, output.decode().split(), strict=True))
    return blobs


def portions(paths: Sequence[bytes]) -> Iterator[list[bytes]]:
    """The names in as many lots as command lines are needed."""
    portion: list[bytes] = []
    size = 0
    for path in paths:
        if portion and size + len(path) > _ARGUMENT_BYTES:
            yield portion
            portion, size = [], 0
        portion.append(path)
        size += len(path) + 1
    if portion:
        yield portion

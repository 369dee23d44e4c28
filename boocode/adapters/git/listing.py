"""The files that can be named in a prompt: listed by git, found by what a person types.

    worktree    tracked files that are there, and untracked ones that are not ignored
    no worktree the project's HEAD: what the first turn will find

A listing is used for FRESH_S and then made anew by whoever asks next; of those who ask at once one makes it and the
others wait for it. KEPT_PATHS bounds what is kept of all repositories together.
"""

from collections import OrderedDict
from collections.abc import Iterator

import trio
from attrs import define, field, frozen

from boocode.adapters.git.program import GitProgram
from boocode.adapters.git.threads import Threads
from boocode.contracts.answers import FilePage
from boocode.domain.file_search import FileIndex, index_of, search

FRESH_S = 5.0
KEPT_PATHS = 400_000
"""A path costs about 0.4 kB."""
MAX_PATHS = 200_000
"""Of one repository; what is beyond that is not found."""
LIST_S = 30.0


@frozen
class _Place:
    root: str
    committed: bool


@define(eq=False)
class _Listing:
    index: FileIndex | None = None
    taken_at: float = 0.0
    lock: trio.Lock = field(factory=trio.Lock)

    @property
    def is_fresh(self) -> bool:
        return self.index is not None and trio.current_time() - self.taken_at <= FRESH_S


class FileListings:
    def __init__(self, program: GitProgram, threads: Threads) -> None:
        self._program = program
        self._threads = threads
        self._kept: OrderedDict[_Place, _Listing] = OrderedDict()

    async def find(self, root: str, query: str, limit: int, *, committed: bool) -> FilePage:
        index = await self._index(_Place(root, committed))
        return await self._threads.run(search, index, query, limit)

    async def _index(self, place: _Place) -> FileIndex:
        listing = self._kept.setdefault(place, _Listing())
        self._kept.move_to_end(place)
        async with listing.lock:
            if listing.index is None or not listing.is_fresh:
                try:
                    listing.index = await self._list(place)
                except BaseException:
                    self._forget(place, listing)
                    raise
                listing.taken_at = trio.current_time()
                self._make_room()
            return listing.index

    def _forget(self, place: _Place, listing: _Listing) -> None:
        if self._kept.get(place) is listing and not listing.lock.statistics().tasks_waiting:
            del self._kept[place]

    def _make_room(self) -> None:
        """The last one that was asked for stays, whatever its size."""
        total = sum(len(each.index) for each in self._kept.values() if each.index is not None)
        for place, listing in list(self._kept.items())[:-1]:
            if total <= KEPT_PATHS:
                return
            if not listing.lock.locked():
                total -= 0 if listing.index is None else len(listing.index)
                del self._kept[place]

    async def _list(self, place: _Place) -> FileIndex:
        if place.committed:
            output = await self._git(place, "ls-tree", "-r", "-z", "--name-only", "HEAD")
            return await self._threads.run(_index_of_names, output)
        # `-t` marks what is tracked but not there any more; those are asked for in the same walk.
        output = await self._git(
            place, "ls-files", "-z", "-t", "--cached", "--deleted", "--others", "--exclude-standard"
        )
        return await self._threads.run(_index_of_marked, output)

    async def _git(self, place: _Place, *arguments: str) -> bytes:
        return (await self._program.output(*arguments, cwd=place.root, timeout=LIST_S)).stdout


def _index_of_names(output: bytes) -> FileIndex:
    return index_of(name for name in output.split(b"\0", MAX_PATHS)[:MAX_PATHS] if name)


def _index_of_marked(output: bytes) -> FileIndex:
    return index_of(_present(output))


def _present(output: bytes) -> Iterator[bytes]:
    """Names of `H name`, `? name` and the like that are not also `R name`: removed."""
    marked = [(entry[:1], entry[2:]) for entry in output.split(b"\0") if entry]
    removed = {name for mark, name in marked if mark == b"R"}
    present = dict.fromkeys(name for _, name in marked if name not in removed)
    return (name for name, _ in zip(present, range(MAX_PATHS), strict=False))

"""The files that can be named in a prompt: listed by git, found by what a person types.

    worktree    tracked files that are there, and untracked ones that are not ignored
    no worktree the project's HEAD: what the first turn will find

A listing is used for FRESH_S, a slow one for FRESH_TIMES as long as it took, so that somebody who types costs at most
a tenth of the time. Then it is made anew by whoever asks next; of those who ask at once one makes it and the others
wait for it. KEPT_PATHS bounds what is kept of all repositories together; what nobody asked for UNUSED_S is forgotten.
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
FRESH_TIMES = 10.0
LATEST_S = 60.0
"""No listing is older than that."""
UNUSED_S = 60.0
KEPT_PATHS = 200_000
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
    took: float = 0.0
    used_at: float = field(factory=trio.current_time)
    lock: trio.Lock = field(factory=trio.Lock)

    @property
    def is_fresh(self) -> bool:
        fresh_s = max(FRESH_S, min(FRESH_TIMES * self.took, LATEST_S))
        return self.index is not None and trio.current_time() - self.taken_at <= fresh_s


class FileListings:
    def __init__(self, program: GitProgram, threads: Threads) -> None:
        self._program = program
        self._threads = threads
        self._kept: OrderedDict[_Place, _Listing] = OrderedDict()
        """Those asked for last at the end."""
        self._is_swept = False

    async def find(self, root: str, query: str, limit: int, *, committed: bool) -> FilePage:
        index = await self._index(_Place(root, committed))
        return await self._threads.run(search, index, query, limit)

    async def _index(self, place: _Place) -> FileIndex:
        listing = self._kept.setdefault(place, _Listing())
        self._kept.move_to_end(place)
        listing.used_at = trio.current_time()
        self._sweep()
        async with listing.lock:
            if listing.index is None or not listing.is_fresh:
                begun = trio.current_time()
                try:
                    listing.index = await self._list(place)
                except BaseException:
                    self._forget(place, listing)
                    raise
                listing.taken_at = trio.current_time()
                listing.took = listing.taken_at - begun
                self._make_room()
            return listing.index

    def _forget(self, place: _Place, listing: _Listing) -> None:
        if self._kept.get(place) is listing and not listing.lock.statistics().tasks_waiting:
            del self._kept[place]

    def _sweep(self) -> None:
        """As long as something is kept a task of the run waits to forget it: nobody may ever ask again."""
        if not self._is_swept:
            self._is_swept = True
            trio.lowlevel.spawn_system_task(self._forget_unused, name="forget file listings")

    async def _forget_unused(self) -> None:
        while self._kept:
            place, oldest = next(iter(self._kept.items()))
            if (left := oldest.used_at + UNUSED_S - trio.current_time()) > 0:
                await trio.sleep(left)
            elif oldest.lock.locked():  # still being made
                await trio.sleep(UNUSED_S)
            else:
                del self._kept[place]
        self._is_swept = False

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

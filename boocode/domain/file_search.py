"""Finding a file as a person types its name: pure.

Best first; upper and lower case are the same:

    1  the name is what was typed          4  the name holds it
    2  the name begins with it             5  the path holds it
    3  the path begins with it             6  the path has its letters in this order

Among equals files before folders, the shorter name (6: the more alike one), then as they lie in the tree: what is
further up first. Folders that hold a file can be found too.
"""

import heapq
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from attrs import frozen

from boocode.contracts.answers import FilePage
from boocode.contracts.resources import FoundFile
from boocode.domain.pathnames import show_path
from boocode.later import Later

if TYPE_CHECKING:
    from rapidfuzz.distance import Indel
else:
    Indel = Later("rapidfuzz.distance.Indel")

MAX_QUERY_CHARS = 200
MAX_ALIKE = 5_000
"""How many are compared in detail that only have the letters in common."""


@frozen(eq=False)
class FileIndex:
    """Files and folders in the order of the tree, prepared for being searched again and again."""

    found: tuple[FoundFile, ...]
    paths: tuple[str, ...]
    """In lower case."""
    names: tuple[str, ...]
    """The last parts of them."""

    def __len__(self) -> int:
        return len(self.found)


_Key = tuple[int, bool, float, int]
"""Rank, is a folder, distance, place."""


def index_of(raw_paths: Iterable[bytes]) -> FileIndex:
    """From git's names of files, and of nested repositories (which end in `/`)."""
    files, folders = set[str](), set[str]()
    for raw in raw_paths:
        shown = show_path(raw.removesuffix(b"/"))
        (folders if raw.endswith(b"/") else files).add(shown)
        folders.update(_above(raw, shown))
    entries = [FoundFile(path, "file") for path in files]
    entries += [FoundFile(path, "directory") for path in folders - files]
    entries.sort(key=lambda entry: (entry.path.count("/"), entry.path.lower(), entry.path))
    paths = tuple(entry.path.lower() for entry in entries)
    return FileIndex(tuple(entries), paths, tuple(path.rpartition("/")[2] for path in paths))


def search(index: FileIndex, query: str, limit: int) -> FilePage:
    """At most `limit` (1 or more) of what fits; with an empty query what is furthest up."""
    wanted = query.strip().lower().removeprefix("./")[:MAX_QUERY_CHARS]
    if not wanted:
        return FilePage(index.found[:limit], len(index) > limit)
    literal = heapq.nsmallest(limit + 1, _literal(index, wanted))
    if len(literal) <= limit:
        taken = {key[3] for key in literal}
        literal += heapq.nsmallest(limit + 1 - len(literal), _alike(index, wanted, taken))
    shown = tuple(index.found[key[3]] for key in literal[:limit])
    return FilePage(shown, len(literal) > limit)


def _above(raw: bytes, shown: str) -> Iterator[str]:
    """The folders above a file. One that is shown in quotes hides where they begin."""
    if not shown.startswith('"'):
        at = shown.rfind("/")
        while at > 0:
            yield shown[:at]
            at = shown.rfind("/", 0, at)
        return
    parts = raw.removesuffix(b"/").split(b"/")[:-1]
    for count in range(1, len(parts) + 1):
        yield show_path(b"/".join(parts[:count]))


def _literal(index: FileIndex, wanted: str) -> Iterator[_Key]:
    """What holds the query as it was typed: a query with `/` in it can only be in paths."""
    for place, (path, name) in enumerate(zip(index.paths, index.names, strict=True)):
        if wanted not in path:
            continue
        rank = _rank(path, name, wanted)
        distance = 0 if rank in (3, 5) else len(name)
        yield rank, _is_folder(index, place), distance, place


def _rank(path: str, name: str, wanted: str) -> int:
    if name == wanted:
        return 1
    if name.startswith(wanted):
        return 2
    if path.startswith(wanted):
        return 3
    return 4 if wanted in name else 5


def _alike(index: FileIndex, wanted: str, taken: set[int]) -> Iterator[_Key]:
    """What has the letters of the query in this order."""
    matches = _in_order(wanted).match
    places = (place for place, path in enumerate(index.paths) if place not in taken and matches(path))
    for _, place in zip(range(MAX_ALIKE), places, strict=False):
        unlike = min(
            Indel.normalized_distance(wanted, index.names[place]),
            Indel.normalized_distance(wanted, index.paths[place]),
        )
        yield 6, _is_folder(index, place), unlike, place


def _in_order(letters: Sequence[str]) -> re.Pattern[str]:
    """Each letter only where it is first met after the one before: nothing is ever tried twice."""
    return re.compile(
        "".join(f"[^{re.escape(c)}]*{re.escape(c)}" for c in letters if not c.isspace()), re.DOTALL
    )


def _is_folder(index: FileIndex, place: int) -> bool:
    return index.found[place].kind == "directory"

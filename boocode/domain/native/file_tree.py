"""Many files on few lines: whole paths as deep as they fit, and what lies deeper as its folder with a count."""

from collections import Counter
from collections.abc import Sequence

from attrs import frozen


@frozen
class TreeShown:
    lines: tuple[str, ...]
    depth: int
    """How many parts of a path are shown."""
    left_out: int
    """Lines that did not fit even so."""


def tree_lines(paths: Sequence[str], most: int, depth: int | None = None) -> TreeShown:
    """`paths`: relative, `/` between parts, one that ends in `/` is a folder nothing is known of. At most `most`
    lines; `depth`: not deeper than that, even where it would fit."""
    deepest = max((path.rstrip("/").count("/") + 1 for path in paths), default=1)
    deepest = min(deepest, depth) if depth is not None else deepest
    rows = _rows(paths, 1)
    shown = 1
    for parts in range(2, deepest + 1):
        deeper = _rows(paths, parts)
        if len(deeper) > most:
            break
        rows, shown = deeper, parts
    return TreeShown(tuple(rows[:most]), shown, max(0, len(rows) - most))


def _rows(paths: Sequence[str], depth: int) -> list[str]:
    files, folders = list[str](), Counter[str]()
    for path in paths:
        parts = path.split("/", depth)
        if len(parts) > depth and parts[depth]:
            folders["/".join(parts[:depth]) + "/"] += 1
        else:
            files.append(path)
    folded = [f"{folder} ({_count(count)})" for folder, count in folders.items()]
    return sorted([*files, *folded])


def _count(files: int) -> str:
    return "1 file" if files == 1 else f"{files} files"

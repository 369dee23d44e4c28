"""What people see of a change to a file: the old and the new text, of a large file the part around what differs."""

from boocode.adapters.native.files.confines import Spot
from boocode.domain.acp.tools import MAX_DIFF_CHARS
from boocode.domain.events import ToolDiff

_AROUND = 20


def shown_diff(spot: Spot, old: bytes | None, new: bytes) -> ToolDiff | None:
    """None for what is no text: there is nothing to be shown line by line."""
    try:
        before = None if old is None else old.decode("utf-8-sig")
        after = new.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    if "\0" in after or (before is not None and "\0" in before):
        return None
    if before is not None and len(before) + len(after) > MAX_DIFF_CHARS:
        before, after = _around(before, after)
    return ToolDiff(spot.place, before, after)


def _around(old: str, new: str) -> tuple[str, str]:
    """Both without what they have in common far from the difference."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    most = min(len(before), len(after))
    head = next((at for at in range(most) if before[at] != after[at]), most)
    most -= head
    tail = next((at for at in range(most) if before[-1 - at] != after[-1 - at]), most)
    head, tail = max(0, head - _AROUND), max(0, tail - _AROUND)
    return "".join(before[head : len(before) - tail]), "".join(after[head : len(after) - tail])

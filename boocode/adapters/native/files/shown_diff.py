"""What people see of a change to a file: the old and the new text, of a large file the part around what differs.

What is too much to be shown cannot be allowed by anybody who knows what it is: such a change is refused.
"""

from boocode.adapters.native.files.confines import Spot
from boocode.domain.acp.tools import MAX_DIFF_CHARS
from boocode.domain.events import ToolDiff
from boocode.ports.native_tools import ToolRefused

_AROUND = 20


def shown_diff(spot: Spot, old: bytes | None, new: str) -> ToolDiff:
    """From what is there (None = nothing) to a new text. Raises ToolRefused when it is too much to be shown."""
    before = None if old is None else _text(old)
    after = new.removeprefix("\ufeff")
    if before is not None and len(before) + len(after) > MAX_DIFF_CHARS:
        before, after = _around(before, after)
    if len(before or "") + len(after) > MAX_DIFF_CHARS:
        raise ToolRefused(
            f"This changes more of {spot.shown} at once than can be shown to a person ({MAX_DIFF_CHARS:,} "
            "characters). Do it in smaller steps, or by a command."
        )
    return ToolDiff(spot.place, before, after)


def lost_text(spot: Spot, old: bytes) -> ToolDiff | None:
    """Of a file that goes; None for what is no text, or too much of it: its name says what is lost."""
    try:
        text = old.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text or len(text) > MAX_DIFF_CHARS else ToolDiff(spot.place, text, "")


def _text(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    return f"({len(data):,} bytes that are no text)\n" if "\0" in text else text


def _around(old: str, new: str) -> tuple[str, str]:
    """Both without what they have in common far from the difference."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    most = min(len(before), len(after))
    head = next((at for at in range(most) if before[at] != after[at]), most)
    most -= head
    tail = next((at for at in range(most) if before[-1 - at] != after[-1 - at]), most)
    head, tail = max(0, head - _AROUND), max(0, tail - _AROUND)
    return "".join(before[head : len(before) - tail]), "".join(after[head : len(after) - tail])

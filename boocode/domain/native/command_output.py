"""What a command wrote, as a model reads it: without what only a screen understands, its end rather than its beginning.

colours and cursor moves            gone
a progress bar's line               its last state
the same line many times in a row   once, with a count
too much                            the first lines, what is missing, the last ones
"""

import re
from itertools import groupby

HEAD_SHARE = 5
"""One part of so many is given to the beginning."""
REPEATED = 4
"""So many equal lines in a row are worth a count."""
_ESCAPES = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]"  # colours, cursor
    r"|\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # titles, links
    r"|[PX^_][^\x1b]*(?:\x1b\\)?"
    r"|[ -/]*[0-~])"
)
_CONTROL = re.compile(r"[\x00-\x07\x0b\x0c\x0e-\x1f\x7f]")
_BACK = re.compile(r"[^\n\b]\x08")


def plain(output: str) -> str:
    """Text for a reader without a screen."""
    if not _is_odd(output):
        return output
    text = _ESCAPES.sub("", output).replace("\r\n", "\n")
    if "\b" in text:
        text = _without_overstrikes(text)
    lines = [line.rstrip("\r").rpartition("\r")[2] if "\r" in line else line for line in text.split("\n")]
    return _CONTROL.sub("", "\n".join(lines))


def for_model(output: str, most: int, *, beginning_is_gone: bool = False) -> str:
    """At most about `most` characters of a plain output; `beginning_is_gone`: it did not begin here."""
    text = _counted(output.strip("\n"))
    if len(text) <= most:
        return f"[the beginning was too much to keep]\n{text}" if beginning_is_gone else text
    head_chars = 0 if beginning_is_gone else most // HEAD_SHARE
    head, tail = text[:head_chars], text[len(text) - (most - head_chars) :]
    head = head[: head.rfind("\n") + 1]
    begin = tail.find("\n") + 1
    tail = tail[begin:] if 0 < begin < len(tail) else tail
    missing = len(text) - len(head) - len(tail)
    words = f"[{missing:,} characters left out" + (", and more before them]" if beginning_is_gone else "]")
    return f"{head}{words}\n{tail}"


def _is_odd(output: str) -> bool:
    return "\r" in output or _CONTROL.search(output) is not None or "\b" in output


def _without_overstrikes(text: str) -> str:
    before = ""
    while before != text:
        before, text = text, _BACK.sub("", text)
    return text.replace("\b", "")


def _counted(text: str) -> str:
    lines = list[str]()
    for line, group in groupby(text.split("\n")):
        count = sum(1 for _ in group)
        if count < REPEATED:
            lines.extend([line] * count)
        else:
            lines.extend([line, f"[the same line {count - 1} more times]"])
    return "\n".join(lines)

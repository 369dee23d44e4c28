"""Stray control tags in an agent's text, for example `<dcp-message-id>m0012</dcp-message-id>`, are stripped.

A control element is an opening tag whose name starts with `dcp-`, at most LIMIT characters, and its own
closing tag. Everything else in angle brackets is the agent's text. Text arrives in pieces that may be cut
anywhere, so whatever could still become a control element is held back until it is decided: by its closing
tag, by growing past LIMIT, or by the end of the stream. The outcome depends on the whole text only, never on
the cuts.
"""

import re

LIMIT = 4_096
"""Longest content of a control element, in characters; a longer one is text."""
_TAG_LIMIT = 256
_OPENING = re.compile(r"<(dcp-[a-z0-9_-]{1,64})(?:\s[^<>]*)?>")
_PARTIAL = re.compile(r"<(?:d(?:c(?:p(?:-[a-z0-9_-]{0,64}(?:\s[^<>]*)?)?)?)?)?\Z")


class ControlTags:
    """One stream of text; keep one for the answer and one for the reasoning."""

    def __init__(self) -> None:
        self._held = ""

    @property
    def holds_back(self) -> bool:
        return bool(self._held)

    def feed(self, text: str) -> str:
        """What of the stream so far can be shown now, after this piece; possibly empty."""
        if not self._held and "<" not in text:
            return text
        return self._scan(self._held + text, final=False)

    def settle(self) -> str:
        """Before something else is shown: gives out what might have begun a tag, keeps an open element."""
        if _OPENING.match(self._held):
            return ""
        return self.finish()

    def finish(self) -> str:
        """At the end of the stream: what was held back was text after all."""
        return self._scan(self._held, final=True)

    def _scan(self, text: str, *, final: bool) -> str:
        shown: list[str] = []
        at = 0
        self._held = ""
        while (start := text.find("<", at)) >= 0:
            shown.append(text[at:start])
            end = _element_end(text, start, final)
            if end is None:
                self._held = text[start:]
                return "".join(shown)
            if end == start:  # not a control element: the bracket is text
                shown.append("<")
                end = start + 1
            at = end
        shown.append(text[at:])
        return "".join(shown)


def _element_end(text: str, start: int, final: bool) -> int | None:
    """Where the control element at `start` ends; `start` itself = it is text; None = not decided yet."""
    opening = _OPENING.match(text, start, start + _TAG_LIMIT)
    if opening is None:
        undecided = not final and len(text) - start < _TAG_LIMIT and _PARTIAL.match(text, start)
        return None if undecided else start
    closing = f"</{opening[1]}>"
    horizon = opening.end() + LIMIT + len(closing)
    found = text.find(closing, opening.end(), horizon)
    if found >= 0:
        return found + len(closing)
    return None if not final and len(text) < horizon else start

"""Where in a Markdown text a stream stands: in code, in a quotation, at the start of a line, behind a sentence.

Only as much of Markdown as it takes to know that something is shown and not meant. In doubt it says code: a fence
opens at any depth and closes by a line of its own kind, a code span lasts to its closing backticks or to the next
empty line, four spaces or a tab before a line are code.
"""

import re
from typing import Literal, TypeAlias

Position: TypeAlias = Literal["line", "sentence", "inside", "code"]
"""line: nothing but space before it on its line; sentence: behind the end of one; inside: elsewhere in a text."""

_TOKEN = re.compile(r"\n|`+|~+|[^\n`~]+")
_LINE = 120
"""Characters of a line that are looked at: beyond it, nothing begins."""
_RUN = 1_000
_LEAD = re.compile(r"\s*(?:(?:>|[-*+]|\d{1,9}[.)])\s*)*")
_INDENT = 3
_SENTENCE_ENDS = ".!?:;…。！？：；)]}*_\"'”’»"


class CodePlaces:
    """Fed with every character that is shown, in order; cuts do not matter."""

    def __init__(self) -> None:
        self._line = ""
        self._last = ""
        self._run = ("", 0)
        self._fence: tuple[str, int, int] | None = None
        self._opening: tuple[str, int, int] | None = None
        self._closing = False
        self._span = 0

    @property
    def position(self) -> Position:
        """Of the next character, which is neither a backtick nor a tilde."""
        self._settle_run()
        if self._fence or self._opening or self._span or self._line.lstrip().startswith(">"):
            return "code"
        if not self._line.strip():
            indented = "\t" in self._line or len(self._line) > _INDENT
            return "code" if indented else "line"
        return "sentence" if self._last in _SENTENCE_ENDS else "inside"

    def advance(self, text: str) -> None:
        for token in _TOKEN.findall(text):
            char = token[0]
            if char in "`~":
                run, length = self._run
                if run != char:
                    self._settle_run()
                    length = 0
                self._run = (char, min(length + len(token), _RUN))
                continue
            self._settle_run()
            if char == "\n":
                self._end_line()
            else:
                self._words(token)

    def begin_line(self) -> None:
        """What comes next stands for itself: a call or a thought was taken out before it."""
        self._settle_run()
        self._line = self._last = ""

    def _words(self, token: str) -> None:
        stripped = token.strip()
        if stripped:
            self._closing = False
            self._last = stripped[-1]
        self._line = (self._line + token)[:_LINE]

    def _end_line(self) -> None:
        if self._opening:
            self._fence, self._opening, self._span = self._opening, None, 0
        elif self._closing:
            self._fence = None
        if not self._line.strip():
            self._span = 0
        self._closing = False
        self._line = self._last = ""

    def _settle_run(self) -> None:
        char, length = self._run
        if not length:
            return
        self._run = ("", 0)
        starts = len(self._line) < _LINE and _LEAD.fullmatch(self._line) is not None
        indent = len(self._line)
        if self._fence:
            kind, least, depth = self._fence
            self._closing = starts and char == kind and length >= least and indent <= depth + _INDENT
        elif self._opening:
            if char == "`" == self._opening[0]:
                self._opening = None  # a second run on the line: it was a code span
        elif length >= 3 and starts:
            self._opening = (char, length, indent)
        elif char == "`":
            self._span = 0 if self._span == length else self._span or length
        self._line = (self._line + char * length)[:_LINE]
        self._last = char

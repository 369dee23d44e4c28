"""Tool calls that a model wrote into its text, taken out of the stream; thoughts in its text, told apart.

**What is taken for a call.** Whoever reads an answer must not be able to make BooCode act by words that merely speak
of a call. So a call in text is made only when all of this holds:

1. It is outside code: no fence, no backticks, no quotation, no four spaces before it. The one exception is an answer
   that is nothing but one fenced call (``` ``` ``` alone or of kind json, tool_call, tool_code, xml): an explanation
   has words.
2. It is outside thoughts.
3. It stands for itself: its mark begins a line or follows the end of a sentence (marks that are tokens of a model,
   like `[TOOL_CALLS]`, may stand anywhere), and nothing but space or another call follows it on its line.
4. JSON without any mark, and `[name(…)]`, must begin a line and end the answer.
5. It can be read to the last character as calls, in one way, and at least one of them is of an offered tool.

Everything else stays text, to the letter. Where it was plainly meant as a call, `unmade` says to the model what was
wrong. After a call, results that the model makes up itself end the answer: the rest rests on them and is dropped.

Text may be cut anywhere; the outcome depends on the whole only. What may become a call is held back, at most `HELD`
characters, and ordinary text not longer than `call_openings.HEAD`. Linear in the text.
"""

import re
from collections.abc import Collection
from typing import Literal, TypeAlias

from attrs import frozen

from boocode.domain.events import Reasoning, Text
from boocode.domain.native.call_bodies import WrittenCall, named_with_broken_arguments
from boocode.domain.native.call_markup import PARAM_END
from boocode.domain.native.call_openings import Opening, Openings, Wait
from boocode.domain.native.code_places import CodePlaces
from boocode.domain.native.relaxed_json import Unreadable

HELD = 1_000_000
"""Longest call, in characters; a longer one is text."""
_ENDS_TRIED = 8
"""A value may hold what ends a call: so many ends are tried."""
_SPACE = 1_000
"""Space that is held back because a call may follow, and it would be dropped with it."""
_BEHIND = 256
_MARK = 40
"""Longest closing mark."""
_EMPTY_LINES = re.compile(r"\A\s*\n")
_BEGINS = re.compile(r"[<\[{◁]")
_BEGINS_ANSWER = re.compile(r"[<\[{◁`]")

_Mode: TypeAlias = Literal["text", "thought", "call", "behind", "dropped"]


@frozen
class _Pending:
    """A readable call of which it is not known yet whether it stands for itself."""

    raw: str
    calls: tuple[WrittenCall, ...]
    ends_answer: bool


class TextCalls:
    """One answer's text. `calls` and the texts are whole when `finish` was called."""

    def __init__(self, offered: Collection[str]) -> None:
        self._offered = offered
        self._openings = Openings(offered)
        self._places = CodePlaces()
        self._mode: _Mode = "text"
        self._held = ""
        self._space = ""
        self._out: list[Text | Reasoning] = []
        self._opening = Opening("call", 0)
        self._pieces: list[str] = []
        self._size = 0
        self._tail = ""
        self._searched = 0
        self._failed: list[tuple[int, str, str]] = []
        self._pending = _Pending("", (), False)
        self.calls: list[WrittenCall] = []
        self.unmade: list[str] = []
        self.text: list[str] = []
        self.reasoning: list[str] = []
        self.invented = False
        """The model went on with results of its own making; they were dropped."""

    def feed(self, text: str) -> tuple[Text | Reasoning, ...]:
        """What of the stream so far can be shown now, after this piece."""
        return self._take(text, final=False, cut_short=False)

    def finish(self, *, cut_short: bool = False) -> tuple[Text | Reasoning, ...]:
        """At the end of the stream: what was held back is a call or text now."""
        shown = self._take("", final=True, cut_short=cut_short)
        if self._space and self.text and not self.calls:
            self.text.append(self._space)
            return (*shown, Text(self._space))
        return shown

    def _take(self, text: str, *, final: bool, cut_short: bool) -> tuple[Text | Reasoning, ...]:
        self._out = []
        if self._mode == "call":
            self._collect(text)
        else:
            self._held += text
        while self._step(final, cut_short):
            pass
        return tuple(self._out)

    def _step(self, final: bool, cut_short: bool) -> bool:
        """One decision; False when nothing more can be decided."""
        match self._mode:
            case "text":
                return self._in_text(final)
            case "thought":
                return self._in_thought(final)
            case "call":
                return self._in_call(final, cut_short)
            case "behind":
                return self._behind_call(final)
            case "dropped":
                self._held = ""
                return False

    # ------------------------------------------------------------------ text

    def _in_text(self, final: bool) -> bool:
        at = 0
        while True:
            begins = _BEGINS if self.text or self.calls else _BEGINS_ANSWER
            found = begins.search(self._held, at)
            self._show(self._held[at : found.start() if found else len(self._held)])
            if found is None:
                self._held = ""
                return False
            at = found.start()
            looked = self._openings.look(
                self._held[at : at + 401],
                self._places.position,
                first=not self.text and not self.calls,
                had_call=bool(self.calls),
                final=final,
            )
            if looked is not None:
                self._held = self._held[at:]
                return self._open(looked)
            self._show(self._held[at])
            at += 1

    def _open(self, looked: Opening | Wait) -> bool:
        if isinstance(looked, Wait):
            return False
        self._opening = looked
        match looked.kind:
            case "thought":
                self._held = self._held[looked.length :]
                self._mode = "thought"
            case "thought_end":
                self._reopen()
                self._held = self._held[looked.length :]
            case "leaked":
                self._held = self._held[looked.length :]
            case "torn":
                self._show(self._held[: looked.length])
                self._held = self._held[looked.length :]
                self._take_back()
            case "invented":
                self.invented = True
                self._space = ""
                self._mode = "dropped"
            case _:
                self._mode = "call"
                self._pieces, self._size, self._tail, self._searched = [], 0, "", looked.length
                self._failed = []
                text, self._held = self._held, ""
                self._collect(text)
        return True

    def _take_back(self) -> None:
        """Behind the last call stands the end of a parameter: one of its values held what looked like its end."""
        call = self.calls.pop()
        self.unmade.append(
            f"The call of {call.name} that you wrote as text was not made: a value in it holds closing tags, so nobody"
            " can tell where it ends. Call the tool through the tool interface."
        )

    def _reopen(self) -> None:
        """Everything until here was a thought that the model's template had begun."""
        self.reasoning.extend(self.text)
        self.text.clear()
        self.calls.clear()
        self.unmade.clear()
        self._space = ""
        self._places = CodePlaces()

    def _show(self, text: str) -> None:
        """Gives out text, but for space at its end, which is dropped when nothing or a call follows."""
        if not text:
            return
        self._places.advance(text)
        solid = text.rstrip()
        if not solid:
            self._space += text
            text = self._space[:-_SPACE]
            self._space = self._space[-_SPACE:]
        else:
            if self.reasoning and not self.text:  # empty lines between a thought and the answer
                self._space, solid = "", _EMPTY_LINES.sub("", self._space + solid)
            text, self._space = self._space + solid, text[len(text.rstrip()) :]
            over = self._space[:-_SPACE]
            text, self._space = text + over, self._space[-_SPACE:]
        if text:
            self.text.append(text)
            self._out.append(Text(text))

    # --------------------------------------------------------------- thoughts

    def _in_thought(self, final: bool) -> bool:
        assert self._opening.ends is not None
        end = self._opening.ends.search(self._held)
        stop = end.start() if end else self._thought_edge(final)
        if stop:
            self.reasoning.append(self._held[:stop])
            self._out.append(Reasoning(self._held[:stop]))
        self._held = self._held[end.end() if end else stop :]
        if end is not None:
            self._mode = "text"
            self._places.begin_line()
        return end is not None

    def _thought_edge(self, final: bool) -> int:
        """Where what may be the beginning of the closing mark begins."""
        if final:
            return len(self._held)
        edge = max(self._held.rfind(char, max(0, len(self._held) - _MARK)) for char in "<[◁")
        return edge if edge >= 0 else len(self._held)

    # ------------------------------------------------------------------ calls

    def _collect(self, text: str) -> None:
        self._pieces.append(text)
        self._size += len(text)

    def _in_call(self, final: bool, cut_short: bool) -> bool:
        ends = self._opening.ends
        new = self._pieces[-1] if self._pieces else ""
        window = self._tail + new
        self._tail = window[-_BEHIND:]
        if not final and self._size <= HELD and (ends is None or not ends.search(window)):
            return False
        block = "".join(self._pieces)
        self._pieces = [block]
        body, self._held = (block, "") if self._size <= HELD else (block[:HELD], block[HELD:])
        whole = self._size <= HELD
        if ends is not None and self._try_ends(body, ends):
            return True
        if (final and whole) or not whole or len(self._failed) >= _ENDS_TRIED:
            return self._settle(body, cut_short or not whole)
        self._pieces = [block, ""]
        self._tail = block[max(self._searched, len(block) - _BEHIND) :]
        return False

    def _try_ends(self, block: str, ends: re.Pattern[str]) -> bool:
        """The first end that makes the block readable."""
        while len(self._failed) < _ENDS_TRIED and (end := ends.search(block, self._searched)):
            self._searched = max(end.end(), self._searched + 1)
            body = self._body(block, end)
            try:
                calls = self._read(body, cut_short=False, loose=False)
            except Unreadable as error:
                self._failed.append((end.end(), body, str(error)))
                continue
            self._accept(block, end.end(), calls)
            return True
        return False

    def _body(self, block: str, end: re.Match[str]) -> str:
        """Without the closing mark, unless the opening one is a part of the body, too."""
        return block[self._opening.length : end.start() if self._opening.length else end.end()]

    def _settle(self, block: str, cut_short: bool) -> bool:
        """No end made it readable, and no more come: what can be made of the beginning, else text."""
        stop, body, why = self._failed[0] if self._failed else (len(block), block[self._opening.length :], "")
        try:
            calls = self._loosely(block, stop, body, why) if self._failed else self._unclosed(body, cut_short)
        except Unreadable as error:
            self._refuse(block, stop, str(error))
        else:
            self._accept(block, stop, calls)
        return True

    def _unclosed(self, body: str, cut_short: bool) -> tuple[WrittenCall, ...]:
        try:
            return self._read(body, cut_short=cut_short, loose=False)
        except Unreadable:
            if broken := named_with_broken_arguments(body, self._offered):
                return broken
            if cut_short:
                raise Unreadable("your answer reached its length limit in the middle of it") from None
            raise

    def _loosely(self, block: str, stop: int, body: str, why: str) -> tuple[WrittenCall, ...]:
        if self._opening.kind == "call" and not PARAM_END.search(block, stop):
            try:
                return self._read(body, cut_short=False, loose=True)
            except Unreadable:
                pass
        if self._opening.kind == "call" and (broken := named_with_broken_arguments(body, self._offered)):
            return broken
        raise Unreadable(why)

    def _read(self, body: str, *, cut_short: bool, loose: bool) -> tuple[WrittenCall, ...]:
        assert self._opening.read is not None
        return self._opening.read(body, cut_short, loose)

    def _accept(self, block: str, stop: int, calls: tuple[WrittenCall, ...]) -> None:
        ends_answer = self._opening.kind in ("bare", "fenced")
        self._pending = _Pending(block[:stop], calls, ends_answer)
        self._held = block[stop:] + self._held
        self._mode = "behind"

    def _refuse(self, block: str, stop: int, why: str) -> None:
        if not self._opening.quiet:
            self.unmade.append(
                f"A tool call that you wrote as text was not made: {why}. Call the tool through the tool interface."
            )
        self._show(block[:stop])
        self._held = block[stop:] + self._held
        self._mode = "text"

    def _behind_call(self, final: bool) -> bool:
        """A call stands for itself when nothing but space or another mark follows on its line."""
        pending = self._pending
        rest = self._held.lstrip() if pending.ends_answer else self._held.lstrip(" \t")
        space = len(self._held) - len(rest)
        if not rest and not final and space <= _BEHIND:
            return False
        alone = not rest and final if pending.ends_answer else not rest or rest[0] in "\r\n<["
        self._mode = "text"
        if alone or (space > _BEHIND and not pending.ends_answer):
            self.calls.extend(pending.calls)
            self._space = ""
            self._held = rest
            self._places.begin_line()
        else:
            self._show(pending.raw)
        return True

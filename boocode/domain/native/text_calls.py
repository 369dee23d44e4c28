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

Text may be cut anywhere; the outcome depends on the whole only. What may become a call is held back,
at most `call_block.HELD` characters, and ordinary text not longer than `call_openings.HEAD`. Linear in the text.
"""

import re
from collections.abc import Collection
from typing import Literal, TypeAlias

from boocode.domain.events import Reasoning, Text
from boocode.domain.native.call_block import CallBlock, Readable
from boocode.domain.native.call_bodies import WrittenCall
from boocode.domain.native.call_openings import HEAD, Opening, Openings, Wait
from boocode.domain.native.code_places import CodePlaces

_SPACE = 1_000
"""Space that is held back because a call may follow, and it would be dropped with it."""
_BEHIND = 256
_MARK = 40
"""Longest closing mark of a thought."""
_PIECE = 4_096
"""A longer piece is taken bit by bit, so that what is held stays small."""
_NEVER = re.compile(r"(?!)")
_EMPTY_LINES = re.compile(r"\A\s*\n")
_BEGINS = re.compile(r"[<\[{◁]")
_BEGINS_ANSWER = re.compile(r"[<\[{◁`]")

_Mode: TypeAlias = Literal["text", "thought", "call", "behind", "dropped"]


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
        self._thought_end = _NEVER
        self._block = CallBlock(Opening("call", 0), offered)
        self._pending = Readable("", "", ())
        self.calls: list[WrittenCall] = []
        self.unmade: list[str] = []
        self.text: list[str] = []
        self.reasoning: list[str] = []
        self.invented = False
        """The model went on with results of its own making; they were dropped."""

    def feed(self, text: str) -> tuple[Text | Reasoning, ...]:
        """What of the stream so far can be shown now, after this piece."""
        shown: list[Text | Reasoning] = []
        for at in range(0, len(text), _PIECE):
            shown.extend(self._take(text[at : at + _PIECE], final=False, cut_short=False))
        return tuple(shown)

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
            self._block.take(text)
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
                self._held[at : at + HEAD],
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
        match looked.kind:
            case "thought":
                self._held = self._held[looked.length :]
                self._mode = "thought"
                self._thought_end = looked.ends or _NEVER
            case "thought_end":
                if not self.reasoning:
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
                self._block = CallBlock(looked, self._offered)
                self._block.take(self._held)
                self._held = ""
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
        end = self._thought_end.search(self._held)
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

    def _in_call(self, final: bool, cut_short: bool) -> bool:
        decided = self._block.decide(final=final, cut_short=cut_short)
        if decided is None:
            return False
        self._held = decided.rest
        if isinstance(decided, Readable):
            self._pending = decided
            self._mode = "behind"
        else:
            if not self._block.opening.quiet:
                self.unmade.append(
                    f"A tool call that you wrote as text was not made: {decided.why}. Call the tool through the tool"
                    " interface."
                )
            self._show(decided.raw)
            self._mode = "text"
        return True

    def _behind_call(self, final: bool) -> bool:
        """A call stands for itself when nothing but space or another mark follows on its line."""
        pending = self._pending
        ends_answer = self._block.opening.kind in ("bare", "fenced")
        rest = self._held.lstrip() if ends_answer else self._held.lstrip(" \t")
        space = len(self._held) - len(rest)
        if not rest and not final and space <= _BEHIND:
            return False
        alone = not rest and final if ends_answer else not rest or rest[0] in "\r\n<["
        self._mode = "text"
        if alone or (space > _BEHIND and not ends_answer):
            self.calls.extend(pending.calls)
            self._space = ""
            self._held = rest
            self._places.begin_line()
        else:
            self._show(pending.raw)
        return True

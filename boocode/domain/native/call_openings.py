"""What may begin something that is no text: tool calls in the dialects of many models, thoughts, leaked tokens.

A mark is looked at as it streams in, so there are three answers: nothing begins here, something begins, or more must
come before that is known. No more than `HEAD` characters are ever waited for.
"""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Literal, TypeAlias

from attrs import frozen

from boocode.domain.native.call_bodies import WrittenCall, read_calls
from boocode.domain.native.call_markup import CALL_OPEN, NS, WRAPPERS, read_children
from boocode.domain.native.code_places import Position
from boocode.domain.native.tool_names import meant

HEAD = 400
_SPACE = 64
Read: TypeAlias = Callable[[str, bool, bool], tuple[WrittenCall, ...]]
"""From a body, whether the answer was cut short, and whether to read it loosely. Raises Unreadable."""
Kind: TypeAlias = Literal["call", "bare", "fenced", "thought", "thought_end", "leaked", "torn", "invented"]


@frozen
class Opening:
    kind: Kind
    length: int
    """Characters of the mark that are no part of the body."""
    ends: re.Pattern[str] | None = None
    """None: with the answer."""
    read: Read | None = None
    quiet: bool = False
    """What cannot be read is not worth a word: the mark stands for other things, too."""


@frozen
class Wait:
    """More must come before it is known."""


WAIT = Wait()
Looked: TypeAlias = Opening | Wait | None

THOUGHTS: Mapping[str, str] = {
    "<think>": "</think>",
    "<thinking>": "</thinking>",
    "<thought>": "</thought>",
    "<reasoning>": "</reasoning>",
    "<seed:think>": "</seed:think>",
    "[THINK]": "[/THINK]",
    "◁think▷": "◁/think▷",
    "<|channel>thought": "<channel|>",
}
_ANYWHERE = ("<think>", "[THINK]", "<seed:think>", "◁think▷", "<|channel>thought")
_INVENTED = (
    "<tool_response>", "<tool_result>", "<tool_results>", "<function_results>", "<function_result>", "<tool_output>",
    "<|tool_response>", "<|im_start|>", "<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<|endoftext|>", "<end_of_turn>",
    "<|start_header_id|>", "<start_of_turn>", "<｜tool▁outputs▁begin｜>", "<｜end▁of▁sentence｜>", "[TOOL_RESULTS]",
    "</s>",
)  # fmt: skip
_MARKS: Mapping[str, str | None] = {
    "[TOOL_CALLS]": None,
    "<|python_tag|>": r"<\|(?:eom_id|eot_id)\|>",
    "<|tool_call|>": r"<\|/tool_call\|>|<\|end_of_text\|>",
    "<｜tool▁calls▁begin｜>": "<｜tool▁calls▁end｜>",
    "<|tool▁calls▁begin|>": r"<\|tool▁calls▁end\|>",
    "<|tool_calls_section_begin|>": r"<\|tool_calls_section_end\|>",
    "<|tool_call_start|>": r"<\|tool_call_end\|>",
    "<|tool_call>": r"<tool_call\|>",
    "<start_function_call>": "<end_function_call>",
    "<|START_ACTION|>": r"<\|END_ACTION\|>",
    "<|python_start|>": r"<\|python_end\|>",
    "<|tools_prefix|>": r"<\|tools_suffix\|>",
    "<｜tool▁call▁begin｜>": "<｜tool▁call▁end｜>",
    "<|tool_call_begin|>": r"<\|tool_call_end\|>",
}
_ENDS = {mark: re.compile(ends) if ends else None for mark, ends in _MARKS.items()}
_WRAPPER = re.compile(rf"<{NS}({WRAPPERS})>", re.IGNORECASE)
_WRAPPER_END = re.compile(rf"</{NS}{WRAPPERS}\s*>", re.IGNORECASE)
_CALL_END = re.compile(rf"</{NS}(?:invoke|function|tool|{WRAPPERS})\s*>", re.IGNORECASE)
_LEFT_OVER = re.compile(rf"</{NS}(?:invoke|function|tool|{WRAPPERS})>", re.IGNORECASE)
_TORN = re.compile(rf"</{NS}(?:parameter|param|arg)>", re.IGNORECASE)
_ATTRIBUTES = re.compile(rf"<{NS}(?:invoke|function|tool)[\s=][^<>\n]{{0,250}}", re.IGNORECASE)
_TAG = re.compile(r"<[^<>\n]{1,240}>")
_TAG_HEADS = tuple(
    f"{opening}{name}{rest}"
    for name in (
        "tool_call", "tool_calls", "toolcall", "toolcalls", "function_call", "function_calls", "functioncall",
        "functioncalls", "tool_use", "tools", "invoke", "function", "tool", "parameter", "param", "arg",
    )
    for ns in ("", "｜dsml｜", "antml:", "minimax:", "seed:", "steptml:", "xai:", "ns:", "tool:", "tools:")
    for opening, rest in ((f"<{ns}", ">"), (f"</{ns}", ">"))
)  # fmt: skip
_LITERALS = tuple(
    mark.lower()
    for mark in (*_MARKS, *THOUGHTS, *THOUGHTS.values(), *_INVENTED, "<|channel|>", "<|start|>assistant")
)
_LONG_MARKS = ("<|start|>assistant", "<|channel>thought")
_HARMONY = re.compile(
    r"<\|channel\|>(analysis|commentary|final)(\s+to=[\w.:-]{1,200})?[^<>]{0,40}(?:<\|constrain\|>\s*\w{0,10})?<\|message\|>"
)
_HARMONY_CALL_END = re.compile(r"<\|call\|>|<\|end\|>")
_SECONDS = {
    "<": frozenset("|｜/_") | frozenset(map(chr, (*range(65, 91), *range(97, 123)))),
    "[": frozenset("T/"),
    "◁": frozenset("t/"),
}
_LIST_SECONDS = _SECONDS["<"] | frozenset(" \t\r\n{")
"""What can follow the first character of a mark; most brackets are told by that."""
_WORD = re.compile(r"[A-Za-z_][\w.:/-]{0,200}")
_NAME_MEMBER = re.compile(r'"(?:name|tool_name|tool|function|function_name)"\s*:\s*"([^"\n]{0,200})"')
_BARE = re.compile(r"[\s\[]{0,20}(?:\{\s{0,20}(?:\"(\w{0,16})(?:\"|\Z)|\Z)|\Z)")
_BARE_KEYS = (
    "name",
    "tool_name",
    "tool",
    "function",
    "function_name",
    "type",
    "id",
    "tool_calls",
    "arguments",
    "parameters",
)
_PYTHON = re.compile(r"\[\s{0,8}([A-Za-z_][\w.]{0,100})\(")
_PYTHON_PART = re.compile(r"\[\s{0,8}(?:[A-Za-z_][\w.]{0,100})?\Z")
_PROSE_BEHIND = re.compile(r"[}\])][ \t]*\n\s*(?=[^\s{}\[\],;\"'])")
_FENCE = re.compile(r"(`{3,10})([\w+-]{0,20})[ \t]{0,5}\n\s{0,40}(?=\S)")
_FENCE_PART = re.compile(r"`{1,10}[\w+-]{0,20}[ \t]{0,5}(?:\n\s{0,40})?\Z")
_FENCE_KINDS = ("", "json", "tool_call", "tool_calls", "tool_code", "tool", "xml", "function_call")
_FENCE_END = re.compile(r"\n[ \t]*`{3,}[ \t]*(?=\n)")


class Openings:
    """What begins where, for one list of offered tools."""

    def __init__(self, offered: Collection[str]) -> None:
        self._offered = offered
        own = [name for name in offered if "_" in name]  # a tool named `code` is no reason to doubt HTML
        self._own_tags = {f"<{name}>".lower(): name for name in own}
        self._heads = (*_TAG_HEADS, *_LITERALS, *self._own_tags)

    def look(self, tail: str, position: Position, *, first: bool, had_call: bool, final: bool) -> Looked:
        """What begins at `tail[0]`, one of `<[{◁` and the backtick. `first`: nothing of the answer was shown yet;
        `had_call`: a call was recovered before; `final`: nothing more comes."""
        tail = tail[:HEAD]
        if tail[0] == "`":
            return self._fence(tail, final) if first and position == "line" else None
        if position == "code":
            return None
        looked: Looked = None
        if tail[0] != "{" and (len(tail) == 1 or tail[1] in _SECONDS[tail[0]]):
            looked = self._mark(tail, position, first, had_call, final)
        if looked is None and tail[0] in "[{" and position == "line":
            looked = self._bare(tail, final)
        return looked

    def _mark(self, tail: str, position: Position, first: bool, had_call: bool, final: bool) -> Looked:
        for mark, end in THOUGHTS.items():
            if tail.startswith(mark) and (first or (mark in _ANYWHERE and position == "line")):
                return Opening("thought", len(mark), re.compile(re.escape(end)))
            if mark in _ANYWHERE and tail.startswith(end):
                return _thought_end(tail, end, position, final)
        for mark in _INVENTED:
            if had_call and tail.startswith(mark):
                return Opening("invented", 0)
        for mark, ends in _ENDS.items():
            if tail.startswith(mark):
                inner = mark in ("<｜tool▁call▁begin｜>", "<|tool_call_begin|>")
                opening = Opening("call", 0 if inner else len(mark), ends, self._read)
                return self._ahead(tail, len(mark), opening, final)
        if tail.startswith(("<|channel|>", "<|start|>assistant")):
            return self._harmony(tail, final)
        if not final and any(mark.startswith(tail) for mark in _LONG_MARKS):
            return WAIT
        if tail[0] == "<" and (tag := _TAG.match(tail)):
            return self._tag(tail, tag[0], position, had_call, final)
        return WAIT if not final and len(tail) < HEAD and self._could_become(tail) else None

    def _tag(self, tail: str, tag: str, position: Position, had_call: bool, final: bool) -> Looked:
        if had_call and _TORN.fullmatch(tag):
            return Opening("torn", len(tag))
        if had_call and position == "line" and _LEFT_OVER.fullmatch(tag):
            return Opening("leaked", len(tag))
        if position == "inside":
            return None
        if wrapper := _WRAPPER.fullmatch(tag):
            quiet = wrapper[1].lower() == "tools"
            opening = Opening("call", len(tag), _WRAPPER_END, self._read, quiet)
            return self._ahead(tail, len(tag), opening, final)
        if CALL_OPEN.fullmatch(tag):
            return Opening("call", 0, _CALL_END, self._read)
        name = self._own_tags.get(tag.lower())
        if name is not None:
            end = re.compile(rf"</{re.escape(name)}>", re.IGNORECASE)
            return Opening("call", len(tag), end, lambda body, *_: (WrittenCall(name, read_children(body)),))
        return None

    def _ahead(self, tail: str, length: int, opening: Opening, final: bool) -> Looked:
        """A mark begins a call only when a call can follow: people write about marks, too."""
        rest = tail[length:]
        inner = rest.lstrip()
        if len(rest) - len(inner) > _SPACE:
            return None
        if not inner:
            return None if final else WAIT
        if inner[0] in "{[<`":
            return opening
        word = _WORD.match(inner)
        if word is None:
            return None
        if word.end() == len(inner) and not final:
            return WAIT if len(tail) < HEAD else None
        name = word[0].removesuffix(":")
        begins = word[0].startswith("call:") or name == "function" or meant(name, self._offered)
        return opening if begins else None

    def _harmony(self, tail: str, final: bool) -> Looked:
        if tail.startswith("<|start|>"):
            return Opening("leaked", len("<|start|>assistant"))
        found = _HARMONY.match(tail)
        if found is None:
            return None if final or len(tail) >= HEAD else WAIT
        if found[2]:
            return Opening("call", len("<|channel|>"), _HARMONY_CALL_END, self._read)
        if found[1] == "analysis":
            return Opening("thought", found.end(), re.compile(r"<\|end\|>|(?=<\|start\|>)"))
        return Opening("leaked", found.end())

    def _bare(self, tail: str, final: bool) -> Looked:
        """A call without any mark: JSON that begins as one with an offered tool's name, `[name(` of one."""
        if tail[0] == "[" and len(tail) > 1 and tail[1] not in _LIST_SECONDS:
            return None
        if python := _PYTHON.match(tail):
            known = meant(python[1].removesuffix(".call"), self._offered)
            return Opening("bare", 0, _PROSE_BEHIND, self._read, quiet=True) if known else None
        if not final and _PYTHON_PART.match(tail):
            return WAIT
        begun = _BARE.match(tail)
        if begun is None or not any(key.startswith(begun[1] or "") for key in _BARE_KEYS):
            return None
        if begun[1] and '"' in tail[begun.start(1) :] and begun[1] not in _BARE_KEYS:
            return None
        name = _NAME_MEMBER.search(tail)
        if name is None:
            return None if final or len(tail) >= HEAD else WAIT
        known = meant(name[1], self._offered)
        return Opening("bare", 0, _PROSE_BEHIND, self._read, quiet=True) if known else None

    def _fence(self, tail: str, final: bool) -> Looked:
        """An answer that begins with a fence may be nothing but a call in it."""
        fence = _FENCE.match(tail)
        if fence is None:
            return WAIT if not final and _FENCE_PART.match(tail) else None
        if fence[2].lower() not in _FENCE_KINDS:
            return None
        inner = tail[fence.end() :]
        looked: Looked = None
        if inner[0] in "{[":
            looked = self._bare(inner, final)
        elif inner[0] == "<":
            looked = self._mark(inner, "line", False, False, final)
        elif word := _WORD.match(inner):
            if word.end() == len(inner) and not final:
                return WAIT
            known = meant(word[0], self._offered) and inner[word.end() : word.end() + 1] == "("
            looked = Opening("bare", 0, None, self._read) if known else None
        if isinstance(looked, Opening) and looked.kind in ("call", "bare"):
            return Opening("fenced", 0, _FENCE_END, self._read_fenced, quiet=True)
        return looked if isinstance(looked, Wait) else None

    def _could_become(self, tail: str) -> bool:
        low = tail.lower()
        return any(head.startswith(low) for head in self._heads) or bool(_ATTRIBUTES.fullmatch(tail))

    def _read(self, body: str, cut_short: bool, loose: bool) -> tuple[WrittenCall, ...]:
        return read_calls(body, self._offered, cut_short=cut_short, loose=loose)

    def _read_fenced(self, body: str, _cut_short: bool, _loose: bool) -> tuple[WrittenCall, ...]:
        inner = body.split("\n", 1)[1].rstrip()
        inner = inner[: inner.rfind("\n")] if inner.endswith("```") else inner
        opened = _WRAPPER.match(inner.strip())
        if opened:
            inner = _WRAPPER_END.sub("", inner.strip()[opened.end() :])
        return read_calls(inner, self._offered, cut_short=True, loose=False)


def _thought_end(tail: str, end: str, position: Position, final: bool) -> Looked:
    """The end of a thought that nothing began: the template had begun it."""
    behind = tail[len(end) : len(end) + 1]
    if not behind and not final and position != "line":
        return WAIT
    return Opening("thought_end", len(end)) if position == "line" or behind in ("", "\n", "\r") else None

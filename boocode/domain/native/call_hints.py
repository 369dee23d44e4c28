"""Words for a model whose answer holds a call where none is made: in a fence at its end, or in its thoughts.

Nothing is made of such calls. The words are for the model alone, and only when it called nothing at all.
"""

import re
from collections.abc import Collection

from boocode.domain.native.call_bodies import read_calls
from boocode.domain.native.relaxed_json import Unreadable

_FENCED_CHARS = 200_000
_THOUGHT_CHARS = 20_000
_MARK = re.compile(r"<tool_call>|<function=|<invoke name=|\[TOOL_CALLS\]|<\|tool_call")
_WRAPPER = re.compile(r"\A\s*<tool_calls?>|</tool_calls?>\s*\Z")


def hints(text: str, reasoning: str, offered: Collection[str]) -> tuple[str, ...]:
    """For an answer without calls; empty when nothing in it looks like one."""
    if _ends_with_fenced_call(text, offered):
        return (
            (
                "Your answer ends with a tool call in a code block. A call in a code block is never made. If you meant"
                " to call the tool, call it through the tool interface; if you explained it, say so in one sentence."
            ),
        )
    if not text.strip() and _MARK.search(reasoning, max(0, len(reasoning) - _THOUGHT_CHARS)):
        return (
            (
                "You wrote a tool call within your thoughts and then nothing more. Calls in thoughts are never made."
                " Call the tool through the tool interface, behind your thoughts."
            ),
        )
    return ()


def _ends_with_fenced_call(text: str, offered: Collection[str]) -> bool:
    text = text.rstrip()
    if not text.endswith("```"):
        return False
    start = text.rfind("```", 0, len(text) - 3)
    body = text[start + 3 : -3].partition("\n")[2]
    if start < 0 or not body or len(body) > _FENCED_CHARS:
        return False
    try:
        read_calls(_WRAPPER.sub("", body), offered, cut_short=True)
    except Unreadable:
        return False
    return True

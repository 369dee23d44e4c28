"""Tokens and money of one turn, from the four shapes in which ACP agents tell them.

1. `_meta.usage` on an empty message chunk: one model call each, to be summed (qwen).
2. `usage` in the answer to session/prompt: the turn's sum (claude) or its last call (opencode, goose).
3. `usage_update.cost`: cumulative over the agent session; a turn's share is the difference (opencode).
4. `_meta.quota.token_count` in the answer to session/prompt: the turn's sum (gemini).
Sums of single calls win over the answer's figure, which may count the last call only.
"""

from collections.abc import Mapping
from typing import Literal

from attrs import define, frozen

from boocode.domain.acp.messages import PromptResult
from boocode.domain.events import Usage


@frozen
class UsageNote:
    """One report, as the agent made it; None = it does not say."""

    scope: Literal["call", "turn", "session"]
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost: float | None = None


_INPUT = ("inputTokens", "input_tokens", "promptTokens", "prompt_tokens", "promptTokenCount")
_OUTPUT = ("outputTokens", "output_tokens", "completionTokens", "completion_tokens", "candidatesTokenCount")


def tokens(raw: object, scope: Literal["call", "turn"]) -> UsageNote | None:
    """Reads a usage object in any of its spellings; None when it holds no count."""
    if not isinstance(raw, Mapping):
        return None
    read = _first_count(raw, _INPUT)
    written = _first_count(raw, _OUTPUT)
    if read is None and written is None:
        return None
    return UsageNote(scope, read, written)


def of_prompt(result: PromptResult) -> UsageNote | None:
    """What the answer to session/prompt says of the turn's tokens."""
    meta = result.meta if isinstance(result.meta, Mapping) else {}
    quota = meta.get("quota")
    counted = quota.get("token_count") if isinstance(quota, Mapping) else None
    return tokens(result.usage, "turn") or tokens(counted, "turn")


def session_cost(raw: object) -> UsageNote | None:
    """Reads `usage_update.cost`: a number, or `{amount, currency}`."""
    amount = raw.get("amount") if isinstance(raw, Mapping) else raw
    if isinstance(amount, bool) or not isinstance(amount, int | float) or amount < 0:
        return None
    return UsageNote("session", cost=float(amount))


def _first_count(raw: Mapping[str, object], names: tuple[str, ...]) -> int | None:
    for name in names:
        value = raw.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
    return None


@define
class UsageMeter:
    """One turn's meter. `cost_before`: the session's cumulative cost when it began, None = unknown."""

    cost_before: float | None = None
    cost_now: float | None = None
    _calls: int = 0
    _input: int | None = None
    _output: int | None = None

    def take(self, note: UsageNote) -> Usage | None:
        """The turn's usage so far, None when the note changes nothing."""
        before = self.usage()
        if note.scope == "session":
            self._take_cost(note.cost)
        elif note.scope == "call":
            self._calls += 1
            self._input = _plus(self._input, note.input_tokens)
            self._output = _plus(self._output, note.output_tokens)
        elif self._calls == 0:
            self._input, self._output = note.input_tokens, note.output_tokens
        after = self.usage()
        return after if after != before else None

    def usage(self) -> Usage:
        cost = None
        if self.cost_now is not None and self.cost_before is not None:
            cost = max(0.0, self.cost_now - self.cost_before)
        return Usage(self._input, self._output, cost)

    def _take_cost(self, total: float | None) -> None:
        if total is None:
            return
        if self.cost_before is None:  # a resumed session: what it had cost before is known only from here on
            self.cost_before = total
        self.cost_now = total


def _plus(total: int | None, more: int | None) -> int | None:
    if more is None:
        return total
    return more if total is None else total + more

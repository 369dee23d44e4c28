"""Sampling knobs: each is on the wire under its name when it is set, and not there when it is not."""

from collections.abc import Mapping

import attrs
from attrs import frozen

EFFORTS = ("none", "low", "medium", "high")
"""What people can choose as `reasoning_effort`. Which of them a model knows is for its endpoint to say."""


@frozen
class Sampling:
    """None = the endpoint's own default; nothing is sent."""

    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    min_p: float | None = None
    top_n_sigma: float | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    repeat_penalty: float | None = None
    repeat_last_n: int | None = None
    dry_multiplier: float | None = None
    dry_base: float | None = None
    dry_allowed_length: int | None = None
    dry_penalty_last_n: int | None = None
    dry_sequence_breakers: tuple[str, ...] | None = None
    reasoning_effort: str | None = None
    reasoning_budget: int | None = None
    """Tokens; 0 = no thinking, -1 = as many as it likes."""
    max_tokens: int | None = None
    seed: int | None = None

    def body(self) -> Mapping[str, object]:
        """What goes into the request."""
        body: dict[str, object] = {}
        for name, value in attrs.asdict(self).items():
            if value is not None:
                body |= dict.fromkeys(_WIRE_NAMES.get(name, (name,)), value)
        return body


_WIRE_NAMES = {"reasoning_budget": ("reasoning_budget_tokens", "thinking_budget_tokens")}
"""Builds of llama.cpp differ in which of the two they read. All other knobs have the same name here and there."""

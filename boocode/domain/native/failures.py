"""Why a model's answer ended badly: one closed list of kinds, and words for people."""

from typing import Literal, TypeAlias

from attrs import frozen

FailureKind: TypeAlias = Literal[
    "auth", "rate_limit", "context_too_long", "model_not_loaded", "connection", "stall", "server", "refused"
]
"""`refused`: the endpoint did not take the request for another reason (its own words say which)."""


@frozen
class Failure:
    kind: FailureKind
    message: str
    """For people: what was asked, what came back, what to do."""

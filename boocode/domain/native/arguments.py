"""The arguments of a tool call: from the JSON text that a model wrote to values that fit the tool's schema.

Nothing is guessed: what can be read in one way only is read, all else is refused in words that the model can act on.
"""

import json
from collections.abc import Mapping
from typing import TypeAlias

from attrs import frozen


@frozen
class Arguments:
    values: Mapping[str, object]
    repaired: str | None = None
    """What had to be repaired, for people; None when it was well written."""


@frozen
class Refused:
    """The call cannot be made; `message` tells the model what was wrong and what to do instead."""

    message: str


ReadArguments: TypeAlias = Arguments | Refused


def read_arguments(text: str, schema: Mapping[str, object], *, cut_short: bool = False) -> ReadArguments:
    """`schema`: JSON schema of an object. `cut_short`: the answer ended at its length, nothing is completed."""
    try:
        values = json.loads(text or "{}")
    except ValueError as error:
        why = (
            "The answer was cut off at its length limit" if cut_short else "The arguments are not valid JSON"
        )
        return Refused(f"{why}: {error}. Send the call again with valid JSON.")
    if not isinstance(values, dict):
        return Refused("The arguments must be a JSON object. Send the call again.")
    required = schema.get("required")
    missing = [str(name) for name in required if name not in values] if isinstance(required, list) else []
    if missing:
        return Refused(f"Missing arguments: {', '.join(missing)}. Send the call again with them.")
    return Arguments(values)

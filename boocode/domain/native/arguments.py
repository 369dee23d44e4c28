"""The arguments of a tool call: from the JSON text that a model wrote to values that fit the tool's schema.

Nothing is guessed. What can be read in one way only is read (`relaxed_json`), what fits the schema in one way only
is made to fit (`schema_fit`), placeholders are refused (`placeholders`), and every refusal tells the model what was
wrong, what the tool takes and what to do.
"""

import json
from collections.abc import Mapping
from typing import TypeAlias

from attrs import frozen

from boocode.domain.native.placeholders import placeholder_in
from boocode.domain.native.relaxed_json import Unreadable, read_object
from boocode.domain.native.schema_fit import Fitting

_FAULTS = 8
"""Faults told at once."""
_NAMES = 40


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
        values, repairs = read_object(text if text.strip() else "{}", cut_short=cut_short)
    except Unreadable as error:
        return Refused(_unreadable(error, cut_short))
    fitting = Fitting(schema)
    fitted = fitting.members(values, schema)
    if fitting.faults:
        told = "; ".join(fitting.faults[:_FAULTS])
        return Refused(
            f"The call was not made: {told}.{_takes(schema)} Send the call again with right arguments."
        )
    assert isinstance(fitted, dict)
    placeholder = placeholder_in(fitted)
    if placeholder is not None:
        return Refused(f"The call was not made: {placeholder}")
    return Arguments(fitted, ", ".join(repairs) or None)


def readable_arguments(text: str, *, cut_short: bool = False) -> str:
    """JSON text of an object for the memory: the text itself, or what it was repaired to, or as it was."""
    try:
        values, repairs = read_object(text if text.strip() else "{}", cut_short=cut_short)
    except Unreadable:
        return text
    return json.dumps(values, ensure_ascii=False) if repairs or not text.strip() else text


def _unreadable(error: Unreadable, cut_short: bool) -> str:
    if cut_short:
        return (
            "The call was not made: your answer reached its length limit in the middle of it, so its arguments are"
            f" incomplete ({error}). Send it again in smaller parts, for example several smaller edits."
        )
    return (
        f"The call was not made: its arguments are not valid JSON: {error}. Send the call again with one JSON object;"
        ' within strings write \\" for a quote, \\n for a line break and \\\\ for a backslash.'
    )


def _takes(schema: Mapping[str, object]) -> str:
    members = schema.get("properties")
    if not isinstance(members, Mapping) or not members:
        return ""
    required = schema.get("required")
    needed = set(required) if isinstance(required, list | tuple) else set()
    told = [_member(str(name), one, name in needed) for name, one in list(members.items())[:_NAMES]]
    return f" It takes: {', '.join(told)}."


def _member(name: str, schema: object, needed: bool) -> str:
    kind = schema.get("type") if isinstance(schema, Mapping) else None
    words = [str(kind)] if isinstance(kind, str) else []
    return f"{name} ({', '.join([*words, 'required' if needed else 'optional'])})"

"""From untrusted JSON to wire classes: strict, and errors that name the field."""

from typing import TypeVar, get_args, get_type_hints

import attrs
import msgspec

from boocode.contracts.socket import ClientFrame, Ping, Subscribe, Unsubscribe

T = TypeVar("T")

_CLIENT_FRAMES: dict[str, type[ClientFrame]] = {cls.type: cls for cls in (Subscribe, Unsubscribe, Ping)}


class NotJson(ValueError):
    """The text is not JSON at all."""


class FieldError(ValueError):
    """A value does not fit; `field` is its path (`ids[1]`), empty for the value as a whole."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}" if field else problem)
        self.field = field
        self.problem = problem


def parse_json(data: bytes | str) -> object:
    """Plain values. Raises NotJson."""
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotJson(str(error)) from None


def parse_object(value: object, cls: type[T]) -> T:
    """An attrs class from a plain JSON object; FieldError on a wrong type, a missing or an unknown field."""
    if not isinstance(value, dict):
        raise FieldError("", f"expected an object, got {_json_type(value)}")
    known = {field.name for field in attrs.fields(cls)}  # type: ignore[arg-type]
    for name in value:
        if name not in known:
            raise FieldError(str(name), f"unknown field; known are: {', '.join(sorted(known)) or 'none'}")
    return _convert(value, cls, strict=True)


def parse_query(values: dict[str, str], cls: type[T]) -> T:
    """An attrs class from query parameters, numbers given as text; raises FieldError."""
    known = {field.name for field in attrs.fields(cls)}  # type: ignore[arg-type]
    for name in values:
        if name not in known:
            raise FieldError(name, f"unknown parameter; known are: {', '.join(sorted(known)) or 'none'}")
    return _convert(dict(values), cls, strict=False)


def parse_client_frame(data: bytes | str) -> ClientFrame:
    """One message of a WebSocket client. Raises NotJson or FieldError. Unknown fields are ignored here:
    a newer client may say more than we understand."""
    value = parse_json(data)
    if not isinstance(value, dict):
        raise FieldError("", f"expected an object, got {_json_type(value)}")
    kind = value.get("type")
    cls = _CLIENT_FRAMES.get(kind) if isinstance(kind, str) else None
    if cls is None:
        raise FieldError("type", f"expected one of {', '.join(_CLIENT_FRAMES)}")
    frame: ClientFrame = _convert(value, cls, strict=True)
    return frame


def _convert(value: dict[str, object] | dict[str, str], cls: type[T], *, strict: bool) -> T:
    try:
        return msgspec.convert(value, cls, strict=strict)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at `$")
        field = path.rstrip("`").lstrip(".")
        if problem.startswith("Object missing required field `"):
            missing = problem.removeprefix("Object missing required field `").rstrip("`")
            raise FieldError(f"{field}.{missing}".lstrip("."), "is required") from None
        raise FieldError(field, _with_choices(problem, field, cls)) from None


def _with_choices(problem: str, field: str, cls: type[object]) -> str:
    """msgspec names a wrong choice but not the right ones."""
    if not problem.startswith("Invalid enum value"):
        return problem[:1].lower() + problem[1:]
    hint = get_type_hints(cls).get(field)
    choices = [
        str(choice)
        for part in (hint, *get_args(hint))
        for choice in get_args(part)
        if isinstance(choice, str)
    ]
    return f"{problem[:1].lower()}{problem[1:]}; choose one of {', '.join(choices)}" if choices else problem


def _json_type(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list():
            return "an array"
        case _:
            return "an object"

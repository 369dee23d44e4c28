"""Whether values fit a JSON schema, and the few changes that make them fit without a guess.

Changed: `"5"` and `5.0` to 5, `"true"` to true, a JSON text to the list or object that it is, one text to a list of
one, 5 to `"5"`, an optional null to nothing, a key to the one that differs in case and `_` only. Everything else
that does not fit is a fault with words. The parts of JSON schema that tools use are read (type, properties, required,
additionalProperties, items, enum, const, anyOf, oneOf, allOf, $ref within); what is not understood forbids nothing.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Schema: TypeAlias = Mapping[str, object]

_DEPTH = 20
_STEPS = 20_000
"""Values looked at in one fitting; a hostile schema of choices within choices ends there and forbids nothing more."""
_INTEGER = re.compile(r"\s*[+-]?\d{1,18}(?:\.0+)?\s*\Z")
_NUMBER = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?\s*\Z")
_WORDS = {
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}


class Fitting:
    """One fitting of one value; `faults` are its words, each with the place, in the order of the schema."""

    def __init__(self, root: Schema, steps: list[int] | None = None) -> None:
        self._root = root
        self._steps = [_STEPS] if steps is None else steps
        self.faults: list[str] = []

    def members(
        self, values: Mapping[str, object], schema: Schema, place: str = "", depth: int = 0
    ) -> object:
        """An object's members, fitted; what does not fit stays as it was."""
        known = {name: _schema(one) for name, one in _schema(schema.get("properties")).items()}
        required = [name for name in _list(schema.get("required")) if isinstance(name, str)]
        fitted: dict[str, object] = {}
        for name, value in _renamed(values, known, schema).items():
            if name not in known:
                self._unknown(name, value, known, schema, place, fitted)
            elif value is None and name not in required and not _takes_null(self._solid(known[name], depth)):
                continue  # models say null for what they leave out
            else:
                fitted[name] = self.value(value, known[name], f"{place}{name}", depth + 1)
        for name in required:
            if name not in fitted:
                self.faults.append(f"the argument '{place}{name}' is missing")
        return fitted

    def value(self, value: object, schema: Schema, place: str, depth: int = 0) -> object:
        """`value`, or what it was changed to so that it fits."""
        self._steps[0] -= 1
        if depth > _DEPTH or self._steps[0] < 0:
            return value
        schema = self._solid(schema, depth)
        for part in _list(schema.get("allOf")):
            value = self.value(value, _schema(part), place, depth + 1)
        choices = [_schema(one) for key in ("anyOf", "oneOf") for one in _list(schema.get(key))]
        if choices:
            return self._any(value, choices, place, depth)
        types = [name for name in _types(schema) if name in _WORDS]
        if types:
            changed = _typed(value, types)
            if changed is _UNFIT:
                self._wrong_type(value, types, place)
                return value
            value = changed
        self._choice(value, schema, place)
        if isinstance(value, dict):
            return self.members(value, schema, f"{place}.", depth + 1)
        if isinstance(value, list) and isinstance(schema.get("items"), Mapping):
            items = _schema(schema["items"])
            return [self.value(one, items, f"{place}[{at}]", depth + 1) for at, one in enumerate(value)]
        return value

    def _any(self, value: object, choices: Sequence[Schema], place: str, depth: int) -> object:
        """The first choice that fits as it is, else the first that fits changed."""
        changed: list[object] = []
        for choice in choices:
            attempt = Fitting(self._root, self._steps)
            fitted = attempt.value(value, choice, place, depth + 1)
            if not attempt.faults:
                if fitted == value and type(fitted) is type(value):
                    return fitted
                changed.append(fitted)
        if changed:
            return changed[0]
        names = [name for choice in choices for name in _types(self._solid(choice, depth))]
        self._wrong_type(value, list(dict.fromkeys(names)), place)
        return value

    def _choice(self, value: object, schema: Schema, place: str) -> None:
        allowed = [schema["const"]] if "const" in schema else _list(schema.get("enum"))
        if allowed and value not in allowed:
            words = ", ".join(json.dumps(one, ensure_ascii=False) for one in allowed[:20])
            self.faults.append(f"'{place}' must be one of {words}")

    def _wrong_type(self, value: object, types: Sequence[str], place: str) -> None:
        expected = " or ".join(_WORDS.get(name, name) for name in types) or "something else"
        self.faults.append(f"'{place}' must be {expected}, but it is {_WORDS[_type_of(value)]}")

    def _unknown(
        self,
        name: str,
        value: object,
        known: Mapping[str, Schema],
        schema: Schema,
        place: str,
        fitted: dict[str, object],
    ) -> None:
        more = schema.get("additionalProperties")
        if not known or more is True or isinstance(more, Mapping) or "patternProperties" in schema:
            fitted[name] = value
        elif value not in (None, "", [], {}):
            takes = f" (it takes: {', '.join(known)})" if place else ""
            self.faults.append(f"there is no argument '{place}{name}'{takes}")

    def _solid(self, schema: Schema, depth: int) -> Schema:
        """Behind its `$ref`, if that leads to a place in the same schema."""
        for _ in range(max(1, _DEPTH - depth)):
            ref = schema.get("$ref")
            if not isinstance(ref, str) or not ref.startswith("#/"):
                return schema
            found: object = self._root
            for step in ref[2:].split("/"):
                found = _schema(found).get(step.replace("~1", "/").replace("~0", "~"))
            schema = _schema(found)
        return {}


class _Unfit:
    pass


_UNFIT = _Unfit()


def _typed(value: object, types: Sequence[str]) -> object:
    if _type_of(value) in types or (_type_of(value) == "integer" and "number" in types):
        return value
    for name in types:
        changed = _changed(value, name)
        if changed is not _UNFIT:
            return changed
    return _UNFIT


def _changed(value: object, name: str) -> object:
    if isinstance(value, float) and name == "integer" and value.is_integer():
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and name == "string":
        return str(value)
    if not isinstance(value, str):
        return _UNFIT
    word = value.strip().lower()
    if name == "boolean" and word in ("true", "false"):
        return word == "true"
    if name == "null" and word in ("null", "none"):
        return None
    if name == "integer" and _INTEGER.match(value):
        return int(value.split(".")[0])
    if name == "number" and _NUMBER.match(value):
        return int(value) if _INTEGER.match(value) and "." not in value else float(value)
    if name in ("array", "object"):
        return _from_text(value, list if name == "array" else dict)
    return _UNFIT


def _from_text(text: str, kind: type) -> object:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        read = text
    if isinstance(read, kind):
        return read
    one = kind is list and text.strip() and not re.search(r"[\[\]{},;\n]", text)
    return [text] if one else _UNFIT


def _renamed(
    values: Mapping[str, object], known: Mapping[str, Schema], schema: Schema
) -> Mapping[str, object]:
    """Keys that differ from exactly one known, unused key in letter case and `_` or `-` only get its name."""
    if schema.get("additionalProperties"):
        return values
    free = {name for name in known if name not in values}
    renamed: dict[str, object] = {}
    for name, value in values.items():
        near = [other for other in free if _folded(other) == _folded(name)] if name not in known else []
        new = near[0] if len(near) == 1 else name
        free.discard(new)
        renamed[new] = value
    return renamed


def _folded(name: str) -> str:
    return re.sub(r"[-_ ]", "", name).lower()


def _type_of(value: object) -> str:
    if value is None:
        return "null"
    kinds = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return kinds.get(type(value), "object")


def _types(schema: Schema) -> list[str]:
    named = schema.get("type")
    if isinstance(named, str):
        return [named]
    return [name for name in _list(named) if isinstance(name, str)]


def _takes_null(schema: Schema) -> bool:
    types = _types(schema)
    choices = [_schema(one) for key in ("anyOf", "oneOf") for one in _list(schema.get(key))]
    if not types and not choices:
        return True
    return "null" in types or any(_takes_null(one) for one in choices)


def _schema(value: object) -> Schema:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []

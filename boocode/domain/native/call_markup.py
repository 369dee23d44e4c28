"""Tool calls written as markup: `<invoke name=…><parameter name=…>`, `<function=…><parameter=…>`, `<arg_key>` pairs.

A value is everything up to a closing tag that is followed by the next parameter or by the end of the call, so that a
file which speaks of such tags can be written. One line break behind the opening tag and one before the closing tag
are layout. Entities are left as they are: nobody can tell whether they were meant.
"""

import json
import re
from collections.abc import Mapping

from boocode.domain.native.relaxed_json import Unreadable, read_object

NS = r"(?:｜DSML｜|(?:antml|minimax|seed|steptml|xai|ns|tools?):)?"
WRAPPERS = r"(?:tool_?calls?|function_?calls?|tool_use|tools)"
_CALL = r"(?:invoke|function|tool)"
_PARAM = r"(?:parameter|param|arg)"
_ATTR = r"(?:\s+name\s*=\s*|\s*=\s*)[\"']?([^\"'<>\n]{1,200}?)[\"']?"

CALL_OPEN = re.compile(rf"<{NS}{_CALL}{_ATTR}\s*/?>", re.IGNORECASE)
_PARAM_OPEN = re.compile(rf"<{NS}{_PARAM}{_ATTR}((?:\s+[\w-]+=[^<>\n]{{0,60}})?)>", re.IGNORECASE)
_CALL_END = re.compile(rf"</{NS}{_CALL}\s*>", re.IGNORECASE)
_WRAP = re.compile(rf"(?:\s|</?{NS}{WRAPPERS}\s*>)*", re.IGNORECASE)
_VALUE_END = re.compile(
    rf"</{NS}{_PARAM}\w{{0,12}}/?>(?=\s*(?:<{NS}{_PARAM}[\s=]|</{NS}(?:{_CALL}|{WRAPPERS})\s*>|\Z))",
    re.IGNORECASE,
)
_LOOSE_END = re.compile(rf"(?=\n<{NS}{_PARAM}[\s=]|</{NS}(?:{_CALL}|{WRAPPERS})\s*>)|\Z", re.IGNORECASE)
PARAM_END = re.compile(rf"</{NS}(?:parameter|(?:param|arg)\b)", re.IGNORECASE)
_NEXT_CALL = re.compile(
    rf"</{NS}(?:{_CALL}|{WRAPPERS})\s*>\s*(?:</?{NS}{WRAPPERS}\s*>\s*)*<{NS}{_CALL}[\s=]", re.IGNORECASE
)
_CHILD = re.compile(r"<([A-Za-z_][\w-]{0,60})>")
_SPACE = re.compile(r"\s*")
_CDATA = re.compile(r"\s*<!\[CDATA\[(.*)\]\]>\s*", re.DOTALL)
_NAMED = re.compile(
    r"\s*<(?:tool_)?name>\s*([\w.:-]{1,200})\s*</(?:tool_)?name>\s*<(arguments|parameters|args|input)>(.*)</\2>\s*",
    re.DOTALL,
)
_GLM_NAME = re.compile(r"\s*([\w.:-]{1,200})\s*(?=<arg_key>|\Z)")
_GLM_KEY = re.compile(r"\s*<arg_key>\s*([^<>]{1,200}?)\s*</arg_key>\s*<arg_value>")
_GLM_END = re.compile(r"</arg_value>(?=\s*(?:<arg_key>|\Z))")

Written = tuple[str, str]
"""A name and the JSON text of arguments."""


def read_markup(body: str, *, loose: bool = False) -> list[Written]:
    """The calls that `body` is, and nothing else. `loose`: a parameter may lack its closing tag. Raises Unreadable."""
    named = _NAMED.fullmatch(body)
    if named:
        inner = named[3].strip()
        return [(named[1], inner if inner.startswith("{") else json.dumps(_children(named[3])))]
    calls: list[Written] = []
    at = _skip(_WRAP, body, 0)
    while at < len(body):
        opened = CALL_OPEN.match(body, at)
        if opened is None:
            raise Unreadable(f"something else stands where a call is expected, near {body[at : at + 30]!r}")
        arguments, at = _call(body, opened.end(), loose)
        calls.append((opened[1], arguments))
        at = _skip(_WRAP, body, at)
    if not calls:
        raise Unreadable("there is no call in it")
    return calls


def read_children(body: str) -> str:
    """`<path>a</path><content>b</content>` as JSON text; JSON as it is. Raises Unreadable."""
    if body.lstrip().startswith("{"):
        read_object(body)
        return body.strip()
    return json.dumps(_children(body), ensure_ascii=False)


def read_pairs(body: str) -> Written:
    """`name <arg_key>k</arg_key> <arg_value>v</arg_value> …`. Raises Unreadable."""
    name = _GLM_NAME.match(body)
    if name is None:
        raise Unreadable("there is no name of a tool in it")
    values: dict[str, object] = {}
    at = name.end()
    while key := _GLM_KEY.match(body, at):
        end = _GLM_END.search(body, key.end())
        if end is None:
            raise Unreadable(f"the value of {key[1]!r} has no end")
        _put(values, key[1], _value(body[key.end() : end.start()]))
        at = end.end()
    if body[at:].strip():
        raise Unreadable(f"something else stands where an argument is expected, near {body[at : at + 30]!r}")
    return name[1], json.dumps(values, ensure_ascii=False)


def _call(body: str, at: int, loose: bool) -> tuple[str, int]:
    """The arguments of a call that was opened before `at`, and where it ends."""
    at = _skip(_SPACE, body, at)
    if body.startswith("{", at):
        end = _CALL_END.search(body, at)
        stop = end.start() if end else len(body)
        read_object(body[at:stop])
        return body[at:stop].strip(), end.end() if end else stop
    values: dict[str, object] = {}
    while at < len(body):
        if end := _CALL_END.match(body, at):
            at = end.end()
            break
        if opened := _PARAM_OPEN.match(body, at):
            raw, at = _parameter(body, opened.end(), opened[1], loose)
            _put(values, opened[1], _typed(raw, opened[2]))
        elif child := _CHILD.match(body, at):
            raw, at = _child(body, child)
            _put(values, child[1], _value(raw))
        else:
            break  # a wrapper's closing tag without the call's: whoever reads the calls goes on from here
        at = _skip(_SPACE, body, at)
    return json.dumps(values, ensure_ascii=False), at


def _parameter(body: str, at: int, name: str, loose: bool) -> tuple[str, int]:
    end = _VALUE_END.search(body, at)
    if end is None and loose and not PARAM_END.search(body, at):
        end = _LOOSE_END.search(body, at)
    if end is None:
        raise Unreadable(f"the value of {name!r} has no closing tag")
    raw = body[at : end.start()]
    if _NEXT_CALL.search(raw):
        raise Unreadable(f"the value of {name!r} has no closing tag before the next call")
    return raw, end.end()


def _child(body: str, opened: re.Match[str]) -> tuple[str, int]:
    closing = f"</{opened[1]}>"
    end = re.compile(rf"{re.escape(closing)}(?=\s*(?:</?[A-Za-z｜]|\Z))").search(body, opened.end())
    if end is None:
        raise Unreadable(f"{closing} is missing")
    return body[opened.end() : end.start()], end.end()


def _children(body: str) -> Mapping[str, object]:
    values: dict[str, object] = {}
    at = _skip(_SPACE, body, 0)
    while at < len(body):
        opened = _CHILD.match(body, at)
        if opened is None:
            raise Unreadable(
                f"something else stands where an argument is expected, near {body[at : at + 30]!r}"
            )
        raw, at = _child(body, opened)
        _put(values, opened[1], _value(raw))
        at = _skip(_SPACE, body, at)
    return values


def _put(values: dict[str, object], name: str, value: object) -> None:
    if name in values:
        raise Unreadable(f"the argument {name!r} is written twice")
    values[name] = value


def _typed(raw: str, attributes: str) -> object:
    """DSML says of a value that it is no string; everybody else lets the schema say it."""
    if re.search(r"string\s*=\s*[\"']false", attributes):
        try:
            read: object = json.loads(raw)
        except (ValueError, RecursionError):
            raise Unreadable("a value that is said to be no string is not JSON") from None
        return read
    return _value(raw)


def _value(raw: str) -> str:
    cdata = _CDATA.fullmatch(raw)
    if cdata:
        return cdata[1]
    for opening, closing in (("\r\n", "\r\n"), ("\n", "\n")):
        if raw.startswith(opening):
            inner = raw.removeprefix(opening)
            return inner.removesuffix(closing)
    return raw


def _skip(pattern: re.Pattern[str], body: str, at: int) -> int:
    found = pattern.match(body, at)
    return found.end() if found else at

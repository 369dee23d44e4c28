"""What stands between the marks of a tool call that a model wrote as text: one call or several, in any dialect.

Which dialect it is, the body itself says: JSON, markup (`call_markup`), marks within marks (DeepSeek, Kimi,
Mistral), Gemma's `call:name{…}`, Python calls. Pieces that do not fit make the whole unreadable; nothing is left out.
"""

import ast
import json
import re
import warnings
from collections.abc import Collection, Iterator, Mapping
from typing import cast

from attrs import frozen

from boocode.domain.native.call_markup import Written, read_markup, read_pairs
from boocode.domain.native.relaxed_json import Unreadable, read_values
from boocode.domain.native.tool_names import meant, unknown_tool

_NAME_KEYS = ("name", "tool_name", "tool", "function", "function_name")
_ARGUMENT_KEYS = ("arguments", "parameters", "args", "input", "params", "tool_input")
_OTHER_KEYS = {"id", "type", "tool_call_id", "index", "call_id"}
_PYTHON_CHARS = 200_000
_FENCE = re.compile(r"\s*(`{3,})[\w-]*\n(.*?)\n?[ \t]*\1\s*", re.DOTALL)
_MARKS = re.compile(
    r"<[|｜](?:tool▁calls?▁begin|tool_calls?_begin|tool_calls_section_begin)[|｜]>|\[TOOL_CALLS\]"
    r"|<[|｜](?:tool▁calls?▁end|tool_calls?_end|tool_calls_section_end)[|｜]>"
)
_NAME_END = re.compile(
    r"<｜tool▁sep｜>|<\|tool_call_argument_begin\|>|<｜tool▁call▁argument▁begin｜>|\[ARGS\]|(?=[\s`{])"
)
_GEMMA = re.compile(r"call:([\w.:-]{1,200}?)\s*(?=\{)")
_GEMMA_TEXT = re.compile(r'<\|"\|>(.*?)<\|"\|>|<escape>(.*?)<escape>', re.DOTALL)
_HARMONY = re.compile(r"(?:commentary|analysis)?\s{0,20}to=([\w.:-]{1,200})[^{}]{0,100}?<\|message\|>")
_HEAD = re.compile(
    r'\[?\s{0,40}\{\s*"(?:name|tool_name|tool|function)"\s*:\s*"([^"\n]{1,200})"\s*,'
    r'\s*"(?:arguments|parameters|args|input)"\s*:'
)


@frozen
class WrittenCall:
    name: str
    """Of an offered tool, if any of its block is; else as the model wrote it."""
    arguments: str
    """JSON text, not judged."""


def read_calls(
    body: str, offered: Collection[str], *, cut_short: bool = False, loose: bool = False
) -> tuple[WrittenCall, ...]:
    """The calls that `body` is. At least one of them is of an offered tool. Raises Unreadable."""
    written = list(_written(_unfenced(body), cut_short, loose))
    if not written:
        raise Unreadable("there is no call in it")
    if not any(meant(name, offered) for name, _ in written):
        raise Unreadable(unknown_tool(written[0][0], offered))
    return tuple(WrittenCall(meant(name, offered) or name, arguments) for name, arguments in written)


def named_with_broken_arguments(body: str, offered: Collection[str]) -> tuple[WrittenCall, ...]:
    """A JSON call whose name can be read and whose arguments cannot: the tool's answer will say what is wrong."""
    body = body.lstrip()
    head = _HEAD.match(body)
    name = meant(head[1], offered) if head else None
    if head is None or name is None:
        return ()
    rest = body[head.end() :].rstrip().removesuffix("]").rstrip().removesuffix("}")
    return (WrittenCall(name, rest.strip()),)


def _written(body: str, cut_short: bool, loose: bool) -> Iterator[Written]:
    body = body.lstrip()
    start = body[:1]
    if gemma := _GEMMA.match(body):
        arguments = _GEMMA_TEXT.sub(lambda found: json.dumps(found[1] or found[2] or ""), body[gemma.end() :])
        read_values(arguments, cut_short=cut_short)
        yield gemma[1], arguments.strip()
    elif harmony := _HARMONY.match(body):
        read_values(body[harmony.end() :], cut_short=cut_short)
        yield harmony[1], body[harmony.end() :].strip()
    elif _MARKS.match(body):
        yield from _marked(body, cut_short)
    elif start == "<":
        yield from read_markup(body, loose=loose)
    elif "<arg_key>" in body:
        yield read_pairs(body)
    elif start == "{" or (start == "[" and not _looks_python(body)):
        for value in read_values(body, cut_short=cut_short)[0]:
            yield from _of_json(value)
    elif _looks_python(body):
        yield from _of_python(body)
    else:
        yield from _marked(body, cut_short)


def _marked(body: str, cut_short: bool) -> Iterator[Written]:
    """`name MARK {json}`, several between marks; or plain JSON behind a mark."""
    for part in _MARKS.split(body):
        text = part.strip()
        if not text:
            continue
        if text[0] in "{[":
            for value in read_values(text, cut_short=cut_short)[0]:
                yield from _of_json(value)
            continue
        text = text.removeprefix("function<｜tool▁sep｜>")
        end = _NAME_END.search(text)
        name, rest = (text[: end.start()], text[end.end() :]) if end else (text, "")
        name = name.split("[CALL_ID]")[0].strip()
        if not re.fullmatch(r"[\w.:/-]{1,200}", name):
            raise Unreadable(f"there is no name of a tool, near {text[:30]!r}")
        if rest.strip():
            values, _ = read_values(rest, cut_short=cut_short)
            if len(values) != 1:
                raise Unreadable("there is more than one value behind the name")
        yield name, _unfenced(rest).strip() or "{}"


def _unfenced(text: str) -> str:
    fenced = _FENCE.fullmatch(text)
    return fenced[2] if fenced else text


def _of_json(value: object) -> Iterator[Written]:
    if isinstance(value, list):
        for one in value:
            yield from _of_json(one)
        return
    if not isinstance(value, dict):
        raise Unreadable("a call is an object with a name and arguments")
    members = cast(Mapping[str, object], value)
    if isinstance(members.get("tool_calls"), list):
        yield from _of_json(members["tool_calls"])
    elif isinstance(members.get("function"), Mapping):
        yield from _of_json(members["function"])
    elif any(isinstance(members.get(key), str) for key in _NAME_KEYS):
        yield _of_members(members)
    elif len(members) == 1 and all(isinstance(inner, Mapping) for inner in members.values()):
        yield from ((name, json.dumps(inner, ensure_ascii=False)) for name, inner in members.items())
    else:
        raise Unreadable("a call is an object with a name and arguments")


def _of_members(members: Mapping[str, object]) -> Written:
    name_key = next(key for key in _NAME_KEYS if isinstance(members.get(key), str))
    argument_keys = [key for key in _ARGUMENT_KEYS if key in members]
    rest = members.keys() - {name_key, *argument_keys} - _OTHER_KEYS
    if rest or len(argument_keys) > 1:
        raise Unreadable('a call is an object {"name": …, "arguments": {…}} and has no other members')
    arguments = members[argument_keys[0]] if argument_keys else None
    text = arguments if isinstance(arguments, str) else json.dumps(arguments or {}, ensure_ascii=False)
    return str(members[name_key]), text


def _looks_python(body: str) -> bool:
    return re.match(r"\[?\s{0,40}[A-Za-z_][\w.]{0,200}\s{0,40}\(", body) is not None


def _of_python(body: str) -> Iterator[Written]:
    if len(body) > _PYTHON_CHARS:
        raise Unreadable("it is too long for a call in Python")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes that Python wonders about
            tree = ast.parse(body.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise Unreadable("it is no call in Python") from None
    for call in tree.elts if isinstance(tree, ast.List | ast.Tuple) else [tree]:
        if not isinstance(call, ast.Call) or call.args:
            raise Unreadable("it is no call with named arguments")
        name = ast.unparse(call.func).removesuffix(".call")
        yield (
            name,
            json.dumps({_keyword(one): _literal(one.value) for one in call.keywords}, ensure_ascii=False),
        )


def _keyword(one: ast.keyword) -> str:
    if one.arg is None:
        raise Unreadable("an argument has no name")
    return one.arg


def _literal(node: ast.expr) -> object:
    words = {"true": True, "false": False, "null": None}
    if isinstance(node, ast.Name) and node.id in words:
        return words[node.id]
    try:
        value: object = ast.literal_eval(node)
        json.dumps(value)
    except (ValueError, TypeError, RecursionError):
        raise Unreadable("an argument is no plain value") from None
    return value

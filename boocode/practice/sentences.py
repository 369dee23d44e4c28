"""Plain sentences to steps: the grammar of the practice agent. Pure; no file is looked at here.

Each rule is a pattern under the first word of the sentences that it reads. Patterns are compiled when first
used, since compiling them all would double the start of the process. Sentences are joined by `then` or a
new line; a joiner counts only where a sentence that we know follows, and never inside quotes or a fence,
so that `create a.txt with the text now and then` stays one sentence.
"""

import json
import re
from collections.abc import Callable
from typing import TypeAlias

from boocode.practice.steps import (
    Append,
    Ask,
    Burst,
    Count,
    Crash,
    Create,
    Delete,
    Echo,
    Fail,
    Hang,
    Help,
    List,
    Plan,
    Read,
    Recall,
    Rename,
    Replace,
    Run,
    Stamp,
    Step,
    SwitchMode,
    Think,
    Unknown,
    Wait,
)

Fields: TypeAlias = dict[str, str]
Rule: TypeAlias = tuple[str, Callable[[Fields], Step | None]]

MAX_CHUNKS = 1_000_000
MAX_JOINERS = 64
SLOW_S = 0.1
"""Seconds between two chunks of `slowly`."""

_QUOTED = r"\"[^\"]+\"|'[^']+'|`[^`]+`"
_FILE = rf"(?P<path>{_QUOTED}|\S+?)"
_TO = rf"(?P<to>{_QUOTED}|\S+?)"
_DURATION = r"(?P<{0}>\d+(?:\.\d+)?)\s*(?P<{0}_unit>ms|milliseconds?|s|secs?|seconds?|min|minutes?)"
_OVER = _DURATION.format("over")
_EVERY = _DURATION.format("every")
_PACE = rf"(?:\s+(?:(?P<fast>fast|quickly)|(?P<slowly>slowly)|(?:slowly\s+)?(?:for|over)\s+{_OVER}|every\s+{_EVERY}))?"
_POLITE = r"(?:please\s+|now\s+|can you\s+|could you\s+|/)+"
_JOINER = r"\s*[,;.]?\s+(?:and\s+)?then\s+|\s*[,;]?\s*\n\s*(?:then\s+)?|,?\s+and\s+(?=run it\b)"
_SHELTER = r"```.*?```|\"[^\"\n]*\"|`[^`\n]*`|(?<!\w)'[^'\n]*'(?!\w)"
_CREATE = (
    r"(?P<verb>create|make|write|add)\s+(?:(?:a|an|the)\s+)?(?:(?:new|empty|python|text|shell)\s+)*"
    rf"(?:(?P<file>file|script|program)\s+)?(?:(?:called|named)\s+)?{_FILE}(?:\s+(?P<how>(?:that|which)\s+prints"
    r"|printing|(?:that|which)\s+(?:contains|says)|saying|containing"
    r"|with(?:\s+the)?(?:\s+(?:text|contents?|lines?))?)\s*:?\s+(?P<text>.+))?"
)


def parse(text: str) -> list[Step]:
    """The steps of a prompt in order; at least one. A sentence that no rule reads becomes Unknown."""
    text = text.strip()
    if re.match(r"plan\b", text, re.IGNORECASE):
        return [_plan(text)]
    steps: list[Step] = []
    for sentence in _sentences(text):
        step = _sentence(sentence, steps)
        steps.append(Unknown(sentence) if step is None else step)
    return steps or [Unknown("")]


def _sentences(text: str) -> list[str]:
    cuts = [
        match.span()
        for match in re.finditer(f"{_SHELTER}|(?P<joiner>{_JOINER})", text, re.IGNORECASE | re.DOTALL)
        if match["joiner"]
    ][:MAX_JOINERS]
    found: list[str] = []
    start = 0
    for index, (end, following) in enumerate(cuts):
        ends = [cut[0] for cut in cuts[index + 1 :]] + [len(text)]
        if any(_sentence(text[following:stop], [Create("it.py", "")]) is not None for stop in ends):
            found.append(text[start:end].strip())
            start = following
    found.append(text[start:].strip())
    return [sentence for sentence in found if sentence]


def _sentence(sentence: str, before: list[Step]) -> Step | None:
    sentence = re.sub(rf"^{_POLITE}", "", sentence.strip(), flags=re.IGNORECASE)
    verb = re.match(r"[a-z]*", sentence, re.IGNORECASE)
    for pattern, build in RULES.get(verb[0].lower() if verb else "", ()):
        match = re.fullmatch(pattern, sentence, re.IGNORECASE | re.DOTALL)
        if match is None:
            continue
        step = build({name: value for name, value in match.groupdict().items() if value is not None})
        if step is not None:
            return _run_it(before) if isinstance(step, Run) and step.command == "it" else step
    return None


def _run_it(before: list[Step]) -> Step | None:
    """`run it` means the file that the same prompt created last."""
    made = [step.path for step in before if isinstance(step, Create)]
    path = made[-1] if made else ""
    runner = {"py": "python3", "sh": "sh", "js": "node", "rb": "ruby"}.get(path.rpartition(".")[2])
    return Run(f"{runner} {_shell_word(path)}") if runner else None


def _plain(text: str) -> str:
    """Without the quotes or the fence around the whole."""
    text = text.strip()
    fence = re.fullmatch(r"```[^\n]*\n(.*?)\n?```", text, re.DOTALL)
    if fence:
        return fence[1]
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'`" and text[0] not in text[1:-1]:
        return text[1:-1]
    return text


def _path(text: str) -> str:
    """An `@` before it only marks it as a file, as composers write it; in quotes it belongs to the name."""
    return _plain((text.rstrip(".,;:!?") or text).removeprefix("@") or text)


def _seconds(fields: Fields, name: str) -> float | None:
    if name not in fields:
        return None
    unit = fields[f"{name}_unit"].lower()
    return float(fields[name]) * (
        0.001 if unit.startswith(("ms", "milli")) else 60.0 if unit[0] == "m" else 1.0
    )


def _delay(fields: Fields, count: int) -> float | None:
    every, over = _seconds(fields, "every"), _seconds(fields, "over")
    if every is not None:
        return every
    if over is not None:
        return over / max(count, 1)
    return 0.0 if "fast" in fields else SLOW_S if "slowly" in fields else None


def _number(fields: Fields) -> int:
    return min(int(fields["count"][:9]), MAX_CHUNKS)


def _create(fields: Fields) -> Step | None:
    path, how = _path(fields["path"]), fields.get("how", "").lower()
    named = "file" in fields or fields["verb"].lower() == "create" or fields["path"][0] in "\"'`"
    if not named and not re.search(r"[./]", path):
        return None  # `make coffee` is no file
    text = _plain(fields.get("text", ""))
    return Create(path, program(path, text) if "print" in how else _lines(text))


def _lines(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def program(path: str, text: str) -> str:
    """The text of a file that prints `text`, in the language of the file's ending; else the text itself."""
    literal = json.dumps(text, ensure_ascii=False)
    match path.rpartition(".")[2].lower():
        case "py":
            return f"print({literal})\n"
        case "js" | "mjs" | "cjs" | "ts":
            return f"console.log({literal});\n"
        case "sh" | "bash":
            return f"#!/bin/sh\nprintf '%s\\n' {_shell_word(text)}\n"
        case "rb":
            escaped = text.replace("\\", "\\\\").replace("'", "\\'")
            return f"puts '{escaped}'\n"
        case "go":
            return f'package main\n\nimport "fmt"\n\nfunc main() {{\n\tfmt.Println({literal})\n}}\n'
        case _:
            return _lines(text)


def _shell_word(text: str) -> str:
    return text if re.fullmatch(r"[\w./-]+", text, re.ASCII) else "'" + text.replace("'", "'\"'\"'") + "'"


def _plan(text: str) -> Plan:
    """`plan A, B and C` and `plan A then B`: each part is an entry."""
    wish = re.sub(r"^plan[\s:]*", "", text, flags=re.IGNORECASE).strip(" .")
    parts = _sentences(wish)
    if len(parts) == 1:
        parts = re.split(r"\s*,\s*(?:and\s+|then\s+)?|\s+(?:and\s+)?then\s+|\s+and\s+", wish)
    return Plan(tuple(part for part in parts if part) or ("Say what to plan",))


def _replace(fields: Fields) -> Step | None:
    old = _plain(fields["old"])
    return Replace(_path(fields["path"]), old, _plain(fields["new"])) if old else None


def _append(fields: Fields) -> Step:
    return Append(_path(fields["path"]), _lines(_plain(fields["text"])))


def _count(fields: Fields) -> Step:
    count = _number(fields)
    return Count(count, _delay(fields, count))


def _stamp(fields: Fields) -> Step:
    count = _number(fields)
    return Stamp(count, _delay(fields, count))


_THE_FILE = r"(?:the\s+)?(?:file\s+)?"
_OLD_NEW = rf"(?P<old>{_QUOTED}|.+?)\s+(?:with|by|to)\s+(?P<new>{_QUOTED}|.+?)"
_WORDS: Rule = (rf"\w+\s+(?P<count>\d+)\s+(?:words?|chunks?|tokens?){_PACE}", _count)
_CREATED: Rule = (_CREATE, _create)
_EDIT: tuple[Rule, ...] = (
    (
        rf"\w+\s+{_THE_FILE}{_FILE}\s*,?\s+(?:by\s+)?(?:and\s+)?(?:replacing|replace|changing)\s+{_OLD_NEW}",
        _replace,
    ),
    (
        rf"\w+\s+{_THE_FILE}{_FILE}\s*,?\s+(?:by\s+)?(?:and\s+)?(?:appending|append|adding)\s+(?P<text>.+)",
        _append,
    ),
)
_CHANGE: Rule = (rf"\w+\s+{_OLD_NEW}\s+in\s+{_THE_FILE}{_FILE}", _replace)
_APPEND: Rule = (
    rf"\w+\s+(?:the\s+)?(?:(?:lines?|text)\s+)?(?P<text>{_QUOTED}|.+?)\s+to\s+{_THE_FILE}{_FILE}",
    _append,
)
_DELETE: Rule = (rf"\w+\s+{_THE_FILE}{_FILE}", lambda f: Delete(_path(f["path"])))
_RENAME: Rule = (
    rf"\w+\s+{_THE_FILE}{_FILE}\s+to\s+{_TO}",
    lambda f: Rename(_path(f["path"]), _path(f["to"])),
)
_READ: Rule = (rf"\w+\s+(?:me\s+)?{_THE_FILE}{_FILE}", lambda f: Read(_path(f["path"])))
_LIST: tuple[Rule, ...] = (
    (r"\w+(?:\s+(?:all\s+)?(?:the\s+)?(?:files|folder))?[.!]?", lambda _: List()),
    (
        rf"\w+\s+(?:(?:the\s+)?files\s+)?(?:in\s+)?(?:the\s+folder\s+)?{_FILE}",
        lambda f: List(_path(f["path"])),
    ),
)
_RUN: Rule = (
    r"\w+\s+(?:the\s+command\s+)?(?P<command>.+)",
    lambda f: Run(_plain(f["command"]) if f["command"][0] == "`" else f["command"].strip()),
)
_ECHO: Rule = (r"\w+\s+(?P<text>.+)", lambda f: Echo(_plain(f["text"])))
_HELP: Rule = (r"\w+[.!?]*|help\s+me[.!?]*|explain (?:yourself|what you can do)[.!?]*", lambda _: Help())
_RECALL: Rule = (r"(?:remember|recall|what did i say|what do you remember).*", lambda _: Recall())
_MODE: Rule = (
    r"\w+\s+(?:(?:in)?to\s+)?(?P<mode>default|plan|auto)\s+mode[.!]?",
    lambda f: SwitchMode(f["mode"].lower()),
)

RULES: dict[str, tuple[Rule, ...]] = {
    "create": (_CREATED,),
    "make": (_CREATED,),
    "write": (
        _WORDS,
        (
            rf"write\s+(?P<text>{_QUOTED})\s+(?:in)?to\s+{_THE_FILE}{_FILE}",
            lambda f: Create(_path(f["path"]), _lines(_plain(f["text"]))),
        ),
        _CREATED,
    ),
    "add": (_APPEND, _CREATED),
    "edit": _EDIT,
    "change": (_CHANGE, *_EDIT),
    "replace": (_CHANGE,),
    "in": _EDIT,
    "append": (_APPEND,),
    "delete": (_DELETE,),
    "remove": (_DELETE,),
    "rename": (_RENAME,),
    "move": (_RENAME,),
    "read": (_READ,),
    "show": (_READ,),
    "open": (_READ,),
    "cat": (_READ,),
    "list": _LIST,
    "ls": _LIST,
    "run": (_RUN,),
    "execute": (_RUN,),
    "think": (
        (rf"think(?:\s+about\s+(?P<about>.+?))?{_PACE}", lambda f: Think(f.get("about", "it"), _delay(f, 8))),
    ),
    "say": (_WORDS, _ECHO),
    "echo": (_ECHO,),
    "count": ((rf"count\s+(?:up\s+)?(?:to\s+)?(?P<count>\d+){_PACE}", _count),),
    "stamp": ((rf"stamp\s+(?P<count>\d+)(?:\s+chunks?)?{_PACE}", _stamp),),
    "burst": ((r"burst\s+(?P<count>\d+)(?:\s+chunks?)?", lambda f: Burst(_number(f))),),
    "ask": (
        (
            r"ask(?:\s+me)?(?:\s+(?:for\s+)?permission)?(?:\s+(?:about|whether|for|to)\s+(?P<about>.+))?[.!?]*",
            lambda f: Ask(f.get("about", "going on")),
        ),
    ),
    "remember": (_RECALL,),
    "recall": (_RECALL,),
    "what": (_RECALL, (r"what (?:can|do) you (?:do|understand|know)[.!?]*", lambda _: Help())),
    "who": ((r"who are you[.!?]*", lambda _: Help()),),
    "help": (_HELP,),
    "explain": (_HELP,),
    "hello": (_HELP,),
    "hi": (_HELP,),
    "switch": (_MODE,),
    "use": (_MODE,),
    "wait": ((rf"wait\s+(?:for\s+)?{_DURATION.format('time')}", lambda f: Wait(_seconds(f, "time") or 0.0)),),
    "fail": (
        (
            r"fail(?:\s+with\s+(?P<message>.+))?[.!]*",
            lambda f: Fail(_plain(f.get("message", "failed, as asked"))),
        ),
    ),
    "crash": ((r"crash[.!]*", lambda _: Crash()),),
    "hang": ((r"hang[.!]*", lambda _: Hang()), (r"hang\s+deaf(?:ly)?[.!]*", lambda _: Hang(deaf=True))),
}

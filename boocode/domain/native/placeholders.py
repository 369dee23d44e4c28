"""Arguments that a model copied from a manual instead of filling them in: `path/to/file`, `<filename>`, `...`.

A call with one is refused, in words that say which argument and where to get the real value. What a person may
really mean passes: text to look for or to replace may hold anything, a path may hold any name that is not a
manual's. What is refused, by the role that an argument's name gives it:

| role | names | refused |
| --- | --- | --- |
| path | path, file, dir, source, … | a manual's path (`path/to/…`, `your_file.py`), `<…>`, `FILE_PATH`, `...`, `null` |
| command | command, cmd | nothing but `<…>`, `{{…}}`, `...`, a manual's words |
| text written | content, new, … | nothing but `...` or a manual's words; a line `# ... existing code ...` |
| text looked for | old, pattern, query, … | nothing but a manual's words (`old` also `...`) |
| others | | nothing but a manual's words |
"""

import re
from collections.abc import Iterator, Mapping
from typing import Literal, TypeAlias

Role: TypeAlias = Literal["path", "command", "written", "old", "looked_for", "other"]

_SHORT = 200
"""Longer values are never placeholders as a whole."""
_LINE = 300
"""Longest line that may stand for code that was left out."""
_SCANNED = 2_000_000
"""Characters of a written text that are looked through for left-out code."""
_ROLES: tuple[tuple[Role, re.Pattern[str]], ...] = (
    (
        "path",
        re.compile(r"(?:.*_)?(?:paths?|files?|filename|dir|directory|folder|cwd|source|destination|src|dst)"),
    ),
    ("command", re.compile(r"(?:.*_)?(?:command|cmd)")),
    ("old", re.compile(r"old(?:_.*)?")),
    ("written", re.compile(r"(?:new|content|contents|text|body|replacement)(?:_.*)?")),
    ("looked_for", re.compile(r"(?:.*_)?(?:pattern|query|search|regex|glob|find)")),
)
_MANUAL_WORDS = re.compile(
    r"[\s#/*<\[{(\"'-]*"
    r"(?:(?:(?:insert|put|add|write|enter|replace with|todo:?)[ _-]+)?(?:your|the actual)[ _-]+(?:\w+[ _-]+){0,3}"
    r"(?:here|code|content|text|path|file|filename|command|query|value|name)"
    r"|(?:insert|put|add|write|enter)[ _-]+(?:the[ _-]+|a[ _-]+)?"
    r"(?:code|content|text|path|file|command|query)[ _-]+here"
    r"|(?:code|content|text|path|file|value|new_content|old_text|new_text)[ _-]+(?:goes[ _-]+)?here)"
    r"[\s*>\]})\"'./-]*",
    re.IGNORECASE,
)
_MANUAL_PATH = re.compile(
    r"(?:[A-Za-z]:)?[./\\~]*(?:(?:(?:absolute|relative|full|actual|your)[/\\_-])?path[/\\_](?:to)(?:[/\\_].*)?"
    r"|your[_-](?:project|repo|file|dir|directory|folder|app|username)\w*(?:[/\\].*)?"
    r"|(?:[^/\\]+[/\\])*(?:(?:filename|file_name)(?:\.(?:ext|extension))?|your[_-]?file(?:\.\w{1,10})?)"
    r"|file\.ext|file_?path|path)",
    re.IGNORECASE,
)
_BRACKETS = re.compile(
    r"<[^<>\n]{1,80}>|\{\{[^{}\n]{1,80}\}\}|\$\{[^{}\n]{1,80}\}|\[(?:file|path|dir|folder|your)[^\[\]\n]*\]",
    re.IGNORECASE,
)
_DOTS = re.compile(r"[\s#/*\"'-]*(?:\.{3,}|…)[\s#/*\"'-]*")
_NOTHING = re.compile(r"(?:null|none|undefined|nil|n/a|string|tbd)", re.IGNORECASE)
_LEFT_OUT = re.compile(
    r"[ \t]*(?:#|//|/\*|\*|<!--|--|;|%|\{/\*)?[ \t]*[\[(]?(?:\.{3}|…)[ \t]*"
    r"(?:\(?(?:the )?(?:rest|remaining|remainder|existing|other|previous|unchanged|same|original|more|omitted)\b"
    r"[^\n]{0,80}|[^\n]{0,80}\b(?:unchanged|remains? the same|stays? the same|omitted)\b[^\n]{0,20})",
    re.IGNORECASE,
)


def placeholder_in(values: Mapping[str, object]) -> str | None:
    """Words for the model about the first argument that is a placeholder; None when there is none."""
    olds = "\n".join(text for name, text in _texts(values) if _role(name) == "old")
    for name, text in _texts(values):
        role = _role(name)
        if len(text) <= _SHORT and _is_placeholder(text.strip(), role):
            return f"'{name}' is a placeholder ({text.strip()!r}), not a real value. {_ADVICE[role]}"
        if role == "written" and (line := _left_out(text)) is not None and line not in olds:
            return (
                f"'{name}' leaves something out ({line!r}): it would be written as it stands and the code that it"
                " stands for would be lost. Write the whole text, or edit a smaller part of the file."
            )
    return None


_LOOK = "Look it up first (list_files, search_files), or ask the person."
_ADVICE: Mapping[Role, str] = {
    "path": f"Give the path of a real file or folder, from the project's root. {_LOOK}",
    "command": "Give the whole command line that is to be run.",
    "written": "Write the whole text that is to stand in the file.",
    "old": "Give the exact text that stands in the file now; read it first (read_file).",
    "looked_for": "Give the text that is to be looked for.",
    "other": f"Give the real value. {_LOOK}",
}


def _is_placeholder(text: str, role: Role) -> bool:
    if _MANUAL_WORDS.fullmatch(text):
        return True
    match role:
        case "path":
            named = _MANUAL_PATH.fullmatch(text) is not None and not _is_small_path(text)
            return named or _whole(text, _BRACKETS, _DOTS, _NOTHING)
        case "command":
            return _whole(text, _BRACKETS, _DOTS)
        case "written" | "old":
            return _whole(text, _DOTS)
        case "looked_for" | "other":
            return False


def _is_small_path(text: str) -> bool:
    """`path` in small letters may be a folder; `PATH`, `FILE_PATH` and `file_path` are a manual's."""
    return text in ("path", "./path", "path/")


def _whole(text: str, *patterns: re.Pattern[str]) -> bool:
    return any(pattern.fullmatch(text) for pattern in patterns)


def _left_out(text: str) -> str | None:
    if "..." not in text and "…" not in text:
        return None
    for line in text[:_SCANNED].splitlines():
        if ("..." in line or "…" in line) and len(line) <= _LINE and _LEFT_OUT.fullmatch(line):
            return line.strip()
    return None


def _role(name: str) -> Role:
    folded = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name[:_SHORT]).replace("-", "_").lower()
    return next((role for role, pattern in _ROLES if pattern.fullmatch(folded)), "other")


def _texts(values: object, name: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Every text with the name of the argument that it is in."""
    if isinstance(values, str):
        yield name, values
    elif isinstance(values, Mapping) and depth < 5:
        for key, value in values.items():
            yield from _texts(value, str(key), depth + 1)
    elif isinstance(values, list) and depth < 5:
        for value in values:
            yield from _texts(value, name, depth + 1)

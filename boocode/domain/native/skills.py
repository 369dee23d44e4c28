"""Skills: texts about how to do one kind of work, of which the model sees a name and a line, and loads what it needs.

A skill is a folder with a file `SKILL.md`: front matter between two lines `---` with `name` and `description`, and
below it the text. Other files of the folder are named when it is loaded.
"""

import re

from attrs import frozen

SKILL_FILE = "SKILL.md"
MOST_DESCRIPTION = 500
"""Characters; all descriptions stand in every prompt."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_COMMENT = re.compile(r"[ \t]#")
_KEY = re.compile(r"(?P<key>[A-Za-z][A-Za-z0-9_-]*)[ \t]*:(?:[ \t]+(?P<value>.*))?[ \t]*")


@frozen
class SkillText:
    name: str
    description: str
    body: str


class BadSkill(Exception):
    """str() says what of the file cannot be used."""


def read_skill(text: str, folder: str) -> SkillText:
    """Of one SKILL.md; `folder` is the name of its folder, and the skill's where the file gives none."""
    front, body = _parted(text)
    name = front.get("name") or folder
    if not _NAME.fullmatch(name):
        raise BadSkill(f"its name {name[:80]!r} is not 1 to 64 letters, digits, '.', '_' and '-'")
    description = " ".join(front.get("description", "").split()) or _first_words(body)
    if not description:
        raise BadSkill("it has neither a description nor a text")
    return SkillText(name, description[:MOST_DESCRIPTION], body)


def _parted(text: str) -> tuple[dict[str, str], str]:
    lines = text.lstrip("\n").splitlines()
    if not lines or lines[0].rstrip() != "---":
        return {}, text.strip()
    for index in range(1, len(lines)):
        if lines[index].rstrip() in ("---", "..."):
            return _front(lines[1:index]), "\n".join(lines[index + 1 :]).strip()
    raise BadSkill("the front matter that its first line `---` begins has no end")


def _front(lines: list[str]) -> dict[str, str]:
    """Top-level keys with texts, over as many indented lines as they like: all that skills use of YAML."""
    found: dict[str, list[str]] = {}
    key = ""
    for line in lines:
        match = _KEY.fullmatch(line)
        if match is not None:
            key = match["key"]
            found[key] = [match["value"] or ""]
        elif key and (not line.strip() or line[0] in " \t"):
            found[key].append(line.strip())
    return {key: _scalar(pieces) for key, pieces in found.items()}


def _scalar(pieces: list[str]) -> str:
    first = pieces[0].strip()
    if re.fullmatch(r"[|>][+-]?[0-9]?[+-]?(?:\s+#.*)?", first):
        return "\n".join(pieces[1:]).strip()
    whole = " ".join(piece for piece in (first, *pieces[1:]) if piece)
    if len(whole) >= 2 and whole[0] == whole[-1] == '"':
        return re.sub(r"\\(.)", r"\1", whole[1:-1])
    if len(whole) >= 2 and whole[0] == whole[-1] == "'":
        return whole[1:-1].replace("''", "'")
    comment = _COMMENT.search(whole)
    return whole if comment is None else whole[: comment.start()].rstrip()


def _first_words(body: str) -> str:
    for line in body.splitlines():
        if (words := line.strip()) and not words.startswith("#"):
            return words
    return ""

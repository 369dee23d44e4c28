"""A model's answer as one line in the style of a commit subject; None when it is none.

Small models think aloud, quote, number, decorate and apologise. What is plainly around the line is taken away; an
answer that is something else than a line is refused, because a bad name is worse than the one that is there.
"""

import re
import unicodedata

_THOUGHTS = re.compile(r"<(think|thinking|thought|reasoning)\b[^>]*>.*?(</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_HALF_A_THOUGHT = re.compile(r"\A.*</(?:think|thinking|thought|reasoning)>", re.DOTALL | re.IGNORECASE)
"""Templates that open the thought themselves leave only its end in the text."""
_TAG = re.compile(
    r"</?(?:title|label|summary|answer|response|output|request|subject|s|br|b|i|em|strong|dcp-[\w-]*)(?:\s[^<>]*)?/?>"
    r"|<\|[^|<>]*\|>|\[/?INST\]",
    re.IGNORECASE,
)
"""Of dialects and templates. Another one may be what the line is about."""
_LEAD = re.compile(
    r"\A(?:[#>*+\-•–—\s]+|\d{1,2}[.)]\s+"
    r"|(?:title|label|summary|subject|commit(?: message| subject)?|answer)\s*[:：]\s*)+",
    re.IGNORECASE,
)
_FENCE = re.compile(r"\s*(?:```|~~~)[\w+-]*\s*\Z")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"(\*\*|``?|~~|(?<!\w)\*)(?=\S)(.+?)(?<=\S)\1")
_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "„": "“", "«": "»", "»": "«", "「": "」", "`": "`"}
_CHATTER = re.compile(
    r"(?:sure|okay|certainly|of course|absolutely|great|thanks|thank you)\b|ok[,.!]|here(?:['’]s| is| are)\b",
    re.IGNORECASE,
)
_REFUSAL = re.compile(
    r"i['’]?m |i am |i can(?:not|['’]?t)? |i do(?:n['’]t| not) |i['’]ll "
    r"|i (?:will|would|have|need|understand)\b"
    r"|sorry\b|as an ai\b|unfortunately\b|please provide\b|the user\b|let me\b|let['’]s\b|no title\b"
    r"|(?:n/?a|none|untitled|title|unknown|null|error)\Z",
    re.IGNORECASE,
)
_LONGEST = 2
"""Times the wanted length; what is longer was not meant as a line."""
_LINES = 200
_LINE_CHARS = 1_000
"""Before its decoration is taken away. What is more or longer is not looked at: an endpoint may answer anything."""


def subject_line(answer: str, most: int) -> str | None:
    """At most `most` characters, cut at a word; without quotes, full stop, Markdown and what a screen cannot show."""
    for line in _without_thoughts(answer).strip()[: _LINES * _LINE_CHARS].splitlines()[:_LINES]:
        if len(line) > _LINE_CHARS:
            return None
        clean = _clean(line)
        if not clean or clean.endswith((":", "：")) or _CHATTER.match(clean) or _FENCE.match(line):
            continue  # an introduction, or a decoration
        if _REFUSAL.match(clean) or clean.startswith("{"):
            return None
        return _within(clean, most) if len(clean) <= most * _LONGEST else None
    return None


def _without_thoughts(text: str) -> str:
    return _HALF_A_THOUGHT.sub("", _THOUGHTS.sub("", text))


def _clean(line: str) -> str:
    line = _visible(_TAG.sub(" ", line))
    before = None
    while line != before:
        before = line
        line = _MARKS.sub(r"\2", _LINK.sub(r"\1", line))
        line = _LEAD.sub("", line).strip()
        if len(line) > 1 and _QUOTES.get(line[0]) == line[-1] and line[-1] not in line[1:-1]:
            line = line[1:-1].strip()
        if not line.endswith("..."):
            line = line.rstrip(".。* ")
    return _capitalised(line) if any(each.isalnum() for each in line) else ""


def _capitalised(line: str) -> str:
    """Unless its first word is a name as programs write them."""
    first = line.split(" ", 1)[0]
    return line[0].upper() + line[1:] if first.isalpha() and first.islower() else line


def _visible(line: str) -> str:
    """One line; without control characters and those that turn a text around or hide in it."""
    kept = (" " if unicodedata.category(each) in ("Cc", "Zl", "Zp") else each for each in line)
    shown = "".join(each for each in kept if unicodedata.category(each) not in ("Cf", "Cs", "Co", "Cn"))
    return " ".join(shown.split())


def _within(line: str, most: int) -> str | None:
    if len(line) <= most:
        return line
    head = line[: most + 1]
    cut = head.rsplit(" ", 1)[0] if " " in head[most // 2 :] else head[:most]
    return cut.rstrip(" ,;:-–—.") or None

"""Globs as people write them for paths: `*` and `?` within a part, `**` across parts, `[abc]`, `{a,b}`.

One without `/` is for the name alone, wherever the file lies; one with `/` is for the whole path from the folder on.
"""

import re
from functools import lru_cache

MAX_GLOB_CHARS = 500


class BadGlob(ValueError):
    """str() says what is wrong with it."""


@lru_cache(maxsize=64)
def path_glob(glob: str) -> re.Pattern[str]:
    """To be matched against a whole relative path (`fullmatch`). Raises BadGlob."""
    if not glob or len(glob) > MAX_GLOB_CHARS:
        raise BadGlob(f"a glob has 1 to {MAX_GLOB_CHARS} characters")
    plain = glob.removeprefix("./").removeprefix("/")
    anywhere = "/" not in plain.rstrip("/") and not glob.startswith("/")
    if plain.endswith("/"):
        plain += "**"
    translated = _translated(plain)
    return re.compile(f"(?s:(?:.*/)?{translated})" if anywhere else f"(?s:{translated})")


def _translated(glob: str) -> str:
    out, at, braces = list[str](), 0, 0
    while at < len(glob):
        char = glob[at]
        if glob.startswith("**", at):
            if glob.startswith("**/", at):
                out.append("(?:.*/)?")
                at += 3
            else:
                out.append(".*")
                at += 2
            continue
        if char == "[":
            piece, at = _set(glob, at)
            out.append(piece)
            continue
        if char == "{":
            braces += 1
            out.append("(?:")
        elif char == "}" and braces:
            braces -= 1
            out.append(")")
        elif char == "," and braces:
            out.append("|")
        elif char == "\\" and at + 1 < len(glob):
            at += 1
            out.append(re.escape(glob[at]))
        else:
            out.append({"*": "[^/]*", "?": "[^/]"}.get(char) or re.escape(char))
        at += 1
    if braces:
        raise BadGlob("a { is never closed")
    return "".join(out)


def _set(glob: str, at: int) -> tuple[str, int]:
    """A set of characters, and where it ends; a `[` that is never closed stands for itself."""
    begin = at + 1
    negated = glob.startswith(("!", "^"), begin)
    first = begin + negated
    end = glob.find("]", first + 1)
    if end < 0:
        return re.escape("["), at + 1
    inner = re.sub(r"([\\\[\]&~|^])", r"\\\1", glob[first:end])
    piece = f"(?!/)[{'^' if negated else ''}{inner}]"
    try:
        re.compile(piece)
    except re.error as error:
        raise BadGlob(f"{glob[at : end + 1]}: {error}") from error
    return piece, end + 1

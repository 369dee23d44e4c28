"""Globs as people write them for paths: `*` and `?` within a part, `**` across parts, `[abc]`, `{a,b}`.

One without `/` is for the name alone, wherever the file lies; one with `/` is for the whole path from the folder on.

What is between two stars is taken at the first place where it fits, for good (an atomic group): a later one would fit
no better, and trying them all takes for ever.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

MAX_GLOB_CHARS = 500
MOST_READINGS = 100
"""Of one glob, by its braces."""
_STAR, _DEEP, _FOLDERS = "*", "**", "**/"
_SLASH = "/"
_GAPS = {"": "{}", _DEEP: "(?>.*?{})", _FOLDERS: "(?>(?:.*?/)??{})"}


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
        plain += _DEEP
    begin = [_FOLDERS] if anywhere else []
    readings = (_regex(_simple([*begin, *tokens])) for tokens in _readings(plain))
    return re.compile(f"(?s:{'|'.join(readings)})")


def _readings(glob: str) -> list[list[str]]:
    """What its braces make of it: of each reading the stars, and regular expressions of one character."""
    readings: list[list[str]] = [[]]
    open_braces: list[tuple[list[list[str]], list[list[str]]]] = []
    for read in _tokens(glob):
        if read == "{":
            open_braces.append((readings, []))
            readings = [[]]
        elif read in ("}", ",") and open_braces:
            before, others = open_braces[-1]
            others += readings
            readings = [[]]
            if read == "}":
                open_braces.pop()
                if len(before) * len(others) > MOST_READINGS:
                    raise BadGlob(f"its braces stand for more than {MOST_READINGS} globs")
                readings = [[*begin, *inner] for begin in before for inner in others]
        else:
            piece = re.escape(read) if read in ("}", ",") else read
            readings = [[*each, piece] for each in readings]
    if open_braces:
        raise BadGlob("a { is never closed")
    return readings


def _tokens(glob: str) -> Iterator[str]:
    at = 0
    while at < len(glob):
        char = glob[at]
        if char == "[":
            piece, at = _set(glob, at)
            yield piece
            continue
        stars = next((each for each in (_FOLDERS, _DEEP, _STAR) if glob.startswith(each, at)), "")
        if char == "\\" and at + 1 < len(glob):
            at += 1
            yield re.escape(glob[at])
        elif char in "{},/" or stars:
            yield stars or char
        else:
            yield "[^/]" if char == "?" else re.escape(char)
        at += len(stars) or 1


def _simple(tokens: Sequence[str]) -> list[str]:
    """The same with no star beside another; `**/` only where a part begins, elsewhere it is `**` and a slash."""
    out: list[str] = []
    for token in tokens:
        last = out[-1] if out else _SLASH
        if (last == _DEEP and token in (_STAR, _DEEP)) or token == last == _FOLDERS:
            continue
        if last == _DEEP and token == _FOLDERS:
            out.append(_SLASH)
        elif token == _DEEP and last in (_STAR, _FOLDERS):
            out[-1] = _DEEP
        elif token == _FOLDERS and last == _STAR:
            out[-1:] = [_DEEP, _SLASH]
        elif token == _FOLDERS and last != _SLASH:
            out += [_DEEP, _SLASH]
        else:
            out.append(token)
    return out


def _regex(tokens: Sequence[str]) -> str:
    runs: list[tuple[str, list[str]]] = [("", [""])]
    """What lies before it, and its pieces between single stars."""
    for token in tokens:
        if token in (_DEEP, _FOLDERS):
            runs.append((token, [""]))
        elif token == _STAR:
            runs[-1][1].append("")
        else:
            runs[-1][1][-1] += token
    runs[-1][1][-1] += r"\Z"
    return "".join(
        _GAPS[gap].format(first + "".join(f"(?>[^/]*?{piece})" for piece in more))
        for gap, (first, *more) in runs
    )


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

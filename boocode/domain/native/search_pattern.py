"""What may be searched for: regular expressions that mean the same to ripgrep and to Python, or a plain text.

no regular expression at all           → searched for as it stands, and said so
looking around, references back, …     → refused: ripgrep has none of them
ripgrep's own                          → refused: Python reads something else in them
"""

import re
import warnings

from attrs import frozen

MAX_PATTERN_CHARS = 1_000
_FOREIGN = (
    (re.compile(r"\(\?(?:=|!|<=|<!)"), "looking ahead or behind"),
    (re.compile(r"\(\?P=|\\[1-9]"), "references to groups"),
    (re.compile(r"\(\?(?:\(|>)|[*+?}]\+"), "conditions, atomic groups and possessive repeats"),
    (re.compile(r"\(\?#"), "comments in the pattern"),
    (re.compile(r"\\[pPzZAGKRX]|\\[xuU]\{|\\b\{"), "classes and anchors like \\p{…}, \\A and \\z"),
    (re.compile(r"\(\?[aLuxsmUR-]*[aLuxUR]"), "flags other than i, m and s"),
)


class BadPattern(ValueError):
    """str() tells the model what to write instead."""


@frozen
class Pattern:
    text: str
    is_plain: bool
    """Found as it stands, not as a regular expression."""
    ignores_case: bool
    note: str = ""
    """What was made of it that was not asked for."""


def search_pattern(text: str, *, plain: bool, ignores_case: bool) -> Pattern:
    """Raises BadPattern."""
    if not text:
        raise BadPattern("The pattern is empty. Give what is to be found.")
    if len(text) > MAX_PATTERN_CHARS:
        raise BadPattern(
            f"The pattern has {len(text):,} characters; at most {MAX_PATTERN_CHARS} are searched for."
        )
    if "\n" in text or "\0" in text or any("\ud800" <= each <= "\udfff" for each in text):
        raise BadPattern(
            "A pattern is for one line of text: it holds no line break and no NUL. Search for one line of it."
        )
    if plain:
        return Pattern(text, True, ignores_case)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)
            re.compile(text)
    except FutureWarning:
        raise BadPattern(
            "The pattern has a set within a set, like [[:alpha:]] or [a&&b], which cannot be searched for here. "
            "Write the characters one by one, and \\[ for a bracket."
        ) from None
    except (re.error, RecursionError, OverflowError) as error:
        note = f"This is no regular expression ({error}); it was searched for as plain text."
        return Pattern(text, True, ignores_case, note)
    bare = re.sub(r"\\\\", "", text)
    for foreign, what in _FOREIGN:
        if foreign.search(bare):
            raise BadPattern(
                f"The pattern uses {what}, which cannot be searched for here. Write it without, or search for a part."
            )
    if re.search(r"\\n|\\r", bare):
        raise BadPattern(
            "The search looks at one line at a time: a pattern with \\n finds nothing. Search for one line of it."
        )
    return Pattern(text, False, ignores_case)

"""One row of the applier's table: a file, an edit, and what has to come of it."""

from collections.abc import Sequence

from attrs import frozen

from boocode.domain.patching import Applied, Code, Edit, Refused, Tier, apply_edits


@frozen
class Case:
    name: str
    content: bytes | None
    edits: tuple[Edit, ...]
    result: bytes | None
    """None: refused."""
    tier: Tier | None = None
    lines: tuple[int, int] | None = None
    """Not looked at when None."""
    code: Code | None = None
    says: str = ""
    """What the hint must contain."""

    def outcome(self) -> Applied | Refused:
        return apply_edits(self.content, self.edits)

    def check(self) -> None:
        outcome = self.outcome()
        if isinstance(outcome, Refused):
            assert self.code == outcome.code, outcome
            assert self.says in outcome.hint
        else:
            assert self.result == outcome.content, outcome
            assert self.tier == outcome.tier
            assert self.lines in (None, outcome.lines)
            assert (outcome.score == 1.0) or (self.tier == "fuzzy" and 0.66 <= outcome.score < 1.0)


def applies(
    name: str,
    content: str | bytes,
    old: str,
    new: str,
    result: str | bytes,
    tier: Tier,
    *,
    lines: tuple[int, int] | None = None,
    replace_all: bool = False,
) -> Case:
    edits = (Edit(old, new, replace_all),)
    return Case(name, _bytes(content), edits, _bytes(result), tier, lines)


def refuses(
    name: str,
    content: str | bytes | None,
    old: str,
    new: str,
    code: Code,
    *,
    replace_all: bool = False,
    says: str = "",
) -> Case:
    there = None if content is None else _bytes(content)
    return Case(name, there, (Edit(old, new, replace_all),), None, code=code, says=says)


def batch(
    name: str,
    content: str | bytes,
    edits: Sequence[Edit],
    result: str | bytes | None = None,
    tier: Tier | None = None,
    *,
    lines: tuple[int, int] | None = None,
    code: Code | None = None,
    says: str = "",
) -> Case:
    after = None if result is None else _bytes(result)
    return Case(name, _bytes(content), tuple(edits), after, tier, lines, code, says)


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()

"""Instructions of a project: what its AGENTS.md and CLAUDE.md say to agents, put together and bounded.

Those of the root are given whole, as far as they fit; of those in folders below only the paths, for the model to
read when it works there. They are text and nothing more: a repository configures no agent.
"""

from collections.abc import Sequence

from attrs import frozen

INSTRUCTION_FILES = ("AGENTS.md", "CLAUDE.md")
MOST_CHARS = 24_000
LEAST_CHARS = 2_000
MOST_BELOW = 20


@frozen
class InstructionText:
    path: str
    """From the root of the project, for example `AGENTS.md`."""
    text: str


def room(context_tokens: int | None) -> int:
    """How many characters instructions may have: one for each token of the window, about a quarter of it."""
    return min(MOST_CHARS, max(LEAST_CHARS, context_tokens or MOST_CHARS))


def put_together(
    texts: Sequence[InstructionText], below: Sequence[str], most_chars: int
) -> tuple[str, tuple[str, ...]]:
    """One text, and warnings for people. `below`: paths of further ones in folders."""
    pieces: list[str] = []
    warnings: list[str] = []
    left = most_chars
    for each in _said_once(texts):
        text = each.text.strip()
        if len(text) > left:
            warnings.append(
                f"{each.path} has {len(text)} characters; the agent is given the first {left} and told to read "
                "the rest itself."
            )
            text = f"{text[:left].rstrip()}\n(cut here; the rest is in {each.path})"
        left = max(0, left - len(text))
        pieces.append(f"## {each.path}\n\n{text}")
    if below:
        paths = "\n".join(f"- {path}" for path in below[:MOST_BELOW])
        pieces.append(f"## In folders\n\nRead the one of a folder before you work in it:\n{paths}")
    return "\n\n".join(pieces), tuple(warnings)


def _said_once(texts: Sequence[InstructionText]) -> list[InstructionText]:
    """Without those that say what another says already: copies, links, and a lone `@AGENTS.md`."""
    found: list[InstructionText] = []
    others = {f"@{each.path}" for each in texts}
    for each in texts:
        text = each.text.strip()
        if text and text not in others and all(text != other.text.strip() for other in found):
            found.append(each)
    return found

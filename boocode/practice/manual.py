"""What the practice agent says about itself."""

VERSION = "1.0.0"

COMMANDS: tuple[tuple[str, str, str | None], ...] = (
    ("help", "What this agent understands", None),
    ("list", "List the files of the working folder", "folder"),
    ("count", "Stream numbers: /count 20 slowly", "N [fast | slowly | slowly for 10 s]"),
    ("think", "Show some reasoning", "about what"),
    ("recall", "How many of your turns this conversation holds", None),
)

EXAMPLES = """\
- `create hello.py that prints hello`
- `create notes.txt with the text remember the milk`
- `edit hello.py replacing hello with goodbye`
- `append one more line to notes.txt`
- `rename notes.txt to todo.txt`, `delete todo.txt`
- `read hello.py`, `list`
- `run python3 hello.py` (I ask you first)
- `plan a parser, its tests and a page of documentation`
- `think about names`, `say 200 words slowly`, `count to 20 slowly for 10 s`
- several of them joined by *then*: `create a.py that prints hi then run python3 a.py`
"""

HELP = f"""\
I am the practice agent that comes with BooCode. There is no model behind me: I understand a few plain \
sentences, so that you can try everything without a key and without a network. I work in this session's own \
worktree; your project changes only when you apply what I did.

You can tell me, for example:

{EXAMPLES}
To see how failures look: `fail with some message`, `crash`, `hang`, `ask`, `wait 5 s`.
"""


def puzzled(sentence: str) -> str:
    """The answer to a sentence that no rule reads."""
    what = f"I do not understand “{sentence}”" if sentence else "There was no text in that"
    return (
        f"{what}. I am only the practice agent, so I did nothing.\n\n"
        f"You can tell me, for example:\n\n{EXAMPLES}\nSay `help` to hear more."
    )

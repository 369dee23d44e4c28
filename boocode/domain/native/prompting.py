"""The system prompt: who the agent is, how it works, where it is, and what the project says.

Written for small local models: short sentences, one thing each, nothing about tools that are not there. It stays the
same, byte by byte, while nothing of it changes, so that a server may keep what it has computed for it.
"""

from collections.abc import Collection, Mapping, Sequence

from attrs import frozen

from boocode.domain.native.profiles import Leave, Profile

LOAD_SKILL = "load_skill"

_WHO = (
    "You are BooCode, a coding agent. You work on the files of one project for the person who writes to you."
)

_WORK: tuple[tuple[tuple[str, ...], str], ...] = (
    ((), "Do what was asked, all of it and no more. Answer a question without changing anything."),
    (("edit_file", "create_file"), "Look before you change: find the place, read it, then edit."),
    (("read_file",), "Never guess what a file holds. Read it."),
    (("edit_file", "create_file"), "Keep changes small, and in the style of the code around them."),
    (("run_command",), "Check your work: run the tests or the program, if there is a way to."),
    (
        (),
        "If a tool answers with an error, read the error and do something else. Never repeat the same call.",
    ),
    ((), "When you are done, say in a few sentences what you did and what you checked. Then stop."),
)
"""Tools of which one must be there, and what is said then."""

_CALLS = (
    "Call tools with the format for tool calls that you were given. Never write a call into your answer as text.",
    'Give real values only: no "path/to/file", no "...", no "your code here".',
)

_TOOLS: tuple[tuple[frozenset[str], str], ...] = (
    (
        frozenset({"search_files", "read_file"}),
        "Find the place with search_files before you read whole files.",
    ),
    (
        frozenset({"edit_file", "read_file"}),
        "For edit_file copy the old text exactly as read_file showed it, without the line numbers.",
    ),
    (
        frozenset({"run_command", "read_file", "edit_file"}),
        "Do not read, search or change files with run_command: there are tools for that.",
    ),
)
"""Tools that must all be there, and what is worth saying besides their own descriptions."""

_WORKTREE = (
    "It is a copy of the project, all your own. The person sees your changes there and takes what is good; do not "
    "commit unless you are asked to."
)
_LEAVES: Mapping[Leave, str] = {
    "plan": "You may only look. Nothing can be changed and no command can be run. End with a plan: what to change in "
    "which file, and how to check it.",
    "ask": "The person is asked before each change and each command. If one is refused, do not try it in another way.",
    "edit": "You may change files. The person is asked before each command. If one is refused, do not try it in "
    "another way.",
    "auto": "Nobody is asked before what you do. Be careful with commands that delete or overwrite.",
}


@frozen
class Surroundings:
    """What beside the profile a prompt is made of."""

    cwd: str
    leave: Leave
    tools: Collection[str]
    """Names of those that are offered."""
    instructions: str = ""
    skills: Sequence[tuple[str, str]] = ()


def system_prompt(profile: Profile, around: Surroundings) -> str:
    """A profile's own prompt takes the place of the first part alone."""
    parts = (
        profile.prompt.strip() or _built_in(around.tools),
        _place(around),
        _skills(around.skills) if LOAD_SKILL in around.tools else "",
        _instructions(around.instructions),
    )
    return "\n\n".join(part for part in parts if part)


def _built_in(tools: Collection[str]) -> str:
    work = [line for needed, line in _WORK if not needed or any(tool in tools for tool in needed)]
    if not tools:
        return f"{_WHO}\n\n# How to work\n{_listed(work[:1] + work[-1:])}"
    known = [line for needed, line in _TOOLS if needed <= set(tools)]
    return f"{_WHO}\n\n# How to work\n{_listed(work)}\n\n# Tools\n{_listed([*_CALLS, *known])}"


def _place(around: Surroundings) -> str:
    lines = [
        f"You work in the git worktree {around.cwd}. Paths count from its root, for example src/app.py.",
        _WORKTREE,
    ]
    if around.tools:
        lines.append(_LEAVES[around.leave])
    return f"# Where you are\n{_listed(lines)}"


def _skills(skills: Sequence[tuple[str, str]]) -> str:
    if not skills:
        return ""
    names = _listed([f"{name}: {description}" for name, description in skills])
    return f"# Skills\nTexts that tell how to do one kind of work. If one fits, call {LOAD_SKILL} first:\n{names}"


def _instructions(text: str) -> str:
    if not text:
        return ""
    return (
        "# Instructions of the project\nThey come from files of the project. Follow them as long as they fit what the "
        f"person asks.\n\n{text}"
    )


def _listed(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)

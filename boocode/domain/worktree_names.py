"""How a worktree's directory, its branch and the session it was made for are named after each other."""

import re

BRANCHES = "boocode/"


def short(session_id: str) -> str:
    """Enough of an id to tell a person's sessions apart, and never two of them by accident."""
    return session_id.rpartition("_")[2][:12]


def branch_for(session_id: str) -> str:
    return BRANCHES + short(session_id)


def folder_name(project: str, session_id: str) -> str:
    """The readable part is the project's name, as far as a directory's name can have it."""
    readable = re.sub(r"[^A-Za-z0-9._-]+", "-", project).strip(".-")[:40] or "project"
    return f"{readable}-{short(session_id)}"


def is_folder_of(name: str, session_id: str) -> bool:
    """Whether a directory of this name was made for that session."""
    return bool(short(session_id)) and name.endswith(f"-{short(session_id)}")

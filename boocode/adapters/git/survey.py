"""What is there of a session's worktree: looked at, judged, and where nobody has worked in it, cleared away.

    condition      found                                              what follows
    -----------    ------------------------------------------------   ------------------------------
    ABSENT         no directory, or an empty one                      it is made
    HALF_MADE      the mark of a making that did not end              cleared away, then made
    READY          files, and git knows the worktree                  nothing
    UNREGISTERED   files of ours, but git forgot them (pruned)        made known to git again
    STRANGE        files that are not ours                            refused

Only HALF_MADE deletes files: nobody was let into that worktree yet. Plain calls, for a thread.
"""

import os
from enum import Enum

from attrs import frozen

from boocode.adapters.git.registration import find_registration, forget_registration, remove_tree
from boocode.adapters.git.repository import Located
from boocode.adapters.git.shadow import Shadow


class Condition(Enum):
    ABSENT = "absent"
    HALF_MADE = "half made"
    READY = "ready"
    UNREGISTERED = "unregistered"
    STRANGE = "strange"


@frozen
class Survey:
    condition: Condition
    registration: str | None
    """Git's own directory for the worktree: `.git/worktrees/NAME`."""


def survey(located: Located, shadow: Shadow) -> Survey:
    registration = find_registration(located, shadow.worktree)
    return Survey(_condition(registration, shadow), registration)


def _condition(registration: str | None, shadow: Shadow) -> Condition:
    if shadow.is_half_made():
        return Condition.HALF_MADE
    if not os.path.isdir(shadow.worktree) or not os.listdir(shadow.worktree):
        return Condition.ABSENT
    if registration is not None:
        return Condition.READY
    # A directory `.git` is a repository that somebody made there: not ours to replace.
    if shadow.exists() and not os.path.isdir(os.path.join(shadow.worktree, ".git")):
        return Condition.UNREGISTERED
    return Condition.STRANGE


def clear_away(located: Located, shadow: Shadow) -> None:
    """Removes the worktree's files, git's registration of it and the shadow, in an order that can be repeated."""
    remove_tree(shadow.worktree)
    forget_registration(find_registration(located, shadow.worktree))
    shadow.remove()

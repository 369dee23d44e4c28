"""Repositories, worktrees and changes, on real git."""

from boocode.adapters.git.checkpoints import GitCheckpoints
from boocode.adapters.git.orphans import GitOrphans
from boocode.adapters.git.program import GitProgram
from boocode.adapters.git.workspaces import GitWorkspaces

__all__ = ["GitCheckpoints", "GitOrphans", "GitProgram", "GitWorkspaces"]

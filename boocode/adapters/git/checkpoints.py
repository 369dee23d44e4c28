"""Checkpoints of worktrees, as commits of the project's repository."""

from boocode.adapters.git.program import GitProgram


class GitCheckpoints:
    """Implements `boocode.ports.checkpoints.CheckpointGit`."""

    def __init__(self, program: GitProgram | None = None) -> None:
        self._program = GitProgram() if program is None else program

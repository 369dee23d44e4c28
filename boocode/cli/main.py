"""The `boocode` command."""

import click

from boocode.cli.changes import apply, diff, reject, rewind
from boocode.cli.checkpoints import checkpoints, restore
from boocode.cli.doctor import doctor
from boocode.cli.export import export
from boocode.cli.inbox import inbox
from boocode.cli.listing import ls, providers
from boocode.cli.output import survive_any_encoding
from boocode.cli.projects import project
from boocode.cli.queue import queue
from boocode.cli.serve import serve
from boocode.cli.tree import tree
from boocode.cli.turns import attach, cancel, run, send
from boocode.cli.worktrees import stash, worktrees
from boocode.version import __version__


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="BooCode")
def main() -> None:
    """BooCode runs coding agents on your machine: supervised, visible, nothing lost."""
    survive_any_encoding()


_WORK = (serve, run, ls, attach, send, cancel, queue, inbox, export)
_CHANGES = (diff, apply, reject, rewind, checkpoints, restore, worktrees, stash)
_SETTINGS = (project, providers, tree, doctor)

for _command in (*_WORK, *_CHANGES, *_SETTINGS):
    main.add_command(_command)

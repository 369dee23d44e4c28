"""The `boocode` command."""

import click

from boocode.cli.changes import apply, diff
from boocode.cli.doctor import doctor
from boocode.cli.listing import inbox, ls, providers
from boocode.cli.serve import serve
from boocode.cli.tree import tree
from boocode.cli.turns import attach, cancel, run, send
from boocode.version import __version__


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="BooCode")
def main() -> None:
    """BooCode runs coding agents on your machine: supervised, visible, nothing lost."""


for _command in (serve, run, ls, attach, send, cancel, diff, apply, inbox, providers, tree, doctor):
    main.add_command(_command)

"""The `boocode` command."""

from importlib import import_module
from typing import Final

import click

from boocode.cli.output import survive_any_encoding
from boocode.generated_sources import keep_no_generated_sources
from boocode.version import __version__

_COMMANDS: Final = {
    "serve": ("serve",),
    "turns": ("attach", "cancel", "run", "send"),
    "listing": ("ls", "providers"),
    "queue": ("queue",),
    "inbox": ("inbox",),
    "export": ("export",),
    "changes": ("apply", "diff", "reject", "rewind"),
    "checkpoints": ("checkpoints", "restore"),
    "worktrees": ("stash", "worktrees"),
    "projects": ("project",),
    "tree": ("tree",),
    "doctor": ("doctor",),
}
"""By the module of this package that has them."""
_MODULES: Final = {name: module for module, names in _COMMANDS.items() for name in names}


class _Commands(click.Group):
    """Imports what the command needs that is asked for: a server does without what the others want."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return sorted(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _MODULES:
            return None
        keep_no_generated_sources()
        command: click.Command = getattr(import_module(f"{__package__}.{_MODULES[cmd_name]}"), cmd_name)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="BooCode")
def main() -> None:
    """BooCode runs coding agents on your machine: supervised, visible, nothing lost."""
    survive_any_encoding()

"""What ends a command with words instead of a traceback, and the exit codes that scripts can rely on."""

from typing import ClassVar

import click

OK = 0
FAILED = 1
USAGE = 2
UNREACHABLE = 3
CONFLICT = 4
CANCELLED = 130


class CommandError(click.ClickException):
    """Ends the command: the message goes to stderr, `exit_code` to the caller."""

    exit_code: ClassVar[int] = FAILED


class Unreachable(CommandError):
    """No server answers."""

    exit_code: ClassVar[int] = UNREACHABLE


class Left(CommandError):
    """The person left with a second Ctrl-C."""

    exit_code: ClassVar[int] = CANCELLED


class ApiError(CommandError):
    """The server refused; carries the problem's `code` and HTTP status."""

    def __init__(self, status: int, code: str, title: str, detail: str) -> None:
        super().__init__(detail or title or f"The server answered {status}.")
        self.status = status
        self.code = code


class ApiConflict(ApiError):
    """The server refused because something else happened first (409)."""

    exit_code: ClassVar[int] = CONFLICT

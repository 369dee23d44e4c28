"""What ends a command with words instead of a traceback, and the exit codes that scripts can rely on."""

import click

OK = 0
FAILED = 1
USAGE = 2
UNREACHABLE = 3
CONFLICT = 4
CANCELLED = 130


class CommandError(click.ClickException):
    """Ends the command: the message goes to stderr, `exit_code` to the caller."""

    def __init__(self, message: str, exit_code: int = FAILED) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class ApiError(CommandError):
    """The server refused; carries the problem's `code` and HTTP status."""

    def __init__(self, status: int, code: str, title: str, detail: str) -> None:
        words = detail if not title or title in detail else f"{title}: {detail}"
        super().__init__(words or f"The server answered {status}.", CONFLICT if status == 409 else FAILED)
        self.status = status
        self.code = code

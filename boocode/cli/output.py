"""Tables, JSON and text of others on a terminal."""

import json
import re
import sys
from collections.abc import Sequence
from io import TextIOWrapper

import click

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""What could end a line or steer a terminal, the tab excepted."""


def print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as their widest cell; the last one runs free."""
    widths = [max(len(cell) for cell in column) for column in zip(head, *rows, strict=True)]
    click.secho(_line(head, widths), bold=True)
    for row in rows:
        click.echo(_line(row, widths))


def plain(text: str) -> str:
    """Text that an agent may have chosen, such as the name of a file, as one line that a terminal only shows."""
    return _CONTROL.sub(lambda found: found.group().encode("unicode_escape").decode(), text)


def plain_lines(text: str) -> str:
    """The same for a text of several lines."""
    return "\n".join(plain(line) for line in text.replace("\r\n", "\n").split("\n"))


def survive_any_encoding() -> None:
    """A character that the terminal's encoding does not have is written as its escape; it ends no command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [cell.ljust(width) for cell, width in zip(cells[:-1], widths[:-1], strict=True)]
    return "  ".join([*padded, cells[-1]]).rstrip()

"""Pending changes in words: one change with its numbered hunks, and what became of some."""

import sys
from collections.abc import Iterator, Sequence

import click

from boocode.cli.client import Json
from boocode.cli.output import plain

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}
_TIERS = {
    "trim": "found by its lines without the blanks around them",
    "canon": "found by its lines in plain characters",
    "fuzzy": "found by lines like its own",
}
BASE_CHANGED = "The file has changed in the project since. Applied, it is matched on the lines of today."


def print_change(change: Json) -> None:
    """The whole change, its hunks numbered as `--hunk` takes them."""
    counts = f"+{change['additions']} -{change['deletions']}"
    click.secho(f"{change['op']} {name_of(change)}  {counts}  {change['id']}", bold=True)
    notes = [change["state"], *([f"by {change['agent']}"] if change["agent"] else []), *_how_found(change)]
    if notes != ["pending"]:
        click.echo(f"({', '.join(notes)})")
    if change["error"]:
        click.secho(plain(change["error"]), fg="yellow")
    elif change["base_changed"]:
        click.secho(BASE_CHANGED, fg="yellow")
    if change["binary"]:
        click.echo("(binary)")
    for line in diff_lines(change["diff"]):
        click.secho(line, fg=_COLOURS.get(line[:1]))
    click.echo()
    sys.stdout.flush()


def diff_lines(diff: str) -> Iterator[str]:
    """The diff's lines, fit for a terminal; where there are several hunks each has its number above it."""
    lines = diff.removesuffix("\n").split("\n") if diff else []
    several = sum(line.startswith("@@ ") for line in lines) > 1
    number = 0
    for line in lines:
        if several and line.startswith("@@ "):
            number += 1
            yield f"@ hunk {number}"
        yield plain(line)


def name_of(change: Json) -> str:
    """The path, or the old and the new one."""
    if change["old_path"] in (None, change["path"]):
        return plain(change["path"])
    return f"{plain(change['old_path'])} → {plain(change['path'])}"


def say_outcome(changes: Sequence[Json], *, dry_run: bool = False) -> None:
    """A line a change on stderr: its state now, or the one it would have."""
    for change in changes:
        state = "would be " * dry_run + change["state"] if change["state"] != "pending" else "still waits"
        how = "".join(f" ({words})" for words in _how_found(change))
        click.echo(f"{state}: {change['op']} {name_of(change)}{how}", err=True)


def _how_found(change: Json) -> list[str]:
    """Nothing for lines that were found as they are."""
    words = _TIERS.get(change["tier"] or "")
    if words is None:
        return []
    score = change["score"]
    return [words if score is None or score >= 1 else f"{words}, {score:.0%} alike"]

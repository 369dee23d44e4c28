"""Commands about pending changes: `diff`, `apply`, `reject`."""

import json
import sys

import click

from boocode.cli.client import Client, Json, connected, path_of
from boocode.cli.errors import CommandError
from boocode.cli.lookup import session_of
from boocode.cli.output import print_json
from boocode.cli.running import run_async

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


@click.command()
@click.argument("id_")
@click.option("--json", "as_json", is_flag=True)
def diff(id_: str, as_json: bool) -> None:
    """Show the changes that wait for you. ID is a session, chat or task."""

    async def go() -> None:
        async with connected() as client:
            pending = await client.get(path_of("sessions", await session_of(client, id_), "pending"))
        if as_json:
            print_json(pending)
            return
        if not pending:
            click.echo("No changes wait.", err=True)
        for change in pending:
            _show(change)

    run_async(go)


@click.command()
@click.argument("id_")
@click.option("--json", "as_json", is_flag=True)
def apply(id_: str, as_json: bool) -> None:
    """Apply the changes that wait to the project. ID is a session, chat or task. Exits 4 on a conflict."""

    async def go() -> None:
        async with connected() as client:
            await apply_pending(client, await session_of(client, id_), as_json)

    run_async(go)


async def apply_pending(client: Client, session_id: str, as_json: bool) -> None:
    """Applies all of the session's pending changes and says which. Raises ApiError (409) on a conflict."""
    changes = await client.post(path_of("sessions", session_id, "pending", "apply"))
    if as_json:
        click.echo(json.dumps({"type": "applied", "changes": changes}, ensure_ascii=False))
        return
    failed = [change for change in changes if change["state"] != "applied"]
    for change in changes:
        click.echo(f"{change['state']}: {change['op']} {change['path']}", err=True)
    if not changes:
        click.echo("There was nothing to apply.", err=True)
    if failed:
        raise CommandError(f"{len(failed)} of {len(changes)} changes were not applied.")


def _show(change: Json) -> None:
    name = change["path"] if not change["old_path"] else f"{change['old_path']} → {change['path']}"
    click.secho(f"{change['op']} {name}  +{change['additions']} -{change['deletions']}", bold=True)
    if change["binary"]:
        click.echo("(binary)")
    for line in change["diff"].splitlines():
        click.secho(line, fg=_COLOURS.get(line[:1]))
    click.echo()
    sys.stdout.flush()

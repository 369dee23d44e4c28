"""Settings of projects: `project` lists them, `project policy` says what agents may do without asking."""

import os
from typing import get_args

import click

from boocode.cli.client import Client, Json, connected, path_of
from boocode.cli.errors import CommandError
from boocode.cli.output import print_json, print_table
from boocode.cli.running import run_async
from boocode.contracts.resources import PermissionPolicy


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def project(context: click.Context, as_json: bool) -> None:
    """List the projects and what agents may do in them without asking."""
    if context.invoked_subcommand is not None:
        return

    async def go() -> list[Json]:
        async with connected() as client:
            return [each async for each in client.pages("/api/projects")]

    projects = run_async(go)
    if as_json:
        print_json(projects)
    elif not projects:
        click.echo("No project yet: boocode run in a git repository makes one.")
    else:
        rows = [(p["id"], p["name"], p["permission_policy"], p["path"]) for p in projects]
        print_table(("PROJECT", "NAME", "POLICY", "PATH"), rows)


@project.command()
@click.argument("name", metavar="PROJECT")
@click.argument("policy", type=click.Choice(get_args(PermissionPolicy)), required=False)
def policy(name: str, policy: str | None) -> None:
    """Show or set what agents may do in PROJECT (an id, a name or a path) without asking.

    ask: nothing. allow_reads: read and search inside the session's worktree. allow_worktree: also change files
    inside it. Commands are always asked about, because a command can reach anywhere. No policy ever denies.
    """

    path = os.path.realpath(name)

    async def go() -> Json:
        async with connected() as client:
            found = await _project(client, name, path)
            if policy is None:
                return found
            changed: Json = await client.patch(
                path_of("projects", found["id"]), {"permission_policy": policy}
            )
            return changed

    found = run_async(go)
    click.echo(f"{found['name']}: {found['permission_policy']}")


async def _project(client: Client, name: str, path: str) -> Json:
    """By id or name, else by its path."""
    projects = [each async for each in client.pages("/api/projects")]
    same = [each for each in projects if name in (each["id"], each["name"])]
    same = same or [each for each in projects if each["path"] == path]
    if len(same) == 1:
        return same[0]
    if same:
        raise CommandError(f"Several projects are called '{name}'; name one by its id: boocode project.")
    raise CommandError(f"There is no project '{name}'. boocode project shows what there is.")

"""Worktrees: `worktrees` lists them, also those whose session is gone; `stash` puts aside what is in one."""

import shlex

import click

from boocode.cli.client import Json, connected, path_of
from boocode.cli.lookup import session_of
from boocode.cli.output import plain, print_json, print_table
from boocode.cli.running import run_async


@click.command()
@click.option(
    "--all", "all_", is_flag=True, help="Also those that were removed, with the ref that keeps them."
)
@click.option("--json", "as_json", is_flag=True)
def worktrees(all_: bool, as_json: bool) -> None:
    """List the worktrees, also those whose session was deleted, and why they are kept."""

    async def go() -> list[Json]:
        async with connected() as client:
            found: list[Json] = await client.get("/api/worktrees", removed=str(all_).lower())
            return found

    found = run_async(go)
    if as_json:
        print_json(found)
    elif not found:
        click.echo("There are no worktrees: each session gets one with its first turn.", err=True)
    else:
        rows = [
            (each["session_id"] or "-", plain(each["branch"] or "-"), state_of(each), plain(each["path"]))
            for each in found
        ]
        print_table(("SESSION", "BRANCH", "STATE", "PATH"), rows)


@click.command()
@click.argument("id_", metavar="ID")
@click.option("--json", "as_json", is_flag=True)
def stash(id_: str, as_json: bool) -> None:
    """Keep all that is in the worktree by a git ref, then take its files back to its HEAD.

    ID is a session, chat or task. Exits 4 when an agent is at work.
    """

    async def go() -> Json:
        async with connected() as client:
            info: Json = await client.post(
                path_of("sessions", await session_of(client, id_), "worktree", "stash")
            )
            return info

    info = run_async(go)
    if as_json:
        print_json(info)
        return
    if info["stashed"] is None:
        click.echo("There was nothing to put aside.")
        return
    click.echo(f"Kept as {info['stashed']}. To have the files again:")
    click.echo(f"  git -C {shlex.quote(info['path'])} restore --source={info['stashed']} -- .")


def state_of(worktree: Json) -> str:
    """In a few words."""
    if worktree["removed_at"]:
        return f"removed, kept as {worktree['salvage_ref']}" if worktree["salvage_ref"] else "removed"
    if worktree["orphaned_at"] is None:
        return "in use"
    if worktree["kept_because"]:
        return plain(f"orphan, kept: {worktree['kept_because']}")
    return "orphan, removed at the next look" if worktree["condemned_at"] else "orphan, not looked at yet"

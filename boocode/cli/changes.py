"""Commands about pending changes: `diff`, `apply`, `reject`, `rewind`."""

import json
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import click

from boocode.cli.change_view import print_change, say_outcome
from boocode.cli.client import Client, Json, connected, path_of
from boocode.cli.errors import CommandError
from boocode.cli.lookup import session_of
from boocode.cli.output import print_json
from boocode.cli.running import run_async

Act = Callable[[Client, str], Awaitable[list[Json]]]

_CHANGES = click.argument("names", metavar="[CHANGE]...", nargs=-1)
_SOME_CHANGES = click.argument("names", metavar="CHANGE...", nargs=-1, required=True)
_HUNKS = click.option(
    "--hunk",
    "hunks",
    type=click.IntRange(1),
    multiple=True,
    help="Only this hunk of CHANGE, as `diff` numbers it.",
)
_DRY_RUN = click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
_JSON = click.option("--json", "as_json", is_flag=True)


@click.command()
@click.argument("id_", metavar="ID")
@click.option("--all", "all_", is_flag=True, help="Also changes that were decided on or superseded.")
@_JSON
def diff(id_: str, all_: bool, as_json: bool) -> None:
    """Show the changes that wait for you. ID is a session, chat or task."""

    async def go() -> list[Json]:
        async with connected() as client:
            return await _listed(client, await session_of(client, id_), "all" if all_ else "pending")

    changes = run_async(go)
    if as_json:
        print_json(changes)
        return
    if not changes:
        click.echo("There are no changes." if all_ else "No changes wait.", err=True)
    for change in changes:
        print_change(change)


@click.command()
@click.argument("id_", metavar="ID")
@_CHANGES
@_HUNKS
@_DRY_RUN
@_JSON
def apply(id_: str, names: tuple[str, ...], hunks: tuple[int, ...], dry_run: bool, as_json: bool) -> None:
    """Apply the changes that wait to the project: all of them, or each CHANGE (its id or path); all or none.

    ID is a session, chat or task. Exits 4 on a conflict.
    """
    _one_for_hunks(names, hunks)

    async def act(client: Client, session_id: str) -> list[Json]:
        if not names:
            return await _apply(client, session_id, None, dry_run)
        chosen = await _chosen(client, session_id, names, "pending")
        if not hunks:
            return await _apply(client, session_id, [change["id"] for change in chosen], dry_run)
        body = {"hunks": _counted_from_zero(hunks), "dry_run": dry_run}
        changes: list[Json] = await client.post(path_of("pending", chosen[0]["id"], "apply"), body)
        return changes

    _run(id_, act, "applied", as_json, dry_run)


@click.command()
@click.argument("id_", metavar="ID")
@_SOME_CHANGES
@_HUNKS
@_JSON
def reject(id_: str, names: tuple[str, ...], hunks: tuple[int, ...], as_json: bool) -> None:
    """Reject each CHANGE (its id or path): it waits no longer, and the worktree keeps its file as it is.

    ID is a session, chat or task. Exits 4 when it is no longer pending.
    """
    _one_for_hunks(names, hunks)
    body = {"hunks": _counted_from_zero(hunks)} if hunks else {}

    async def act(client: Client, session_id: str) -> list[Json]:
        changes: list[Json] = []
        for change in await _chosen(client, session_id, names, "pending"):
            changes += await client.post(path_of("pending", change["id"], "reject"), body)
        return changes

    _run(id_, act, "rejected", as_json)


@click.command()
@click.argument("id_", metavar="ID")
@_SOME_CHANGES
@_DRY_RUN
@_JSON
def rewind(id_: str, names: tuple[str, ...], dry_run: bool, as_json: bool) -> None:
    """Take each applied CHANGE (its id, or a path: the last one there) out of the project again.

    ID is a session, chat or task. Exits 4 when lines that were written since stand in the way.
    """

    async def act(client: Client, session_id: str) -> list[Json]:
        changes: list[Json] = []
        for change in reversed(await _chosen(client, session_id, names, "applied")):  # the last one first
            changes += await client.post(path_of("pending", change["id"], "rewind"), {"dry_run": dry_run})
        return changes

    _run(id_, act, "rewound", as_json, dry_run)


async def apply_pending(client: Client, session_id: str, as_json: bool) -> None:
    """Applies all of the session's pending changes and says which. Raises ApiError (409) on a conflict."""
    _say(await _apply(client, session_id, None, dry_run=False), "applied", as_json)


def _run(id_: str, act: Act, state: str, as_json: bool, dry_run: bool = False) -> None:
    async def go() -> list[Json]:
        async with connected() as client:
            return await act(client, await session_of(client, id_))

    _say(run_async(go), state, as_json, dry_run)


def _say(changes: list[Json], state: str, as_json: bool, dry_run: bool = False) -> None:
    """Raises CommandError when a change failed."""
    if as_json:
        click.echo(json.dumps({"type": state, "dry_run": dry_run, "changes": changes}, ensure_ascii=False))
        return
    say_outcome(changes, dry_run=dry_run)
    if not changes:
        click.echo("There was nothing to apply.", err=True)
    failed = sum(change["state"] == "failed" for change in changes)
    if failed:
        raise CommandError(f"{failed} of {len(changes)} changes were not {state}.")


async def _apply(client: Client, session_id: str, ids: list[str] | None, dry_run: bool) -> list[Json]:
    body = {"ids": ids, "dry_run": dry_run}
    changes: list[Json] = await client.post(path_of("sessions", session_id, "pending", "apply"), body)
    return changes


async def _listed(client: Client, session_id: str, state: str) -> list[Json]:
    """Oldest first."""
    changes: list[Json] = await client.get(path_of("sessions", session_id, "pending"), state=state)
    return changes


async def _chosen(client: Client, session_id: str, names: Sequence[str], state: str) -> list[Json]:
    """The changes that are meant, oldest first; several of one path: the newest. Raises CommandError."""
    changes = await _listed(client, session_id, state)
    ids = {_meant(changes, name, state) for name in names}
    return [change for change in changes if change["id"] in ids]


def _meant(changes: list[Json], name: str, state: str) -> str:
    for is_meant in (partial(_has, "id"), partial(_has, "path"), partial(_has, "old_path")):
        if found := [change for change in changes if is_meant(change, name)]:
            return str(found[-1]["id"])
    paths = ", ".join(dict.fromkeys(change["path"] for change in changes)) or "none"
    raise CommandError(f"There is no {state} change '{name}' here. {state.capitalize()} are: {paths}.")


def _has(field: str, change: Json, name: str) -> bool:
    return bool(change[field] == name)


def _one_for_hunks(names: Sequence[str], hunks: Sequence[int]) -> None:
    if hunks and len(names) != 1:
        raise click.UsageError("--hunk needs exactly one CHANGE: the one whose hunk is meant.")


def _counted_from_zero(hunks: Sequence[int]) -> list[int]:
    return [hunk - 1 for hunk in hunks]

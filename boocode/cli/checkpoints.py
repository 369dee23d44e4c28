"""Going back: `checkpoints` lists what can be gone back to, `restore` goes."""

import sys
from collections.abc import Iterator, Sequence

import click

from boocode.cli.client import Json, connected, path_of
from boocode.cli.errors import CommandError
from boocode.cli.listing import first_line
from boocode.cli.lookup import chat_of, session_of
from boocode.cli.output import plain, print_json, print_table
from boocode.cli.running import run_async

MAX_NAMES = 40
_KINDS = {"turn": "before a turn", "safety": "before a restore", "manual": "by hand"}


@click.command()
@click.argument("id_", metavar="ID")
@click.option("--new", is_flag=True, help="Take one now, and show it.")
@click.option("--json", "as_json", is_flag=True)
def checkpoints(id_: str, new: bool, as_json: bool) -> None:
    """List the checkpoints of a session's worktree, oldest first. ID is a session, chat or task."""

    async def go() -> list[Json]:
        async with connected() as client:
            path = path_of("sessions", await session_of(client, id_), "checkpoints")
            if new:
                return [await client.post(path, {"chat_id": await chat_of(client, id_)})]
            found: list[Json] = await client.get(path)
            return found

    found = run_async(go)
    if as_json:
        print_json(found)
    elif not found:
        click.echo("No checkpoints yet: the first one is taken before the first turn.", err=True)
    else:
        head = ("CHECKPOINT", "AT", "TAKEN", "CHAT", "PROMPT")
        print_table(head, [_row(checkpoint) for checkpoint in found])


@click.command()
@click.argument("id_", metavar="CHECKPOINT")
@click.option("--dry-run", is_flag=True, help="Only show what would be written and deleted.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True)
def restore(id_: str, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Take the worktree's files and the chat back to CHECKPOINT (see: boocode checkpoints ID).

    What is there now is kept by a checkpoint of its own, which is the way back. Exits 4 when an agent is at work.
    """
    if not (dry_run or yes or sys.stdin.isatty()):
        raise click.UsageError(
            "Without a terminal nobody can be asked: say --yes, or --dry-run to only look."
        )
    if dry_run or not yes:
        preview = run_async(lambda: _preview(id_))
        if dry_run and as_json:
            print_json(preview)
        else:
            _show(preview, would=True, err=as_json)
    if dry_run:
        return
    if not yes and not click.confirm("Go back to it?", err=True):
        raise CommandError("Nothing was changed.")
    done = run_async(lambda: _restore(id_))
    if as_json:
        print_json(done)
        return
    _show(done, would=False)
    if done["safety"] is None:
        click.echo("Everything was as in that checkpoint already.")
    else:
        click.echo(f"Restored. To go back: boocode restore {done['safety']['id']}")


async def _preview(id_: str) -> Json:
    async with connected() as client:
        preview: Json = await client.get(path_of("checkpoints", id_, "preview"))
        return preview


async def _restore(id_: str) -> Json:
    async with connected() as client:
        done: Json = await client.post(path_of("checkpoints", id_, "restore"))
        return done


def _row(checkpoint: Json) -> tuple[str, ...]:
    return (
        checkpoint["id"],
        checkpoint["created_at"],
        _KINDS[checkpoint["kind"]],
        str(checkpoint["chat_id"] or "-"),
        plain(first_line(checkpoint["title"] or "-")),
    )


def _show(preview: Json, *, would: bool, err: bool = False) -> None:
    for line in preview_lines(preview, would=would):
        click.echo(line, err=err)


def preview_lines(preview: Json, *, would: bool) -> Iterator[str]:
    """What a restore would do, or did, in words; long lists of names are cut."""
    be = "would be " if would else "was "
    yield from _names(f"{be}written", preview["written"])
    yield from _names(f"{be}deleted", preview["deleted"])
    yield from _names("left as it is", [f"{kept['path']} ({kept['reason']})" for kept in preview["kept"]])
    yield from _names("left, since it is ignored", preview["kept_ignored"])
    if preview["head_moved"] is None:
        yield "HEAD is on other history than then; it is left there."
    elif preview["head_moved"]:
        yield f"Commits made since: {preview['head_moved']}. They stay on their branch."
    leave, come = len(preview["hidden_messages"]), len(preview["shown_messages"])
    if leave or come:
        yield f"Messages that {'would ' * would}leave the chat: {leave}; that come back: {come}."
    if would and not any(preview[key] for key in ("written", "deleted", "hidden_messages", "shown_messages")):
        yield "Nothing would change: the worktree is as in this checkpoint."


def _names(what: str, names: Sequence[str]) -> Iterator[str]:
    for name in names[:MAX_NAMES]:
        yield f"{what}: {plain(name)}"
    if len(names) > MAX_NAMES:
        yield f"{what}: and {len(names) - MAX_NAMES} more (--json names all)"

"""Prompts that wait for their turn: `queue`, `queue edit`, `queue remove`."""

import click

from boocode.cli.client import Client, Json, connected, path_of
from boocode.cli.errors import ApiError, CommandError
from boocode.cli.listing import first_line
from boocode.cli.output import print_json, print_table
from boocode.cli.running import run_async


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def queue(context: click.Context, as_json: bool) -> None:
    """List the prompts that wait for their turn, the next one first. `edit` and `remove` act on them."""
    if context.invoked_subcommand is not None:
        return

    async def go() -> list[Json]:
        async with connected() as client:
            return [task async for task in client.pages("/api/tasks", state="pending")][::-1]

    tasks = run_async(go)
    if as_json:
        print_json(tasks)
    elif not tasks:
        click.echo("Nothing is queued.")
    else:
        rows = [(t["id"], t["agent"], t["chat_id"] or "-", first_line(t["input"])) for t in tasks]
        print_table(("TASK", "AGENT", "CHAT", "PROMPT"), rows)


@queue.command()
@click.argument("id_", metavar="ID")
@click.argument("text")
def edit(id_: str, text: str) -> None:
    """Give the queued prompt ID (a task or message) another TEXT. Exits 4 when its turn has begun."""

    async def go() -> None:
        async with connected() as client:
            await client.patch(path_of("messages", await _message_of(client, id_)), {"text": text})

    run_async(go)
    click.echo("Changed.")


@queue.command()
@click.argument("id_", metavar="ID")
def remove(id_: str) -> None:
    """Take the queued prompt ID (a task or message) back. Exits 4 when its turn has begun."""

    async def go() -> None:
        async with connected() as client:
            await client.delete(path_of("messages", await _message_of(client, id_)))

    run_async(go)
    click.echo("Taken back.")


async def _message_of(client: Client, id_: str) -> str:
    """The message of a task that is told by its id; what is no task is taken for a message."""
    try:
        task = await client.get(path_of("tasks", id_))
    except ApiError as error:
        if error.status == 404:
            return id_
        raise
    cursor: str | None = None
    while task["chat_id"] is not None:
        page = await client.get(path_of("chats", task["chat_id"], "messages"), limit=200, before=cursor)
        for message in page["items"]:
            if message["task_id"] == task["id"] and message["role"] == "user":
                return str(message["id"])
        cursor = page["next"]
        if cursor is None:
            break
    raise CommandError(f"The prompt of {id_} is not there any more.")

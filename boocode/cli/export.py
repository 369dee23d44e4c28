"""`boocode export`: a whole chat on standard output."""

import sys

import click

from boocode.cli.client import connected, path_of
from boocode.cli.lookup import chat_of
from boocode.cli.output import plain
from boocode.cli.running import run_async


@click.command()
@click.option("--format", "format_", type=click.Choice(["markdown", "json"]), default="markdown")
@click.option("--json", "format_", flag_value="json", help="The same as --format json.")
@click.argument("id_", metavar="ID")
def export(id_: str, format_: str) -> None:
    """Print a whole chat: boocode export ID > chat.md. ID is a chat, a session or a task."""

    async def go() -> str:
        async with connected() as client:
            return await client.text(path_of("chats", await chat_of(client, id_), "export"), format=format_)

    text = run_async(go)
    if sys.stdout.isatty():  # what an agent wrote must not steer the terminal
        text = "\n".join(plain(line) for line in text.split("\n"))
    click.echo(text, nl=not text.endswith("\n"))

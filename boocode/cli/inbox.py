"""What waits for a person: `inbox`, `inbox answer`, `inbox retry`."""

import click

from boocode.cli.client import Json, connected, path_of
from boocode.cli.listing import first_line
from boocode.cli.output import plain, print_json
from boocode.cli.running import run_async


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def inbox(context: click.Context, as_json: bool) -> None:
    """List what waits for a person: questions of agents, failed and blocked tasks. `answer` and `retry` act on it."""
    if context.invoked_subcommand is not None:
        return
    items = run_async(_items)
    if as_json:
        print_json(items)
    elif not items:
        click.echo("Nothing waits for you.")
    for item in () if as_json else items:
        _show(item)


@inbox.command()
@click.argument("id_", metavar="ID")
@click.argument("option")
@click.option("--json", "as_json", is_flag=True)
def answer(id_: str, option: str, as_json: bool) -> None:
    """Answer the question ID with one of its options. Exits 4 when it is no longer open, saying who was first."""

    async def go() -> Json:
        async with connected() as client:
            permission: Json = await client.post(path_of("permissions", id_), {"option_id": option})
            return permission

    permission = run_async(go)
    if as_json:
        print_json(permission)
        return
    label = next((o["label"] for o in permission["options"] if o["id"] == option), option)
    click.echo(f"Answered: {label}.")


@inbox.command()
@click.argument("id_", metavar="ID")
def retry(id_: str) -> None:
    """Run the failed task ID again, in its chat."""

    async def go() -> Json:
        async with connected() as client:
            task: Json = await client.post(path_of("inbox", id_, "retry"))
            return task

    click.echo(f"It runs again as {run_async(go)['id']}.")


async def _items() -> list[Json]:
    async with connected() as client:
        page = await client.get("/api/inbox")
        items: list[Json] = page["items"]
        return items


def _show(item: Json) -> None:
    click.echo(f"{item['id']}  {item['kind']}  {item['agent'] or ''}  {first_line(str(item['title']))}")
    if item["detail"]:
        click.echo(f"    {first_line(item['detail'], 200)}")
    question = item["permission"]
    if question is None:
        return
    for option in question["options"]:
        click.echo(plain(f"    {option['id']}: {option['label']}"))
    click.echo(f"    without an answer it is decided at {question['expires_at']}")

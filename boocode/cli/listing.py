"""Commands that list: `ls`, `providers`."""

import click

from boocode.cli.client import Json, connected
from boocode.cli.output import print_json, print_table
from boocode.cli.running import run_async


@click.command()
@click.option("--json", "as_json", is_flag=True)
def ls(as_json: bool) -> None:
    """List the tasks, newest first, with the ids that the other commands take."""

    async def go() -> list[Json]:
        async with connected() as client:
            projects = {p["id"]: p["name"] async for p in client.pages("/api/projects")}
            tasks = [task async for task in client.pages("/api/tasks")]
            return [{**task, "project": projects.get(task["project_id"], "")} for task in tasks]

    tasks = run_async(go)
    if as_json:
        print_json(tasks)
    elif not tasks:
        click.echo('Nothing yet. Start with: boocode run "create hello.py that prints hello"')
    else:
        head = ("TASK", "STATE", "AGENT", "PROJECT", "PROMPT")
        print_table(
            head, [(t["id"], _state(t), t["agent"], t["project"], first_line(t["input"])) for t in tasks]
        )


@click.command()
@click.option("--refresh", is_flag=True, help="Look again instead of telling what was found last time.")
@click.option("--json", "as_json", is_flag=True)
def providers(refresh: bool, as_json: bool) -> None:
    """List the agents that BooCode can run."""

    async def go() -> list[Json]:
        async with connected() as client:
            found: list[Json] = (
                await client.post("/api/providers/refresh") if refresh else await client.get("/api/providers")
            )
            return found

    found = run_async(go)
    if as_json:
        print_json(found)
        return
    rows = [
        (
            p["id"],
            "yes" if p["installed"] else "no",
            p["version"] or "-",
            p["transport"],
            p["error"] or p["label"],
        )
        for p in found
    ]
    print_table(("AGENT", "INSTALLED", "VERSION", "SPEAKS", "ABOUT"), rows)


def first_line(text: str, width: int = 60) -> str:
    """What fits into a row of a table."""
    line = text.strip().split("\n")[0]
    return line if len(line) <= width else f"{line[: width - 1]}…"


def _state(task: Json) -> str:
    """What waits for its turn is called queued, as in the page."""
    return "queued" if task["state"] == "pending" else str(task["state"])

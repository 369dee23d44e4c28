"""Commands that list: `ls`, `providers`."""

import click

from boocode.cli.client import Json, connected
from boocode.cli.errors import CommandError
from boocode.cli.output import plain, print_json, print_table
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
@click.argument("agent", required=False)
def providers(agent: str | None, refresh: bool, as_json: bool) -> None:
    """List the agents that BooCode can run; with AGENT everything that one offers."""

    async def go() -> list[Json]:
        async with connected() as client:
            found: list[Json] = (
                await client.post("/api/providers/refresh") if refresh else await client.get("/api/providers")
            )
            return found

    found = [provider for provider in run_async(go) if agent in (None, provider["id"])]
    if agent is not None and not found:
        raise CommandError(f"There is no agent '{agent}'. Known are those that `boocode providers` lists.")
    if as_json:
        print_json(found)
        return
    if agent is not None:
        _show_provider(found[0])
        return
    head = ("AGENT", "INSTALLED", "VERSION", "SPEAKS", "MODELS", "MODES", "COMMANDS", "ABOUT")
    print_table(head, [_provider_row(provider) for provider in found])


def _provider_row(provider: Json) -> tuple[str, ...]:
    return (
        provider["id"],
        "yes" if provider["installed"] else "no",
        provider["version"] or "-",
        provider["transport"],
        str(len(provider["models"])),
        first_line(", ".join(provider["modes"]) or "-", 44),
        str(len(provider["commands"])),
        first_line(provider["error"] or provider["label"], 160),
    )


def _show_provider(provider: Json) -> None:
    click.secho(f"{provider['label']} {provider['version'] or ''}".strip(), bold=True)
    if provider["error"]:
        click.echo(provider["error"])
    rows = [("model", model["id"], model["label"]) for model in provider["models"]]
    rows += [("mode", mode, "") for mode in provider["modes"]]
    rows += [
        ("command", f"/{c['name'].lstrip('/')}", first_line(c["description"], 80))
        for c in provider["commands"]
    ]
    print_table(("OFFERS", "ID", "ABOUT"), rows)


def first_line(text: str, width: int = 60) -> str:
    """What fits into a row of a table."""
    line = plain(text.strip().split("\n")[0])
    return line if len(line) <= width else f"{line[: width - 1]}…"


def _state(task: Json) -> str:
    """What waits for its turn is called queued, as in the page."""
    return "queued" if task["state"] == "pending" else str(task["state"])

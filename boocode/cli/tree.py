"""`boocode tree`: the live supervision tree on a terminal."""

from collections.abc import Iterator

import click
import trio

from boocode.cli.client import Json, connected
from boocode.cli.output import print_json
from boocode.cli.running import run_async

WATCH_S = 1.0
_COLOURS = {"busy": "yellow", "blocked": "magenta", "backing_off": "red", "dead": "red", "suspended": "cyan"}


@click.command()
@click.option("--watch", is_flag=True, help="Show it anew every second, until Ctrl-C.")
@click.option("--json", "as_json", is_flag=True)
def tree(watch: bool, as_json: bool) -> None:
    """Show the supervision tree: who lives, who is busy, what restarted, which processes are owned."""

    async def go() -> None:
        async with connected() as client:
            while True:
                answer = await client.get("/api/supervision")
                if as_json:
                    print_json(answer)
                else:
                    if watch:
                        click.clear()
                    for line in lines(answer):
                        click.echo(line)
                if not watch:
                    return
                await trio.sleep(WATCH_S)

    try:
        run_async(go)
    except KeyboardInterrupt:
        return


def lines(answer: Json) -> Iterator[str]:
    """The answer of GET /api/supervision, a line a node and one of sums."""
    yield from _node(answer["root"], "", "")
    owned, letters = answer["owned_processes"], answer["dead_letters"]
    count = owned if isinstance(owned, int) else len(owned)
    dead = letters if isinstance(letters, int) else letters.get("count", letters)
    yield f"{count} owned processes, {dead} dead letters, loop lag {answer['loop_lag_ms']:.1f} ms"
    if pool := answer.get("pool"):
        going = f", next to go: {pool['next_evicted'][0]}" if pool["next_evicted"] else ""
        yield f"{len(pool['agents'])} warm agents, {pool['cap']} idle ones are kept{going}"


def _node(node: Json, lead: str, below: str) -> Iterator[str]:
    state = click.style(node["state"], fg=_COLOURS.get(node["state"]))
    notes = [state]
    if node.get("strategy"):
        notes.append(node["strategy"])
    if node["restarts"]:
        notes.append(click.style(f"{node['restarts']} restarts", fg="red"))
    if (mailbox := node.get("mailbox")) and mailbox["depth"]:
        notes.append(f"{mailbox['depth']} waiting")
    if process := node.get("process"):
        rss = f", {process['rss'] // 1_048_576} MB" if process.get("rss") else ""
        notes.append(f"pid {process['pid']}{rss}")
    if node.get("waits_for"):
        notes.append(str(node["waits_for"]))
    yield f"{lead}{node['name']}  {' · '.join(notes)}"
    children = node["children"]
    for index, child in enumerate(children):
        last = index == len(children) - 1
        yield from _node(child, f"{below}{'└─ ' if last else '├─ '}", f"{below}{'   ' if last else '│  '}")

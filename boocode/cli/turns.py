"""Commands that watch or run a turn: `run`, `attach`, `send`, `cancel`."""

import signal
import sys
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import click
import trio

from boocode.cli.changes import apply_pending
from boocode.cli.client import Client, Json, connected, path_of
from boocode.cli.errors import CANCELLED, FAILED, OK, ApiError, Left
from boocode.cli.lookup import chat_of, task_or_none
from boocode.cli.running import run_async
from boocode.cli.stream import StreamPrinter

EXIT_OF = {"complete": OK, "cancelled": CANCELLED}
CHANGES_S = 60.0


@click.command()
@click.argument("text")
@click.option(
    "--agent", default="practice", show_default=True, help="The agent that does it (see: boocode providers)."
)
@click.option("--model", default=None, help="One of the agent's models.")
@click.option("--mode", default=None, help="One of the agent's modes.")
@click.option(
    "--project", "project_path", type=click.Path(path_type=Path), default=Path(), help="A git repository."
)
@click.option(
    "--apply", "apply_", is_flag=True, help="Apply the changes to the project when the turn is complete."
)
@click.option("--yes", is_flag=True, help="Answer the agent's questions with 'allow once'.")
@click.option("--json", "as_json", is_flag=True, help="Frames as JSON lines on stdout.")
def run(
    text: str,
    agent: str,
    model: str | None,
    mode: str | None,
    project_path: Path,
    apply_: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Run TEXT as a task of its own and watch it to its end.

    Exits 0 when it completed, 1 when it failed, 130 when it was cancelled.
    """
    prompt = {"text": text, "agent": agent, "model": model, "mode": mode}
    sys.exit(run_async(partial(_run, prompt, project_path.resolve(), apply_, yes, as_json)))


async def _run(prompt: Json, project_path: Path, apply_: bool, yes: bool, as_json: bool) -> int:
    async with connected(start=True) as client:
        project = await client.post("/api/projects", {"path": str(project_path)})
        text = prompt["text"]
        title = text if len(text) <= 60 else f"{text[:59]}…"
        new = {"project_id": project["id"], "title": title, "for_now": True}
        session = await client.post("/api/sessions", new)
        chat_id = session["chats"][0]["id"]
        code = await _prompt(client, chat_id, prompt, yes, as_json)
        pending = await client.get(path_of("sessions", session["id"], "pending"))
        if apply_ and code == OK:
            await apply_pending(client, session["id"], as_json)
        elif pending and not as_json:
            n = len(pending)
            click.echo(
                f"{n} changed {'file waits' if n == 1 else 'files wait'} for you: boocode diff {session['id']}, "
                f"then boocode apply {session['id']}",
                err=True,
            )
        return code


@click.command()
@click.argument("id_")
@click.option("--json", "as_json", is_flag=True, help="Frames as JSON lines on stdout.")
def attach(id_: str, as_json: bool) -> None:
    """Show a chat from its beginning and follow it. ID is a chat, session or task. Ctrl-C stops watching only."""

    async def watch() -> None:
        async with connected() as client:
            chat_id = await chat_of(client, id_)
            printer = StreamPrinter(as_json=as_json)
            async with client.frames(f"chat:{chat_id}") as frames:
                async for frame in frames:
                    printer.show(frame)

    try:
        run_async(watch)
    except KeyboardInterrupt:
        sys.exit(OK)


@click.command()
@click.argument("id_")
@click.argument("text")
@click.option("--agent", default=None, help="Default: the agent of the chat's last turn.")
@click.option("--model", default=None)
@click.option("--mode", default=None)
@click.option("--yes", is_flag=True, help="Answer the agent's questions with 'allow once'.")
@click.option("--json", "as_json", is_flag=True, help="Frames as JSON lines on stdout.")
def send(
    id_: str, text: str, agent: str | None, model: str | None, mode: str | None, yes: bool, as_json: bool
) -> None:
    """Send TEXT to an existing chat and watch the turn to its end. ID is a chat, session or task."""

    async def go() -> int:
        async with connected() as client:
            chat_id = await chat_of(client, id_)
            chosen = agent or await _last_agent(client, chat_id)
            if not as_json and await _is_busy(client, chat_id):
                click.echo("Another turn runs there: yours is queued (see: boocode queue).", err=True)
            prompt = {"text": text, "agent": chosen, "model": model, "mode": mode}
            return await _prompt(client, chat_id, prompt, yes, as_json)

    sys.exit(run_async(go))


@click.command()
@click.argument("id_")
def cancel(id_: str) -> None:
    """Cancel what runs in a chat (ID is a chat or session), or a task, be it running or queued."""

    async def go() -> None:
        async with connected() as client:
            is_task = await task_or_none(client, id_) is not None
            where = ("tasks", id_) if is_task else ("chats", await chat_of(client, id_))
            answer = await client.post(path_of(*where, "cancel"))
            click.echo("Cancelled." if answer["cancelled"] else "Nothing was running there.")

    run_async(go)


async def _last_agent(client: Client, chat_id: str) -> str:
    page = await client.get(path_of("chats", chat_id, "messages"), limit=20)
    for message in reversed(page["items"]):
        if message.get("agent"):
            return str(message["agent"])
    return "practice"


async def _is_busy(client: Client, chat_id: str) -> bool:
    page = await client.get(path_of("chats", chat_id, "messages"), limit=50)
    return any(message["status"] == "streaming" for message in page["items"])


async def _prompt(client: Client, chat_id: str, body: Json, yes: bool, as_json: bool) -> int:
    """Posts the prompt and follows its turn; Ctrl-C cancels the turn, not the command."""
    posted = await client.post(
        path_of("chats", chat_id, "messages"),
        {key: value for key, value in body.items() if value is not None},
    )
    task = posted["task"]
    async with _interrupt_cancels(client, chat_id):
        return await _follow(client, chat_id, task["id"], posted["message"]["id"], yes, as_json)


async def _follow(
    client: Client, chat_id: str, task_id: str, prompt_id: str, yes: bool, as_json: bool
) -> int:
    printer = StreamPrinter(as_json=as_json)
    ours, message_id, code = False, None, None
    async with client.frames(f"chat:{chat_id}") as frames:
        deadline = trio.CancelScope()
        with deadline:
            async for frame in frames:
                kind = frame.get("type")
                if kind == "message_created":
                    message = frame["message"]
                    ours = ours or message["id"] == prompt_id
                    if message.get("task_id") == task_id and message["role"] == "assistant":
                        printer.only = message_id = message["id"]
                if ours and (message_id is not None or kind == "message_created"):
                    printer.show(frame)
                if kind == "message_removed" and frame["message_id"] == prompt_id:
                    click.echo("The prompt was taken back before its turn.", err=True)
                    return CANCELLED
                if kind == "permission_requested" and frame.get("task_id") == task_id and ours:
                    await _answer(client, frame, yes)
                elif kind == "message_complete" and frame["message_id"] == message_id:
                    code = EXIT_OF.get(frame["status"], FAILED)
                    deadline.deadline = trio.current_time() + CHANGES_S
                elif kind == "pending_changes_updated" and code is not None:
                    return code
    return FAILED if code is None else code


async def _answer(client: Client, frame: Json, yes: bool) -> None:
    options = {option["id"]: option for option in frame["options"]}
    chosen = next((o["id"] for o in options.values() if o["kind"] == "allow_once"), None) if yes else None
    if chosen is None:
        if not sys.stdin.isatty():
            words = "The agent waits for an answer: boocode inbox, the web page, or run again with --yes."
            click.echo(words, err=True)
            return
        ask = partial(click.prompt, "Answer", type=click.Choice(list(options)), err=True)
        chosen = await trio.to_thread.run_sync(ask, abandon_on_cancel=True)
    try:
        await client.post(path_of("permissions", frame["id"]), {"option_id": chosen})
    except ApiError as error:
        if error.status != 409:  # answered elsewhere first: fine
            raise


@asynccontextmanager
async def _interrupt_cancels(client: Client, chat_id: str) -> Any:
    """The first Ctrl-C cancels the turn and waits for its end; the second one leaves."""

    async def listen(task_status: trio.TaskStatus[None]) -> None:
        with trio.open_signal_receiver(signal.SIGINT) as signals:
            task_status.started()
            presses = 0
            async for _ in signals:
                presses += 1
                if presses > 1:
                    raise Left("Left; the turn may still be ending.")
                click.echo("\nCancelling … (Ctrl-C again leaves at once)", err=True)
                await client.post(path_of("chats", chat_id, "cancel"))

    async with trio.open_nursery() as nursery:
        await nursery.start(listen)
        yield
        nursery.cancel_scope.cancel()

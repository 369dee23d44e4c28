"""From an id that a person types (chat, session or task) to the chat or session that is meant."""

from boocode.cli.client import Client, path_of
from boocode.cli.errors import ApiError, CommandError


async def chat_of(client: Client, id_: str) -> str:
    """The chat itself, a session's newest chat, or the chat of a task. Raises CommandError for an unknown id."""
    session_id = await _session_or_none(client, id_)
    if session_id is not None:
        session = await client.get(path_of("sessions", session_id))
        return str(session["chats"][-1]["id"])
    task = await _found(client, "tasks", id_)
    if task is not None:
        return str(task["chat_id"])
    if await _is_chat(client, id_):
        return id_
    raise _unknown(id_)


async def session_of(client: Client, id_: str) -> str:
    """The session itself, or that of a chat or a task."""
    if (session_id := await _session_or_none(client, id_)) is not None:
        return session_id
    task = await _found(client, "tasks", id_)
    if task is not None:
        return str(task["session_id"])
    async for chat in client.pages("/api/chats"):
        if chat["id"] == id_:
            return str(chat["session_id"])
    raise _unknown(id_)


async def task_or_none(client: Client, id_: str) -> dict[str, object] | None:
    return await _found(client, "tasks", id_)


async def _session_or_none(client: Client, id_: str) -> str | None:
    session = await _found(client, "sessions", id_)
    return None if session is None else str(session["id"])


async def _is_chat(client: Client, id_: str) -> bool:
    try:
        await client.get(path_of("chats", id_, "events"), limit=1)
    except ApiError as error:
        if error.status == 404:
            return False
        raise
    return True


async def _found(client: Client, kind: str, id_: str) -> dict[str, object] | None:
    try:
        found: dict[str, object] = await client.get(path_of(kind, id_))
    except ApiError as error:
        if error.status == 404:
            return None
        raise
    return found


def _unknown(id_: str) -> CommandError:
    return CommandError(f"There is no chat, session or task '{id_}'. boocode ls shows what there is.")

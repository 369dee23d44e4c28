"""Chats: conversations in a session."""

from boocode.contracts.answers import Cancelled, ChatPage
from boocode.contracts.requests import ChatsQuery, NewChat, Rename
from boocode.contracts.resources import Chat
from boocode.ports.removal import RemoveChat
from web.deps import EdgeDeps
from web.problems import found
from web.routes.deleting import delete
from web.routes.paging import page_limit
from web.routes.titles import title
from web.routing import Call, Route


async def list_chats(deps: EdgeDeps, call: Call[None, ChatsQuery]) -> object:
    query = call.query
    return await deps.store.list_chats(query.session_id, query.after, page_limit(query.limit))


async def create_chat(deps: EdgeDeps, call: Call[NewChat, None]) -> Chat:
    body = call.body
    for_now = body.for_now or not body.title
    chat = await deps.store.create_chat(body.session_id, title(body.title, "New chat"), for_now=for_now)
    return found(chat, "session", body.session_id)


async def get_chat(deps: EdgeDeps, call: Call[None, None]) -> Chat:
    return found(await deps.store.get_chat(call["chat_id"]), "chat", call["chat_id"])


async def rename_chat(deps: EdgeDeps, call: Call[Rename, None]) -> Chat:
    new = title(call.body.title, "")
    chat = await deps.store.rename_chat(call["chat_id"], new, for_now=call.body.for_now)
    return found(chat, "chat", call["chat_id"])


async def delete_chat(deps: EdgeDeps, call: Call[None, None]) -> None:
    """Its running turn is cancelled first; the worktree is its session's and stays."""
    await delete(deps, RemoveChat(call["chat_id"]), "chat", call["chat_id"])


async def cancel(deps: EdgeDeps, call: Call[None, None]) -> Cancelled:
    """What runs in the chat, or waits to run; False when there is nothing."""
    task = await deps.store.open_task_of_chat(call["chat_id"])
    if task is not None and await deps.store.request_cancel(task.id) in ("cancelled", "asked"):
        return Cancelled(True)
    found(await deps.store.get_chat(call["chat_id"]), "chat", call["chat_id"])
    return Cancelled(False)


ROUTES = (
    Route("GET", "/api/chats", list_chats, "Chats, newest first", ChatPage, query=ChatsQuery, errors=(422,)),
    Route(
        "POST", "/api/chats", create_chat, "Open another chat in a session", Chat, 201, body=NewChat,
        errors=(404, 422),
    ),
    Route("GET", "/api/chats/{chat_id}", get_chat, "A chat", Chat, errors=(404,)),
    Route(
        "PATCH", "/api/chats/{chat_id}", rename_chat, "Rename a chat", Chat, body=Rename,
        errors=(404, 422),
    ),
    Route(
        "DELETE", "/api/chats/{chat_id}", delete_chat, "Delete a chat and its log", None, 204, errors=(404,),
    ),
    Route(
        "POST", "/api/chats/{chat_id}/cancel", cancel, "Stop the running turn, or take back a waiting one",
        Cancelled, 202, errors=(404,),
    ),
)  # fmt: skip

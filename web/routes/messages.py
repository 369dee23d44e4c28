"""Prompts and what came of them."""

from attrs import frozen

from boocode.contracts.answers import MessagePage, Posted
from boocode.contracts.frames import WireFrame
from boocode.contracts.requests import EventsQuery, MessagesQuery, NewPrompt
from boocode.contracts.socket import MAX_SEQ
from boocode.ports.log import PostPrompt
from boocode.ports.names import EVENT_WRITER
from web.deps import EdgeDeps
from web.problems import found, invalid
from web.raw_json import RawJson
from web.routes.paging import MAX_EVENTS, page_limit
from web.routing import Call, Route

POST_TIMEOUT_S = 15.0
MAX_PROMPT_CHARS = 500_000
MAX_CLIENT_ID_CHARS = 100
EVENTS_DEFAULT = 200


@frozen
class EventPage:
    """Frames of the log, oldest first, as on the WebSocket."""

    items: tuple[dict[str, object], ...]
    last_seq: int


async def list_messages(deps: EdgeDeps, call: Call[None, MessagesQuery]) -> object:
    page = await deps.store.list_messages(call["chat_id"], call.query.before, page_limit(call.query.limit))
    if not page.items:
        found(await deps.store.get_chat(call["chat_id"]), "chat", call["chat_id"])
    return page


async def post_message(deps: EdgeDeps, call: Call[NewPrompt, None]) -> Posted:
    """The prompt is in the event writer's hands before anything here waits: a client that leaves now loses only
    the answer."""
    body = call.body
    check_prompt(body.text, "text")
    check_agent(deps, body.agent)
    if body.client_id is not None and not 1 <= len(body.client_id) <= MAX_CLIENT_ID_CHARS:
        raise invalid("client_id", f"`client_id` must have 1 to {MAX_CLIENT_ID_CHARS} characters.")
    request = PostPrompt(
        chat_id=call["chat_id"],
        text=body.text,
        agent=body.agent,
        model=body.model,
        mode=body.mode,
        thinking=body.thinking,
        client_id=body.client_id,
    )
    posted = await deps.system.whereis(EVENT_WRITER).call(request, POST_TIMEOUT_S)
    return Posted(posted.message, posted.task)


async def list_events(deps: EdgeDeps, call: Call[None, EventsQuery]) -> RawJson:
    chat_id, query = call["chat_id"], call.query
    check_seq(query.since, "since")
    limit = page_limit(query.limit, EVENTS_DEFAULT, MAX_EVENTS)
    last_seq = found(await deps.log.last_seq(chat_id), "chat", chat_id)
    frames = await deps.log.read(chat_id, query.since, limit)
    return frames_page(frames, max(last_seq, frames[-1].seq if frames else 0))


def frames_page(frames: tuple[WireFrame, ...], last_seq: int) -> RawJson:
    """The frames are JSON already."""
    return RawJson(b'{"items":[%b],"last_seq":%d}' % (b",".join(frame.data for frame in frames), last_seq))


def check_seq(value: int, field: str) -> None:
    if not 0 <= value <= MAX_SEQ:
        raise invalid(field, f"`{field}` must be a seq between 0 and {MAX_SEQ}, got {value}.")


def check_prompt(text: str, field: str) -> None:
    if not text.strip():
        raise invalid(field, f"`{field}` is empty: say what the agent shall do.", "empty")
    if len(text) > MAX_PROMPT_CHARS:
        raise invalid(field, f"`{field}` has {len(text)} characters; at most {MAX_PROMPT_CHARS} are taken.")
    if "\0" in text:
        raise invalid(field, f"`{field}` contains a zero byte, which cannot be stored.")


def check_agent(deps: EdgeDeps, agent: str, field: str = "agent") -> None:
    known = [provider.id for provider in deps.providers()]
    if agent not in known:
        detail = f"There is no agent {agent[:100]!r}. Known agents: {', '.join(known) or 'none'}."
        raise invalid(field, detail, "unknown_agent")


ROUTES = (
    Route(
        "GET", "/api/chats/{chat_id}/messages", list_messages, "Messages, oldest first", MessagePage,
        query=MessagesQuery, errors=(404, 422),
    ),
    Route(
        "POST", "/api/chats/{chat_id}/messages", post_message, "Give an agent a prompt", Posted, 202,
        body=NewPrompt, errors=(404, 422),
    ),
    Route(
        "GET", "/api/chats/{chat_id}/events", list_events, "Frames from the durable log", EventPage,
        query=EventsQuery, errors=(404, 422),
    ),
)  # fmt: skip

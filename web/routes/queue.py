"""Prompts that wait for their turn: edited or taken back until it begins."""

import time

from boocode.contracts.frames import USER_TOPIC, TaskUpdated
from boocode.contracts.requests import PromptEdit
from boocode.contracts.resources import Message
from boocode.ports.log import PublishHint
from boocode.ports.names import HUB
from boocode.ports.store import EditedPrompt, NotQueued
from web.deps import EdgeDeps
from web.problems import ApiError, not_found
from web.routes.messages import check_prompt
from web.routing import Call, Route


async def edit_message(deps: EdgeDeps, call: Call[PromptEdit, None]) -> Message:
    check_prompt(call.body.text, "text")
    edited = await deps.store.edit_queued(call["message_id"], call.body.text)
    return _told(deps, call["message_id"], edited).message


async def remove_message(deps: EdgeDeps, call: Call[None, None]) -> None:
    removed = await deps.store.remove_queued(call["message_id"])
    _told(deps, call["message_id"], removed)


def _told(deps: EdgeDeps, message_id: str, changed: EditedPrompt | NotQueued | None) -> EditedPrompt:
    """The chat hears of it by its log; who watches all tasks hears it here."""
    match changed:
        case None:
            raise not_found("message", message_id)
        case NotQueued(state=state):
            raise ApiError(409, "not_queued", _why_not(state))
        case EditedPrompt(task=task):
            deps.system.whereis(HUB).cast(PublishHint(USER_TOPIC, TaskUpdated.of(task), time.time()))
            return changed


def _why_not(state: str | None) -> str:
    match state:
        case "running" | "blocked":
            return "An agent works on this prompt already: it can be stopped, but not edited or taken back."
        case None:
            return "Only a prompt that waits for its turn can be edited or taken back."
        case _:
            return f"The turn of this prompt is over ({state}): send another prompt instead."


ROUTES = (
    Route(
        "PATCH", "/api/messages/{message_id}", edit_message, "Edit a prompt that waits for its turn", Message,
        body=PromptEdit, errors=(404, 409, 422),
    ),
    Route(
        "DELETE", "/api/messages/{message_id}", remove_message, "Take back a prompt that waits for its turn", None,
        204, errors=(404, 409),
    ),
)  # fmt: skip

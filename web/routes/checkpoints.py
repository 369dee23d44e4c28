"""Checkpoints: a worktree's files at one time, what going back to them would do, and going back."""

from boocode.contracts.requests import NewCheckpoint
from boocode.contracts.resources import Checkpoint, RestorePreview
from boocode.ports.names import WORKTREES
from boocode.ports.worktrees import PreviewRestore, RestoreCheckpoint, TakeCheckpoint
from web.deps import EdgeDeps
from web.problems import ApiError, found, not_found
from web.routing import Call, Route

CAPTURE_TIMEOUT_S = 60.0
RESTORE_TIMEOUT_S = 150.0
"""The chat's agents have their time to end, then a safety checkpoint, then the files."""


async def list_checkpoints(deps: EdgeDeps, call: Call[None, None]) -> tuple[Checkpoint, ...]:
    checkpoints = await deps.store.list_checkpoints(call["session_id"])
    if not checkpoints:
        found(await deps.store.get_session(call["session_id"]), "session", call["session_id"])
    return checkpoints


async def take(deps: EdgeDeps, call: Call[NewCheckpoint, None]) -> Checkpoint:
    session_id, chat_id = call["session_id"], call.body.chat_id
    session = found(await deps.store.get_session(session_id), "session", session_id)
    if all(chat.id != chat_id for chat in session.chats):
        raise not_found("chat", chat_id)
    request = TakeCheckpoint(session_id, chat_id, None, None)
    return await deps.system.whereis(WORKTREES).call(request, CAPTURE_TIMEOUT_S)


async def preview(deps: EdgeDeps, call: Call[None, None]) -> RestorePreview:
    request = PreviewRestore(await _session_of(deps, call["checkpoint_id"]), call["checkpoint_id"])
    return await deps.system.whereis(WORKTREES).call(request, CAPTURE_TIMEOUT_S)


async def restore(deps: EdgeDeps, call: Call[None, None]) -> RestorePreview:
    request = RestoreCheckpoint(await _session_of(deps, call["checkpoint_id"]), call["checkpoint_id"])
    return await deps.system.whereis(WORKTREES).call(request, RESTORE_TIMEOUT_S)


async def _session_of(deps: EdgeDeps, checkpoint_id: str) -> str:
    row = found(await deps.store.get_checkpoint(checkpoint_id), "checkpoint", checkpoint_id)
    checkpoint = row.checkpoint
    if checkpoint.session_id is None or checkpoint.chat_id is None:
        detail = f"The chat of this checkpoint was deleted. Git still has its files as {checkpoint.ref}, for a while."
        raise ApiError(404, "chat_not_found", detail)
    return checkpoint.session_id


ROUTES = (
    Route(
        "GET", "/api/sessions/{session_id}/checkpoints", list_checkpoints, "What can be gone back to, oldest first",
        tuple[Checkpoint, ...], errors=(404,),
    ),
    Route(
        "POST", "/api/sessions/{session_id}/checkpoints", take, "Take a checkpoint now", Checkpoint, 201,
        body=NewCheckpoint, errors=(404, 409, 422),
    ),
    Route(
        "GET", "/api/checkpoints/{checkpoint_id}/preview", preview, "What going back to it would do", RestorePreview,
        errors=(404, 409, 410),
    ),
    Route(
        "POST", "/api/checkpoints/{checkpoint_id}/restore", restore, "Go back to it: the files and the chat",
        RestorePreview, errors=(404, 409, 410),
    ),
)  # fmt: skip

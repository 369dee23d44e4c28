"""From rows to the values that travel."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from boocode.adapters.postgres.text import iso, iso_or_none, seconds_or_none
from boocode.contracts.codec import encode
from boocode.contracts.resources import (
    AgentSession,
    Chat,
    Checkpoint,
    CommandInfo,
    LeftOutFile,
    Message,
    Model,
    Part,
    PendingChange,
    Permission,
    PermissionOption,
    Project,
    Provider,
    Session,
    Task,
    ToolLabel,
    Usage,
    Worktree,
)
from boocode.domain.probing import StoredAgent, Told
from boocode.ports.safety_store import CheckpointRow, Decided, Operation
from boocode.ports.store import AgentSessionRow, ChangeRow, ClaimedTask, WorktreeRow

Row = Mapping[str, Any]
CHECKPOINT_TITLE_CHARS = 80

_parts = msgspec.json.Decoder(tuple[Part, ...])
_label = msgspec.json.Decoder(ToolLabel)
_part = msgspec.json.Decoder(Part)
_options = msgspec.json.Decoder(tuple[PermissionOption, ...])
_models = msgspec.json.Decoder(tuple[Model, ...])
_commands = msgspec.json.Decoder(tuple[CommandInfo, ...])
_words = msgspec.json.Decoder(tuple[str, ...])
_left_out = msgspec.json.Decoder(tuple[LeftOutFile, ...])
_told = msgspec.json.Decoder(Told)


def to_json(value: object) -> str:
    """JSON text for a json column."""
    return encode(value).decode()


def project(row: Row) -> Project:
    return Project(row["id"], row["name"], row["path"], iso(row["created_at"]), row["permission_policy"])


def chat(row: Row) -> Chat:
    return Chat(row["id"], row["session_id"], row["title"], iso(row["created_at"]), row["last_seq"])


def session(row: Row, chats: tuple[Chat, ...]) -> Session:
    return Session(row["id"], row["project_id"], row["title"], iso(row["created_at"]), chats)


def message(row: Row) -> Message:
    parts = _parts.decode(row["parts"])
    return Message(
        id=row["id"],
        chat_id=row["chat_id"],
        role=row["role"],
        status=row["status"],
        agent=row["agent"],
        model=row["model"],
        text="".join(part.text or "" for part in parts if part.type == "text"),
        parts=parts,
        created_at=iso(row["created_at"]),
        error=row["error"],
        task_id=row["task_id"],
        client_id=row["client_id"],
        queued=row.get("queued", False),
        usage=usage(row) if row["role"] == "assistant" else None,
        labels=tuple(_label.decode(label) for label in row.get("labels", ())),
    )


def usage(row: Row) -> Usage | None:
    """What the task of a message used; None without a word of it, and of a row that was read without its task."""
    used = Usage(row.get("input_tokens"), row.get("output_tokens"), row.get("cost"))
    return None if used == Usage(None, None, None) else used


def task(row: Row) -> Task:
    return Task(
        id=row["id"],
        project_id=row["project_id"],
        session_id=row["session_id"],
        chat_id=row["chat_id"],
        parent_task_id=row["parent_task_id"],
        arena_id=row["arena_id"],
        state=row["state"],
        agent=row["agent"],
        model=row["model"],
        input=row["input"],
        output_summary=row["output_summary"],
        error=row["error"],
        input_tokens=row["input_tokens"],
        output_tokens=row["output_tokens"],
        cost=row["cost"],
        created_at=iso(row["created_at"]),
        started_at=iso_or_none(row["started_at"]),
        ended_at=iso_or_none(row["ended_at"]),
        mode=row["mode"],
        message_id=row["message_id"],
    )


def claimed_task(row: Row) -> ClaimedTask:
    """A row with `project_path` whose message exists."""
    return ClaimedTask(
        task(row),
        row["project_path"],
        row["input"],
        row["message_id"],
        row["thinking"],
        row["claimed_by"],
        row["one_shot"],
    )


def agent_session(row: Row) -> AgentSession:
    """Also of a row without `commands`."""
    commands = row.get("commands")
    return AgentSession(
        chat_id=row["chat_id"],
        agent=row["agent"],
        status=row["status"],
        has_session=row["agent_session_id"] is not None,
        model=row["model"],
        input_tokens=row["input_tokens"],
        output_tokens=row["output_tokens"],
        cost=row["cost"],
        last_active_at=iso_or_none(row["last_active_at"]),
        session_id=row["session_id"],
        reason=row["reason"],
        quiet_since=iso_or_none(row["quiet_since"]),
        commands=None if commands is None else _commands.decode(commands),
    )


def agent_session_row(row: Row) -> AgentSessionRow:
    return AgentSessionRow(
        row["chat_id"],
        row["agent"],
        row["backend"],
        row["status"],
        row["agent_session_id"],
        row["config_hash"],
        row["led_elsewhere"],
    )


def worktree(row: Row) -> WorktreeRow:
    return WorktreeRow(
        id=row["id"],
        session_id=row["session_id"],
        project_id=row["project_id"],
        project_path=row["project_path"],
        path=row["path"],
        branch=row["branch"],
        base_commit=row["base_commit"],
        made_for=row["made_for"],
        orphaned_at=seconds_or_none(row["orphaned_at"]),
        condemned_at=seconds_or_none(row["condemned_at"]),
    )


def shown_worktree(row: Row) -> Worktree:
    return Worktree(
        id=row["id"],
        session_id=row["session_id"],
        project_id=row["project_id"],
        project_path=row["project_path"],
        path=row["path"],
        branch=row["branch"],
        created_at=iso(row["created_at"]),
        orphaned_at=iso_or_none(row["orphaned_at"]),
        condemned_at=iso_or_none(row["condemned_at"]),
        removed_at=iso_or_none(row["removed_at"]),
        kept_because=row["kept_because"],
        salvage_ref=row["salvage_ref"],
    )


def checkpoint(row: Row) -> Checkpoint:
    """A row with `prompt`: the beginning of its task's."""
    return Checkpoint(
        id=row["id"],
        session_id=row["session_id"],
        chat_id=row["chat_id"],
        message_id=row["message_id"],
        task_id=row["task_id"],
        agent=row["agent"],
        kind=row["kind"],
        commit=row["commit_id"],
        ref=row["ref"],
        left_out=_left_out.decode(row["left_out"]),
        created_at=iso(row["created_at"]),
        title=_first_words(row["prompt"]),
    )


def checkpoint_row(row: Row) -> CheckpointRow:
    return CheckpointRow(
        checkpoint(row),
        row["n"],
        row["message_n"],
        row["worktree_id"],
        row["head_commit"],
        row["base_commit"],
    )


def _first_words(prompt: str | None) -> str | None:
    words = " ".join((prompt or "").split())
    if len(words) <= CHECKPOINT_TITLE_CHARS:
        return words or None
    whole, space, _ = words[:CHECKPOINT_TITLE_CHARS].rpartition(" ")
    return (whole if space else words[: CHECKPOINT_TITLE_CHARS - 1]) + "…"


def operation(row: Row) -> Operation:
    return Operation(row["id"], row["kind"], row["session_id"], row["worktree_id"], json.loads(row["plan"]))


def change(row: Row) -> PendingChange:
    return PendingChange(
        id=row["id"],
        session_id=row["session_id"],
        path=row["path"],
        old_path=row["old_path"],
        op=row["op"],
        agent=row["agent"],
        state=row["state"],
        diff=row["diff"],
        binary=row["is_binary"],
        additions=row["additions"],
        deletions=row["deletions"],
        task_id=row["task_id"],
        created_at=iso(row["created_at"]),
        error=row["error"],
        message_id=row["message_id"],
        tier=row["tier"],
        score=row["score"],
    )


def change_row(row: Row) -> ChangeRow:
    return ChangeRow(change(row), row["old_blob"], row["new_blob"], row["old_mode"], row["new_mode"])


def decided(row: Row) -> Decided:
    """Of an applied change."""
    return Decided(
        row["id"],
        row["tier"],
        row["score"],
        row["before_blob"],
        row["before_mode"],
        row["after_blob"],
        row["after_mode"],
    )


def permission(row: Row) -> Permission:
    return Permission(
        id=row["id"],
        chat_id=row["chat_id"],
        task_id=row["task_id"],
        title=row["title"],
        tool=_part.decode(row["tool"]),
        options=_options.decode(row["options"]),
        expires_at=iso(row["expires_at"]),
        created_at=iso(row["created_at"]),
        outcome=row["outcome"],
        answered_by=row["answered_by"],
    )


def stored_agent(row: Row) -> StoredAgent:
    told = _told.decode(row["told"])
    provider = Provider(
        id=row["id"],
        label=row["label"],
        installed=row["installed"],
        version=row["version"],
        transport=row["transport"],
        models=_models.decode(row["models"]),
        modes=_words.decode(row["modes"]),
        commands=_commands.decode(row["commands"]),
        error=row["error"],
        thinking=told.thinking,
        default_model=told.default_model,
        default_mode=told.default_mode,
    )
    return StoredAgent(provider, told, row["asked_as"])

"""Identifiers: opaque strings with a readable prefix; clients must not take them apart."""

import secrets
from typing import NewType

ProjectId = NewType("ProjectId", str)
SessionId = NewType("SessionId", str)
ChatId = NewType("ChatId", str)
MessageId = NewType("MessageId", str)
TaskId = NewType("TaskId", str)
PendingId = NewType("PendingId", str)
PermissionId = NewType("PermissionId", str)
AgentId = NewType("AgentId", str)
"""A coding agent by its id in the provider registry, for example `practice` or `goose`."""


def new_id(prefix: str) -> str:
    """A fresh id such as `chat_1f0c…`: 80 random bits, enough that nobody guesses or repeats one."""
    return f"{prefix}_{secrets.token_hex(10)}"

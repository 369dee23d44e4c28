"""What the permission desk says of a question that has its outcome; pure."""

from boocode.contracts.frames import PermissionResolved
from boocode.contracts.resources import Permission
from boocode.domain.permissions import in_words, selection_of, timed_out_selection
from boocode.ports.permissions import PermissionAnswered, PermissionGone


def resolved_frame(permission: Permission) -> PermissionResolved:
    assert permission.outcome is not None
    return PermissionResolved(
        permission.id,
        permission.chat_id,
        permission.task_id,
        permission.outcome,
        permission.answered_by,
        permission.title,
        permission.tool.tool_call_id,
    )


def answer_for(permission: Permission, request_key: str) -> PermissionAnswered:
    """What the asker hears: a deadline's choice is passed on like a person's, and named as what it is."""
    outcome = permission.outcome
    assert outcome is not None
    late = permission.answered_by == "deadline"
    option_id = timed_out_selection(outcome, permission.options) if late else selection_of(outcome)
    return PermissionAnswered(
        permission.id,
        request_key,
        option_id,
        timed_out=late,
        words=in_words(outcome, permission.answered_by, permission.options),
        by_policy=permission.answered_by == "policy",
    )


def gone(permission_id: str, permission: Permission | None) -> PermissionGone:
    if permission is None or permission.outcome is None:
        return PermissionGone(permission_id, None)
    by = permission.answered_by
    words = in_words(permission.outcome, by, permission.options)
    return PermissionGone(permission_id, permission.outcome, by, words)

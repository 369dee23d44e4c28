"""Errors as answers: every failure becomes one problem with a stable code and says what to do."""

import logging
import math
from typing import TypeVar

from boocode.contracts.answers import ConflictItem, Problem
from boocode.contracts.parsing import FieldError, NotJson
from boocode.contracts.resources import AnsweredBy
from boocode.kernel import ActorDied, AdminRefused, CallTimeout, MailboxFull, NotRunning
from boocode.ports.permissions import PermissionGone, UnknownOption
from boocode.ports.store import BadCursor, StoreUnavailable, UnknownChat
from boocode.ports.worktrees import ApplyConflict, WorkspaceError

T = TypeVar("T")

logger = logging.getLogger("boocode.web")

TITLES = {
    400: "The request could not be read",
    401: "A token is needed",
    403: "Not from here",
    404: "Not found",
    405: "Not this way",
    409: "It does not fit the present state",
    410: "Not there any more",
    413: "Too large",
    414: "Too large",
    415: "Not this kind of content",
    422: "The request is not right",
    429: "Too many requests",
    500: "BooCode made an error",
    503: "Not now",
    504: "No answer in time",
}

_WORKSPACE_STATUS = {
    "not_a_repository": 422,
    "no_commits": 422,
    "not_found": 404,
    "no_worktree": 404,
    "checkpoint_gone": 410,
    "no_such_hunk": 422,
    "rollback_failed": 500,
}
"""What is not here is 409: as things are now it cannot be done, and nothing was."""


class ApiError(Exception):
    """An answer that is an error."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        field: str | None = None,
        conflicts: tuple[ConflictItem, ...] | None = None,
        outcome: str | None = None,
        answered_by: AnsweredBy | None = None,
        retry_after_s: float | None = None,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(detail)
        title = TITLES.get(status, "Error")
        self.problem = Problem(
            code,
            title,
            detail,
            status,
            field=field,
            conflicts=conflicts,
            outcome=outcome,
            answered_by=answered_by,
        )
        self.headers = headers
        if retry_after_s is not None:
            self.headers += (("Retry-After", str(max(1, math.ceil(retry_after_s)))),)


def found(value: T | None, kind: str, id_: str) -> T:
    """The value, or a 404 that says what was looked for."""
    if value is None:
        raise not_found(kind, id_)
    return value


def not_found(kind: str, id_: str) -> ApiError:
    return ApiError(404, f"{kind}_not_found", f"There is no {kind} {id_[:100]!r}. It may have been deleted.")


def invalid(field: str, detail: str, code: str = "invalid") -> ApiError:
    return ApiError(422, code, detail, field=field)


def api_error(error: Exception) -> ApiError:
    """What the client hears of `error`. What nobody expected is logged and answered 500."""
    match error:
        case ApiError():
            return error
        case StoreUnavailable():
            return ApiError(503, "store_unavailable", str(error), retry_after_s=error.retry_in)
        case UnknownChat():
            return not_found("chat", error.chat_id)
        case BadCursor():
            return ApiError(422, "bad_cursor", str(error))
        case NotJson():
            return ApiError(400, "not_json", f"The body is not JSON: {error}.")
        case FieldError():
            return ApiError(422, "invalid", f"{error}.", field=error.field or None)
        case ApplyConflict():
            conflicts = tuple(ConflictItem(c.path, c.reason) for c in error.conflicts)
            return ApiError(409, error.code, str(error), conflicts=conflicts)
        case WorkspaceError():
            return ApiError(_WORKSPACE_STATUS.get(error.code, 409), error.code, str(error))
        case PermissionGone(outcome=None):
            return ApiError(404, "permission_not_found", str(error))
        case PermissionGone():
            return ApiError(
                409, "permission_gone", str(error), outcome=error.outcome, answered_by=error.answered_by
            )
        case UnknownOption():
            return ApiError(422, "unknown_option", str(error), field="option_id")
        case _:
            return _kernel_error(error)


def _kernel_error(error: Exception) -> ApiError:
    match error:
        case NotRunning():
            detail = f"A part of BooCode restarts just now ({error.path}). Try again in a moment."
            return ApiError(503, "not_running", detail, retry_after_s=error.due_in or 1.0)
        case ActorDied():
            detail = f"A part of BooCode ended before it could answer ({error.path}). Look, then try again."
            return ApiError(503, "actor_died", detail, retry_after_s=1.0)
        case MailboxFull():
            detail = f"BooCode has too much to do just now ({error.path}). Try again in a moment."
            return ApiError(503, "overloaded", detail, retry_after_s=1.0)
        case CallTimeout():
            detail = (
                f"{error.path} did not answer within {error.timeout:g} s. It may still do what was asked."
            )
            return ApiError(504, "timeout", detail)
        case AdminRefused():
            return ApiError(404 if error.code == "not_found" else 409, error.code, str(error))
        case _:
            logger.error("A request failed: %r", error, exc_info=error)
            return ApiError(500, "internal_error", "BooCode made an error. Its log says more.")

"""Permission requests: the three answers that opencode knows, and the rules that a session of ours gets."""

from collections.abc import Mapping, Sequence

from boocode.domain.events import PermissionAsked, PermissionOption
from boocode.domain.opencode.tools import asked_tool
from boocode.domain.opencode.vendor import PermissionRequested

RULES: Sequence[Mapping[str, str]] = ({"permission": "question", "pattern": "*", "action": "deny"},)
"""On top of the agent's own config, which decides about everything else: the tool that asks a person to choose
among answers of its own is not offered, because nobody could answer it here and it waits for ever."""
OPTIONS = (
    PermissionOption("once", "Allow once", "allow_once"),
    PermissionOption("always", "Always allow", "allow_always"),
    PermissionOption("reject", "Reject", "reject_once"),
)


def asked(request: PermissionRequested) -> PermissionAsked:
    """The question; its key is opencode's own id, unique in its server."""
    tool = asked_tool(request)
    lasting = f"Always allow {', '.join(request.always[:5])}" if request.always else OPTIONS[1].label
    options = (OPTIONS[0], PermissionOption("always", lasting[:200], "allow_always"), OPTIONS[2])
    return PermissionAsked(request.id, tool.title, tool, options)


def reply_of(option_id: str | None) -> str:
    """None = nobody answers: to opencode that is a refusal."""
    return option_id if option_id in {option.id for option in OPTIONS} and option_id else "reject"

"""Permission requests: options are told apart by kind, never by id; every answer is one of the agent's."""

from collections.abc import Iterable, Mapping

from attrs import evolve

from boocode.domain.acp.messages import PermissionOptionItem, PermissionParams
from boocode.domain.acp.tools import tool_call
from boocode.domain.events import OptionKind, PermissionAsked, PermissionOption

_KINDS: Mapping[str, OptionKind] = {
    "allow_once": "allow_once",
    "allow_always": "allow_always",
    "reject_once": "reject_once",
    "reject_always": "reject_always",
}


def asked(request_key: str, params: PermissionParams) -> PermissionAsked:
    """The question as an event. A call without an id of its own is named after the request."""
    tool = tool_call(params.tool_call)
    if not tool.tool_call_id:
        tool = evolve(tool, tool_call_id=f"permission-{request_key}")
    title = params.tool_call.title or tool.title
    return PermissionAsked(request_key, title, tool, tuple(_options(params.options)))


def _options(items: Iterable[PermissionOptionItem]) -> Iterable[PermissionOption]:
    """Options of an unknown kind are left out: nobody could say what choosing them means."""
    for item in items:
        kind = _KINDS.get(item.kind or "")
        if kind is not None:
            yield PermissionOption(item.option_id, item.name or item.option_id, kind)


def outcome(option_id: str | None, *, timed_out: bool = False) -> Mapping[str, object]:
    """The result that session/request_permission is answered with; None = cancelled.

    ACP has no outcome of its own for a deadline: who looks into `_meta` can tell it from a person's choice.
    """
    chosen: Mapping[str, object] = {"outcome": "cancelled"}
    if option_id is not None:
        chosen = {"outcome": "selected", "optionId": option_id}
    return {"outcome": chosen, "_meta": {"boocode/timedOut": True}} if timed_out else {"outcome": chosen}


def is_refusal(options: Iterable[PermissionOption], option_id: str | None) -> bool:
    """Whether this answer means that the tool will not run."""
    if option_id is None:
        return True
    return any(option.id == option_id and option.kind.startswith("reject") for option in options)

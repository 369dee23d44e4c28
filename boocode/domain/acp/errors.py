"""An agent's own error, in words for a person: agents hide the useful part in `data`, each elsewhere."""

from collections.abc import Mapping

from boocode.domain.acp.messages import RpcError

METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
AUTH_REQUIRED = -32000
RESOURCE_NOT_FOUND = -32002
MAX_CHARS = 2_000

_GENERIC = ("", "internal error", "invalid params", "invalid request", "server error", "error")
_DETAIL_FIELDS = ("details", "detail", "message", "error", "errorMessage", "reason", "stderr")


def error_text(error: RpcError) -> str:
    """What went wrong, in the agent's words; its code only when it said nothing at all."""
    message = error.message.strip()
    detail = _detail(error.data)
    name = error.data.get("errorName") if isinstance(error.data, Mapping) else None
    if message.lower() in _GENERIC and detail:
        message = detail
    elif detail and detail not in message:
        message = f"{message}: {detail}"
    if isinstance(name, str) and name and name not in message:
        message = f"{name}: {message}" if message else name
    return (message or f"JSON-RPC error {error.code}")[:MAX_CHARS]


def _detail(data: object, depth: int = 0) -> str:
    if isinstance(data, str):
        return data.strip()
    if not isinstance(data, Mapping) or depth > 3:
        return ""
    for name in _DETAIL_FIELDS:
        text = _detail(data.get(name), depth + 1)
        if text:
            return text
    return ""


def as_error(raw: object) -> RpcError | None:
    """Reads the `error` of a JSON-RPC answer, however odd; None when there is none."""
    if raw is None:
        return None
    if not isinstance(raw, Mapping):
        return RpcError(message=str(raw)[:MAX_CHARS])
    code, message = raw.get("code"), raw.get("message")
    return RpcError(
        code=code if isinstance(code, int) else 0,
        message=message if isinstance(message, str) else "",
        data=raw.get("data"),
    )

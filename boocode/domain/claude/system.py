"""`system` messages: what the agent says about itself and its connection, and what is worth a person's while."""

from collections.abc import Iterable, Mapping

from boocode.domain.events import AgentEvent, Command, Commands, ModeChanged, ModelChanged, Notice


def map_system(message: Mapping[str, object]) -> Iterable[AgentEvent]:
    """Events of one message; most of them say nothing that is shown."""
    match message.get("subtype"):
        case "init":
            yield from _init(message)
        case "api_retry":
            yield Notice(_retry(message))
        case "permission_denied":
            yield Notice(str(message.get("message") or f"{message.get('tool_name')} was not permitted."))
        case "compact_boundary":
            yield Notice("The agent has summed up the conversation so far, to make room in its context.")
        case "mirror_error":
            yield Notice(
                "A part of the agent's memory of this conversation could not be stored: resumed elsewhere it may "
                f"miss something ({message.get('error')})."
            )


def session_id_of(message: Mapping[str, object]) -> str | None:
    """The agent's own id of the conversation; every message carries it."""
    value = message.get("session_id")
    return value if isinstance(value, str) and value else None


def commands_of(message: Mapping[str, object]) -> Commands | None:
    """The slash commands of an `init` message; None when it has none. The SDK's own list says more of each."""
    names = message.get("slash_commands")
    if not isinstance(names, list):
        return None
    return Commands(tuple(Command(str(name)) for name in names))


def _init(message: Mapping[str, object]) -> Iterable[AgentEvent]:
    model, mode = message.get("model"), message.get("permissionMode", message.get("permission_mode"))
    if isinstance(model, str) and model:
        yield ModelChanged(model)
    if isinstance(mode, str) and mode:
        yield ModeChanged(mode)


def _retry(message: Mapping[str, object]) -> str:
    status, error = message.get("error_status"), message.get("error")
    why = " ".join(str(word) for word in (status, error) if word) or "no answer"
    delay = message.get("retry_delay_ms")
    wait = f"in {delay / 1000:.1f} s" if isinstance(delay, int | float) else "soon"
    tries = f"{message.get('attempt')} of {message.get('max_retries')}"
    return f"The model's server failed ({why}); the agent tries again {wait} ({tries})."

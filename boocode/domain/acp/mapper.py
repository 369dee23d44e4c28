"""`session/update` → events, one message at a time, without memory.

What needs the turn's memory (control tags, open tools, sums of tokens) is `turn_fold`. Kinds that BooCode
does not show map to nothing.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from boocode.domain.acp import messages as m
from boocode.domain.acp.incoming import Mapped, OwnWords
from boocode.domain.acp.offers import SettingsNote, of_options
from boocode.domain.acp.tools import content_text, terminals_shown, tool_call, tool_update
from boocode.domain.acp.usage import session_cost, tokens
from boocode.domain.events import (
    Command,
    Commands,
    ModeChanged,
    ModelChanged,
    Notice,
    Plan,
    PlanEntry,
    Reasoning,
    Text,
)

_PLAN_STATUS = ("pending", "in_progress", "completed")
_PLAN_PRIORITY = ("high", "medium", "low")


def map_update(update: m.SessionUpdate) -> tuple[Mapped, ...]:
    """The events of one update, in order; empty for an update that says nothing."""
    match update:
        case m.AgentMessageChunk():
            return _message(update)
        case m.AgentThoughtChunk():
            text = content_text(update.content)
            return (Reasoning(text),) if text else ()
        case m.UserMessageChunk():
            return (OwnWords(),)
        case m.ToolCallStart():
            return (tool_call(update), *terminals_shown(update))
        case m.ToolCallProgress():
            return (tool_update(update), *terminals_shown(update))
        case m.PlanUpdate():
            return (Plan(tuple(_plan_entry(item) for item in update.entries)),)
        case m.CommandsUpdate():
            return (_commands(update.available_commands),)
        case m.ModeUpdate():
            return (ModeChanged(update.current_mode_id),)
        case m.ConfigUpdate():
            options = update.config_options
            return (*_config_events(options), SettingsNote(of_options(options)))
        case m.UsageUpdate():
            note = session_cost(update.cost)
            return (note,) if note is not None else ()
        case _:
            return ()


def _message(update: m.AgentMessageChunk) -> tuple[Mapped, ...]:
    events: list[Mapped] = []
    text = content_text(update.content)
    if text:
        events.append(Text(text))
    elif update.content is not None and update.content.type in ("image", "audio"):
        kind = update.content.mime_type or update.content.type
        events.append(Notice(f"The agent sent {kind}, which is not shown here."))
    note = tokens(update.meta.get("usage"), "call") if isinstance(update.meta, Mapping) else None
    if note is not None:
        events.append(note)
    return tuple(events)


def _plan_entry(item: m.PlanItem) -> PlanEntry:
    status: Any = item.status if item.status in _PLAN_STATUS else "pending"
    priority: Any = item.priority if item.priority in _PLAN_PRIORITY else "medium"
    return PlanEntry(item.content, status, priority)


def _commands(items: Iterable[m.AvailableCommand]) -> Commands:
    return Commands(tuple(Command(item.name, item.description or "") for item in items))


def _config_events(options: Iterable[m.ConfigOption]) -> Iterable[Mapped]:
    for option in options:
        value = option.current_value
        if not isinstance(value, str):
            continue
        if "model" in (option.category, option.id):
            yield ModelChanged(value)
        elif "mode" in (option.category, option.id):
            yield ModeChanged(value)

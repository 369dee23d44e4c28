"""Whatever an agent sends, the wire answers with messages: nothing it writes raises."""

import json
from contextlib import suppress

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from boocode.adapters.acp.wire import JsonRpcWire
from boocode.domain.acp.errors import as_error, error_text
from boocode.domain.acp.handshake import openings, traits
from boocode.domain.acp.incoming import Answer, AskedPermission, Incoming, Updates
from boocode.domain.acp.messages import InitializeResult, SessionResult
from boocode.domain.acp.offers import offer
from boocode.domain.acp.permissions import asked
from boocode.domain.acp.turn_fold import TurnFold
from boocode.domain.acp.usage import session_cost, tokens

KINDS = st.sampled_from(
    [
        *(
            "agent_message_chunk",
            "agent_thought_chunk",
            "user_message_chunk",
            "tool_call",
            "tool_call_update",
        ),
        *("plan", "available_commands_update", "current_mode_update", "config_option_update", "usage_update"),
        *("session_info_update", "unheard_of"),
    ]
)
NAMES = st.sampled_from(
    [
        *(
            "type",
            "text",
            "content",
            "toolCallId",
            "title",
            "kind",
            "status",
            "rawInput",
            "rawOutput",
            "path",
        ),
        *(
            "locations",
            "entries",
            "availableCommands",
            "name",
            "configOptions",
            "id",
            "options",
            "value",
            "cost",
        ),
        *("amount", "_meta", "usage", "inputTokens", "currentModeId", "currentValue", "category", "data"),
        *(
            "message",
            "models",
            "modes",
            "availableModels",
            "modelId",
            "agentCapabilities",
            "sessionCapabilities",
        ),
    ]
)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 10**20), st.floats(), st.text(max_size=8), KINDS
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=5)),
    max_leaves=12,
)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=6)


def hear(*messages: object) -> list[Incoming]:
    wire = JsonRpcWire()
    return wire.feed(b"".join(json.dumps(each).encode() + b"\n" for each in messages)) + wire.finish()


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    wire = JsonRpcWire()
    wire.feed(data)
    wire.finish()


@given(KINDS, OBJECTS)
def test_any_update_through_a_turn(kind: str, fields: dict[str, object]) -> None:
    update = {**fields, "sessionUpdate": kind}
    fold = TurnFold()
    for item in hear({"method": "session/update", "params": {"sessionId": "s", "update": update}}):
        if isinstance(item, Updates):
            fold.take(item.items)
    fold.end(completed=True)


@given(OBJECTS, st.lists(st.dictionaries(st.sampled_from(["optionId", "name", "kind"]), SCALARS), max_size=3))
def test_any_permission_request(tool: dict[str, object], options: list[dict[str, object]]) -> None:
    params = {"sessionId": "s", "toolCall": tool, "options": options}
    fold = TurnFold()
    for item in hear({"id": 1, "method": "session/request_permission", "params": params}):
        if isinstance(item, AskedPermission):
            fold.ask(asked("1", item.params))
    fold.end(completed=False)


@given(VALUES, VALUES)
def test_any_answer(result: object, error: object) -> None:
    for item in hear({"id": 1, "result": result, "error": error}):
        assert not isinstance(item, Answer) or item.error is None or error_text(item.error)
    read = as_error(error)
    assert read is None or error_text(read)
    tokens(result, "turn")
    session_cost(result)


@given(OBJECTS, st.sampled_from([None, "s1"]))
def test_any_handshake(result: dict[str, object], resume_id: str | None) -> None:
    with suppress(msgspec.ValidationError):
        known = traits(msgspec.convert(result, InitializeResult))
        assert openings(known, resume_id)[-1] == "new"
    with suppress(msgspec.ValidationError):
        offer(msgspec.convert(result, SessionResult))

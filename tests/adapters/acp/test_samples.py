"""What real agents said, recorded, through our wire and mapper; beside it the ACP library's own schema."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from acp import schema
from msgspec import convert

from boocode.adapters.acp.wire import JsonRpcWire
from boocode.domain.acp.handshake import traits
from boocode.domain.acp.incoming import (
    Answer,
    AskedPermission,
    AskedToRead,
    AskedToWrite,
    AskedUnknown,
    Garbage,
    Incoming,
    Updates,
)
from boocode.domain.acp.messages import InitializeResult, PromptResult, SessionResult
from boocode.domain.acp.offers import offer
from boocode.domain.acp.permissions import asked
from boocode.domain.acp.turn_fold import TurnFold
from boocode.domain.events import Text, ToolCall, ToolUpdate

SAMPLES = sorted((Path(__file__).parent / "samples").glob("*.ndjson"))


def recorded(sample: Path) -> list[tuple[str, dict[str, Any]]]:
    lines = [json.loads(line) for line in sample.read_text().splitlines() if line.strip()]
    return [(line["dir"], line["msg"]) for line in lines if "msg" in line]


def heard(sample: Path) -> list[Incoming]:
    """Everything the agent sent, as one stream of bytes through our wire."""
    data = b"".join(json.dumps(msg).encode() + b"\n" for way, msg in recorded(sample) if way == "in")
    wire = JsonRpcWire()
    return wire.feed(data) + wire.finish()


def answers(sample: Path, method: str) -> list[dict[str, Any]]:
    """The results of our requests of this method."""
    ids = {msg["id"] for way, msg in recorded(sample) if way == "out" and msg.get("method") == method}
    return [
        msg["result"]
        for way, msg in recorded(sample)
        if way == "in" and "method" not in msg and msg.get("id") in ids and "result" in msg
    ]


def test_there_are_samples() -> None:
    assert {sample.name.split("-")[0] for sample in SAMPLES} >= {"goose", "opencode", "qwen"}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_nothing_of_it_is_garbage_and_nothing_is_lost(sample: Path) -> None:
    items = heard(sample)
    assert [item for item in items if isinstance(item, Garbage)] == []
    kinds = Counter(
        "update" if msg.get("method") == "session/update" else "request" if "method" in msg else "answer"
        for way, msg in recorded(sample)
        if way == "in"
    )
    assert sum(isinstance(item, Answer) for item in items) == kinds["answer"]
    asked_of_us = AskedPermission | AskedToRead | AskedToWrite | AskedUnknown
    requests = sum(isinstance(item, asked_of_us) for item in items)
    assert requests == kinds["request"]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_its_text_is_the_text_of_its_chunks(sample: Path) -> None:
    texts = [
        msg["params"]["update"]["content"]["text"]
        for way, msg in recorded(sample)
        if way == "in"
        and msg.get("method") == "session/update"
        and msg["params"]["update"]["sessionUpdate"] == "agent_message_chunk"
    ]
    events = [event for item in heard(sample) if isinstance(item, Updates) for event in item.items]
    assert "".join(event.text for event in events if isinstance(event, Text)) == "".join(texts)
    assert "".join(texts)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_every_tool_of_a_turn_is_closed_at_its_end(sample: Path) -> None:
    fold = TurnFold()
    status: dict[str, str] = {}
    events = []
    for number, item in enumerate(heard(sample)):
        if isinstance(item, Updates):
            events += fold.take(item.items)
        elif isinstance(item, AskedPermission):
            events += fold.ask(asked(str(number), item.params))
    events += fold.end(completed=True)
    known: set[str] = set()
    for event in events:
        if isinstance(event, ToolCall):
            known.add(event.tool_call_id)
        elif isinstance(event, ToolUpdate):
            assert event.tool_call_id in known, "an update came before its call"
        if isinstance(event, ToolCall | ToolUpdate) and event.status is not None:
            status[event.tool_call_id] = event.status
    assert status
    assert set(status.values()) <= {"completed", "failed"}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_its_handshake_is_understood(sample: Path) -> None:
    (told,) = answers(sample, "initialize")[:1]
    assert traits(convert(told, InitializeResult)).can_load
    (opened,) = answers(sample, "session/new")[:1]
    found = offer(convert(opened, SessionResult))
    assert found.model is not None
    assert found.mode is not None
    assert found.model.current is not None
    for result in answers(sample, "session/prompt"):
        assert convert(result, PromptResult).stop_reason
        schema.PromptResponse.model_validate(result)

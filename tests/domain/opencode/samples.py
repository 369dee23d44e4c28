"""The recorded turns of the real opencode 1.18.33: see `tools/opencode_samples.py`."""

import json
from pathlib import Path
from typing import Any

import msgspec
from attrs import frozen

from boocode.domain.opencode.decoding import decode
from boocode.domain.opencode.vendor import VendorEvent, WholeMessage

FOLDER = Path(__file__).parent / "samples"
NAMES = sorted(path.stem for path in FOLDER.glob("*.jsonl"))


@frozen
class Sample:
    head: dict[str, Any]
    lines: tuple[bytes, ...]
    messages: list[WholeMessage]

    @property
    def message_id(self) -> str:
        return str(self.head["message_id"])

    @property
    def events(self) -> list[VendorEvent]:
        return [event for line in self.lines if (event := decode(line)) is not None]


def sample(name: str) -> Sample:
    head, *lines, last = (FOLDER / f"{name}.jsonl").read_bytes().splitlines()
    messages = msgspec.convert(json.loads(last)["messages"], list[WholeMessage])
    return Sample(json.loads(head), tuple(lines), messages)

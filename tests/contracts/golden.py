"""Writes golden.json anew: `python -m tests.contracts.golden`, then `python -m tools.wire`."""

import json
from pathlib import Path

from boocode.contracts.codec import encode_body, wire_frame
from boocode.contracts.frames import WireFrame
from tests.contracts.examples import AT, BODIES

FILE = Path(__file__).with_name("golden.json")


def golden_frames() -> list[WireFrame]:
    return [wire_frame("chat:c", 7, body.type, AT, encode_body(body)) for body in BODIES]


def rendered() -> str:
    frames = [json.loads(frame.data) for frame in golden_frames()]
    return json.dumps(frames, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(rendered())

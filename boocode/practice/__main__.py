"""`python -m boocode.practice`: read lines until the client closes our standard input, then leave nothing."""

import json
import os
import signal
import sys
import traceback

from boocode.practice.agent import Agent, log
from boocode.practice.history import Sessions, state_folder
from boocode.practice.wire import Wire

PARSE_ERROR = -32700
GOODBYE_S = 0.3
"""How long running commands have to be killed by their turns before the process ends."""


def main() -> None:
    output = os.dup(1)
    os.dup2(2, 1)  # what a stray print says must not stand between our lines
    wire = Wire(output)
    agent = Agent(wire, Sessions(state_folder(os.environ)))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    code = 0
    try:
        for line in sys.stdin.buffer:
            _take(line, agent, wire)
    except (OSError, KeyboardInterrupt):
        pass  # the client has gone, or somebody at a terminal wants us to go
    except Exception:  # noqa: BLE001 – said before the exit below would hide it
        traceback.print_exc()
        code = 1
    finally:
        agent.close(GOODBYE_S)
        os._exit(code)  # turns that listen to nobody must not hold the process


def _take(line: bytes, agent: Agent, wire: Wire) -> None:
    if not line.strip():
        return
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        log(f"a line that is not JSON: {line[:80]!r}")
        wire.refuse(None, PARSE_ERROR, "that line is not JSON")
        return
    if isinstance(message, dict):
        agent.take(message)


if __name__ == "__main__":
    main()

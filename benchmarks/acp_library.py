"""The ACP library's own connection on plain asyncio: `python -m benchmarks.acp_library COUNT` prints the seconds.

A program of its own: importing trio-asyncio into a process makes asyncio in it eleven times slower.
"""

import asyncio
import sys
import time
from typing import Any

from acp import text_block
from acp.stdio import spawn_agent_process


class CountingClient:
    """Counts notifications; the library hands them over decoded."""

    def __init__(self, expected: int) -> None:
        self.left = expected
        self.done = asyncio.Event()

    # The names are those of the library's interface.
    async def session_update(self, session_id: str, update: object, **_: Any) -> None:  # noqa: ARG002
        self.left -= 1
        if not self.left:
            self.done.set()

    def on_connect(self, conn: object) -> None:
        """Part of the library's interface."""


async def measure(count: int) -> float:
    client = CountingClient(count)
    command = (sys.executable, "-m", "benchmarks.acp_source", str(count))
    async with spawn_agent_process(client, *command) as (agent, process):  # type: ignore[arg-type]
        await agent.initialize(protocol_version=1)
        began = time.perf_counter()
        await agent.prompt(session_id="bench", prompt=[text_block("go")])
        await client.done.wait()
        took = time.perf_counter() - began
        process.kill()
    return took


if __name__ == "__main__":
    print(asyncio.run(measure(int(sys.argv[1]))))

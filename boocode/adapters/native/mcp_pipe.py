"""The SDK's two streams over a child that BooCode owns: a line a message. Nothing is launched here, nothing killed.

A message is written whole or not at all, whoever asked for it and gives up meanwhile: the pumps write, not the callers.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import trio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.shared.message import SessionMessage
from mcp_types import jsonrpc_message_adapter

from boocode.adapters.acp.lines import LineSplitter, LineTooLong
from boocode.adapters.native.mcp_ending import Ending
from boocode.ports.processes import OwnedProcess

Item = SessionMessage | Exception
Streams = tuple[MemoryObjectReceiveStream[Item], MemoryObjectSendStream[SessionMessage]]
EXIT_S = 1.0
"""How long a process may take to be gone after its output has ended."""


@asynccontextmanager
async def pipe(child: OwnedProcess, ending: Ending) -> AsyncIterator[Streams]:
    """`ending` happens with the child's output, before the streams end."""
    heard, read = anyio.create_memory_object_stream[Item](0)
    write, asked = anyio.create_memory_object_stream[SessionMessage](0)
    async with heard, read, write, asked, trio.open_nursery() as nursery:
        nursery.start_soon(_hear, child, heard, ending)
        nursery.start_soon(_say, child, asked, heard, ending)
        yield read, write
        nursery.cancel_scope.cancel()


async def _hear(child: OwnedProcess, heard: MemoryObjectSendStream[Item], ending: Ending) -> None:
    lines = LineSplitter()
    async with heard:
        try:
            while data := await child.receive():
                for line in lines.feed(data):
                    if (message := _parsed(line)) is not None:
                        await heard.send(message)
        except LineTooLong as error:
            ending.end(f"it sent too much at once: {error}")
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            return  # nobody listens any more: the connection is being left
        else:
            ending.end(await _last_words(child))


async def _say(
    child: OwnedProcess,
    asked: MemoryObjectReceiveStream[SessionMessage],
    heard: MemoryObjectSendStream[Item],
    ending: Ending,
) -> None:
    async with asked:
        try:
            async for item in asked:
                text = item.message.model_dump_json(by_alias=True, exclude_unset=True)
                await child.send(text.encode() + b"\n")
        except BrokenPipeError:
            # It may live on without ears: whoever waits for an answer learns that none will come.
            ending.end(await _last_words(child))
            await heard.aclose()


async def _last_words(child: OwnedProcess) -> str:
    with trio.move_on_after(EXIT_S):
        return f"it {(await child.wait()).describe()}"
    tail = child.stderr_tail().strip()[-400:]
    return f"it closed its output{f'; its last words: {tail}' if tail else ''}"


def _parsed(line: bytes) -> SessionMessage | None:
    """None for what is no message: some servers print what they do on stdout."""
    line = line.strip()
    if not line:
        return None
    try:
        return SessionMessage(jsonrpc_message_adapter.validate_json(line, by_name=False))
    except ValueError:
        return None

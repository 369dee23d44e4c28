"""The outgoing side of one TCP connection: whole messages, in order, and never a sender that waits for ever.

Several tasks write to one connection (the request handler, the reader that answers pings, the broadcast hub).
What one of them began is finished before the next one's first byte. A peer that takes no byte for `stall_s` is
dropped, and so is a connection whose sender was cancelled in the middle: half a frame cannot be mended.
"""

import os
import socket
import struct
from contextlib import suppress

import trio

NO_LINGER = struct.pack("ii", 1, 0)
CHUNK_BYTES = 256 * 1024


class Wire:
    def __init__(self, stream: trio.SocketStream, stall_s: float) -> None:
        self.stalled = False
        self.heard_at = trio.current_time()
        """When the peer last sent anything."""
        self._socket = stream.socket
        self._stall_s = stall_s
        self._turn = trio.Lock()
        self._rest = memoryview(b"")
        """What `send_now` could not get out: belongs before everything else."""
        self._is_broken = False

    @property
    def is_broken(self) -> bool:
        return self._is_broken

    @property
    def has_rest(self) -> bool:
        return bool(self._rest)

    def send_now(self, data: bytes) -> bool:
        """Takes `data` whole, or refuses it (False) while something is on its way. Never waits, never raises;
        what the network does not take at once is kept for the next `send`."""
        if self._is_broken or self._rest or self._turn.locked():
            return False
        try:
            sent = os.write(self._socket.fileno(), data)
        except BlockingIOError:
            return False
        except OSError:
            self.abort()
            return False
        if sent < len(data):
            self._rest = memoryview(data)[sent:]
        return True

    async def send(self, data: bytes) -> None:
        """All of it, after what was begun before. Raises trio.BrokenResourceError when the connection is gone or
        the peer stalls."""
        async with self._turn:
            rest, self._rest = self._rest, memoryview(b"")
            await self._push(rest, began=True)
            await self._push(memoryview(data), began=False)

    async def _push(self, view: memoryview, *, began: bool) -> None:
        """`began`: a part of it is out already. Left in the middle, however that happens, the connection ends."""
        is_whole = False
        try:
            while view:
                count = await self._send_some(view[:CHUNK_BYTES])
                began = True
                view = view[count:]
            is_whole = True
        finally:
            if began and not is_whole:
                self.abort()

    async def _send_some(self, view: memoryview) -> int:
        if self._is_broken:
            raise trio.BrokenResourceError("the connection was dropped")
        with trio.move_on_after(self._stall_s):
            try:
                return await self._socket.send(view)
            except (OSError, trio.ClosedResourceError) as error:
                self.abort()
                raise trio.BrokenResourceError(str(error)) from error
        self.stalled = True
        self.abort()
        raise trio.BrokenResourceError(f"the peer took nothing for {self._stall_s:g} s")

    def abort(self) -> None:
        """Drops the connection and what is queued in the system for it; its waiters are woken."""
        if self._is_broken:
            return
        self._is_broken = True
        self._rest = memoryview(b"")
        with suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
        self._socket.close()

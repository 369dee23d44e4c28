"""The reading side of benchmarks.fanout: many sockets, one process, no library in the way."""

import json
import re
import selectors
import socket
import sys
import time

from boocode.contracts.frames import chat_topic

CLOCK = re.compile(rb'"seq":(\d+),.{0,90}?"t":(\d+)')
SAMPLES_BYTES = 4_000_000
"""Beyond this much a client's bytes are only counted: what is measured then is throughput."""


def opened(port: int, token: str, receive_bytes: int | None = None) -> socket.socket:
    """A WebSocket that follows the chat."""
    sock = socket.socket()
    if receive_bytes is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    sock.connect(("127.0.0.1", port))
    sock.sendall(
        f"GET /api/ws HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        f"Authorization: Bearer {token}\r\n\r\n".encode()
    )
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        answer += sock.recv(1)
    payload = json.dumps({"type": "subscribe", "topic": chat_topic("c1")}).encode()
    sock.sendall(bytes((0x81, 0x80 | len(payload))) + b"\0\0\0\0" + payload)
    return sock


def _connected(port: int, token: str, kind: str) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port)) if kind == "bare" else opened(port, token)


def main(port: int, count: int, frames: int, token: str, kind: str) -> None:
    socks = [_connected(port, token, kind) for _ in range(count)]
    ready = selectors.DefaultSelector()
    for sock in socks:
        sock.setblocking(False)
        ready.register(sock, selectors.EVENT_READ, sock)
    print("ready", flush=True)
    last = b'"seq":%d,' % frames
    tails = dict.fromkeys(socks, b"")
    latencies: list[float] = []
    open_, read = count, 0
    while open_:
        for key, _ in ready.select():
            client: socket.socket = key.data
            data = client.recv(262_144)
            now = time.monotonic_ns()
            read += len(data)
            if read < SAMPLES_BYTES * 10:
                latencies += [(now - int(made)) / 1e9 for _, made in CLOCK.findall(data)]
            tail = tails[client] + data
            if last in tail or not data:
                ready.unregister(client)
                open_ -= 1
            tails[client] = tail[-40:]
    print(time.monotonic(), *latencies[:100_000], flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], sys.argv[5])

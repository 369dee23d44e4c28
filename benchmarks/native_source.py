"""A model endpoint that only floods: `python -m benchmarks.native_source COUNT` streams COUNT words a request.

It prints its port. The answer is made before it is asked for, so that what is measured is the reader.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def answer(count: int) -> bytes:
    """Server-sent events, as llama.cpp writes them."""

    def event(choice: dict[str, object]) -> bytes:
        chunk = {
            "id": "bench",
            "object": "chat.completion.chunk",
            "created": 0,
            "model": "m",
            "choices": [choice],
        }
        return b"data: " + json.dumps(chunk).encode() + b"\n\n"

    words = (
        event({"index": 0, "delta": {"content": f" word{at % 100}"}, "finish_reason": None})
        for at in range(count)
    )
    end = event({"index": 0, "delta": {}, "finish_reason": "stop"})
    return b"".join((*words, end, b"data: [DONE]\n\n"))


class Endpoint(BaseHTTPRequestHandler):
    body = answer(int(sys.argv[1]))

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: object) -> None:
        """Nothing: what it prints is its port."""


if __name__ == "__main__":
    with ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as server:
        sys.stdout.write(f"{server.server_port}\n")
        sys.stdout.flush()
        server.serve_forever()

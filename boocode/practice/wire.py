"""JSON-RPC 2.0 lines on the standard streams: whole lines out under one lock, answers to our own questions in.

Chunks of text are most of what an agent says, so their lines are built from a ready head and tail, and
several may go out in one write.
"""

import json
import os
import threading
from collections.abc import Mapping

ChunkKind = str
Json = object
RequestId = str | int | None


class Question:
    """One request of ours to the client. `done` is set by its answer, or by whoever gives up waiting."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.done = threading.Event()
        self.result: Mapping[str, Json] | None = None


class Wire:
    """The client, as seen by the agent. Every method may be called from any thread and may block on the pipe.

    Raises OSError when the client has gone.
    """

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._lock = threading.Lock()
        self._questions: dict[int, Question] = {}
        self._asked = 0

    def write(self, lines: bytes) -> None:
        """Whole lines, never mixed with those of another thread."""
        with self._lock:
            rest = memoryview(lines)
            while rest:
                rest = rest[os.write(self._fd, rest) :]

    def send(self, message: Mapping[str, Json]) -> None:
        line = json.dumps({"jsonrpc": "2.0", **message}, separators=(",", ":"), ensure_ascii=False)
        self.write(line.encode("utf-8", "replace") + b"\n")

    def reply(self, request: RequestId, result: Mapping[str, Json]) -> None:
        self.send({"id": request, "result": result})

    def refuse(self, request: RequestId, code: int, message: str, data: Json = None) -> None:
        error: dict[str, Json] = {"code": code, "message": message}
        self.send({"id": request, "error": error if data is None else error | {"data": data}})

    def update(self, session_id: str, kind: str, body: Mapping[str, Json]) -> None:
        params = {"sessionId": session_id, "update": {"sessionUpdate": kind, **body}}
        self.send({"method": "session/update", "params": params})

    def ask(self, method: str, params: Mapping[str, Json]) -> Question:
        """Send a request; wait on its `done`."""
        with self._lock:
            self._asked += 1
            question = Question(self._asked)
            self._questions[question.number] = question
        self.send({"id": question.number, "method": method, "params": params})
        return question

    def answered(self, message: Mapping[str, Json]) -> None:
        """The reader hands over every line that answers; one that nobody waits for is dropped."""
        number = message.get("id")
        question = self._questions.pop(number, None) if isinstance(number, int) else None
        if question is not None:
            result = message.get("result")
            question.result = result if isinstance(result, dict) else None
            question.done.set()


class ChunkLines:
    """Makes the lines of one session's text chunks of one kind."""

    def __init__(self, session_id: str, kind: ChunkKind) -> None:
        whole = json.dumps(
            {
                "jsonrpc": "2.0",
                "method": "session/update",
                "params": {
                    "sessionId": session_id,
                    "update": {"sessionUpdate": kind, "content": {"type": "text", "text": "\0"}},
                },
            },
            separators=(",", ":"),
        )
        self._head, _, tail = whole.partition('"\\u0000"')
        self._tail = tail + "\n"

    def line(self, text: str) -> str:
        return f"{self._head}{json.dumps(text)}{self._tail}"

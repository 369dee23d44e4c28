"""One turn: its voice towards the client, its pauses and questions, and how it is cancelled.

A turn runs in a thread of its own. Everything that waits here wakes at `cancel`, by raising TurnCancelled;
that is the only way in which a cancel reaches the steps.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping

from boocode.practice.history import MAX_TEXT, Session
from boocode.practice.wire import ChunkLines, Json, Question, Wire

BATCH = 256
"""Chunks a write when nothing delays them."""
MODEL_DELAY_S = {"practice-slow": 0.04}


class TurnCancelled(Exception):
    """The client asked to stop."""


class TurnFailed(Exception):
    """The turn ends with a JSON-RPC error of this text."""


class Turn:
    def __init__(self, session: Session, wire: Wire, number: int) -> None:
        self.session = session
        self.wire = wire
        self.cancelled = threading.Event()
        self.over = threading.Event()
        self.on_cancel: Callable[[], None] | None = None
        """Called at a cancel, from the thread that cancels: kills a running command."""
        self._number = number
        self._calls = 0
        self._question: Question | None = None
        self._said: list[str] = []
        self._said_size = 0
        self._chunks = ChunkLines(session.id, "agent_message_chunk")
        self._thoughts = ChunkLines(session.id, "agent_thought_chunk")

    def cancel(self) -> None:
        """From the reader's thread: wake whatever this turn waits for."""
        self.cancelled.set()
        question, on_cancel = self._question, self.on_cancel
        if question is not None:
            question.done.set()
        if on_cancel is not None:
            on_cancel()

    def check(self) -> None:
        if self.cancelled.is_set():
            raise TurnCancelled

    def pause(self, seconds: float) -> None:
        if self.cancelled.wait(max(seconds, 0.0)):
            raise TurnCancelled

    def said(self) -> str:
        """The answer so far, cut at what a history keeps."""
        return "".join(self._said)

    def output_tokens(self) -> int:
        return max(1, (self._said_size + 3) // 4)

    def say(self, text: str) -> None:
        """Stream a text in word-sized chunks, at the model's pace."""
        self.stream(_words(text))

    def think(self, texts: Iterable[str], delay: float | None = None) -> None:
        self._stream(self._thoughts, texts, delay)

    def stream(self, texts: Iterable[str], delay: float | None = None) -> None:
        """Stream chunks `delay` seconds apart, None = the model's pace; without delay, many a write."""
        self._stream(self._chunks, self._noted(texts), delay)

    def update(self, kind: str, body: Mapping[str, Json]) -> None:
        self.check()
        self.wire.update(self.session.id, kind, body)

    def tool_call(self, title: str, kind: str, details: Mapping[str, Json]) -> str:
        """Open a tool call, and give its id."""
        self._calls += 1
        call_id = f"call_{self._number}_{self._calls}"
        self.update(
            "tool_call",
            {"toolCallId": call_id, "title": title, "kind": kind, "status": "pending", **details},
        )
        return call_id

    def tool_update(self, call_id: str, details: Mapping[str, Json]) -> None:
        """Not stopped by a cancel: an open tool call is closed all the same."""
        self.wire.update(self.session.id, "tool_call_update", {"toolCallId": call_id, **details})

    def ask(self, tool_call: Mapping[str, Json], options: list[Mapping[str, Json]]) -> str | None:
        """Ask for permission; the chosen option's id, None when the client declined to choose."""
        params = {"sessionId": self.session.id, "toolCall": tool_call, "options": options}
        self.check()
        question = self._question = self.wire.ask("session/request_permission", params)
        self.check()  # a cancel just before the question was known did not wake it
        question.done.wait()
        self._question = None
        self.check()
        outcome = (question.result or {}).get("outcome")
        if not isinstance(outcome, dict) or outcome.get("outcome") != "selected":
            return None
        return str(outcome.get("optionId"))

    def _noted(self, texts: Iterable[str]) -> Iterable[str]:
        for text in texts:
            if self._said_size < MAX_TEXT:
                self._said.append(text)
            self._said_size += len(text)
            yield text

    def _stream(self, lines: ChunkLines, texts: Iterable[str], delay: float | None) -> None:
        if delay is None:
            delay = MODEL_DELAY_S.get(self.session.model, 0.0)
        if delay:
            due = time.monotonic()
            for text in texts:
                self.check()
                self.wire.write(lines.line(text).encode())
                due += delay
                self.pause(due - time.monotonic())
            return
        batch: list[str] = []
        size = 1  # the first chunk leaves at once: it is what a person waits for
        for text in texts:
            batch.append(lines.line(text))
            if len(batch) >= size:
                self.check()
                self.wire.write("".join(batch).encode())
                batch.clear()
                size = BATCH
        self.check()
        self.wire.write("".join(batch).encode())


def usage(turn: Turn, given: int) -> dict[str, int]:
    """Tokens of this turn, in the shape of a prompt's result; `given` is what the model read, roughly."""
    made = turn.output_tokens()
    return {"inputTokens": given, "outputTokens": made, "totalTokens": given + made}


def _words(text: str) -> list[str]:
    """Pieces that join to the text again, a word and what follows it each."""
    pieces: list[str] = []
    start = 0
    for index in range(1, len(text)):
        if not text[index].isspace() and text[index - 1].isspace():
            pieces.append(text[start:index])
            start = index
    pieces.append(text[start:])
    return pieces

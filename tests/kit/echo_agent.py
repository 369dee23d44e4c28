"""An ACP agent that says what it is told, in the pieces it is told: `python tests/kit/echo_agent.py`.

A prompt is the text that it shall say; it comes back in one piece. With a first line `#echo SIZE MS` it comes in
pieces of SIZE characters, one every MS milliseconds (0: as fast as the pipe takes them). With `#file PATH SIZE MS` the
text is that of a file, for what is too long for a prompt. A prompt that is a JSON array is a list of ACP updates,
sent as they are; `{"sessionUpdate": "hold"}` among them waits until the turn is cancelled. Standard library only.
"""

import json
import sys
import threading
import time

SESSION = "echo-session"
BATCH = 500
HOLD_S = 60.0


class EchoAgent:
    """One session; turns run in threads, so that a cancel is heard."""

    def __init__(self) -> None:
        self.cancelled = threading.Event()

    def run(self) -> None:
        for line in sys.stdin.buffer:
            message = json.loads(line)
            method, request = message.get("method"), message.get("id")
            if method == "session/cancel":
                self.cancelled.set()
            elif method == "session/prompt":
                self.cancelled.clear()
                words = message["params"]["prompt"][0]["text"]
                threading.Thread(target=self.turn, args=[request, words], daemon=True).start()
            elif method == "initialize":
                send({"id": request, "result": {"protocolVersion": 1, "agentCapabilities": {}}})
            elif method == "session/new":
                send({"id": request, "result": {"sessionId": SESSION}})
            elif method is not None and request is not None:
                send({"id": request, "error": {"code": -32601, "message": f"no method {method}"}})

    def turn(self, request: object, words: str) -> None:
        if words.startswith("["):
            for body in json.loads(words):
                if body["sessionUpdate"] == "hold":
                    self.cancelled.wait(HOLD_S)
                else:
                    send(update(body))
        else:
            self.say(words)
        send(
            {"id": request, "result": {"stopReason": "cancelled" if self.cancelled.is_set() else "end_turn"}}
        )

    def say(self, words: str) -> None:
        text, size, pause_ms = said(words)
        pieces = [encoded(update(chunk(text[at : at + size]))) for at in range(0, len(text), size)]
        if not pause_ms:
            for at in range(0, len(pieces), BATCH):
                raw(b"".join(pieces[at : at + BATCH]))
            return
        started = time.monotonic()
        for number, piece in enumerate(pieces):
            raw(piece)
            if self.cancelled.wait(max(0.0, started + (number + 1) * pause_ms / 1000 - time.monotonic())):
                return


def said(words: str) -> tuple[str, int, float]:
    """The text, how many characters a piece has, and milliseconds between two."""
    first, _, rest = words.partition("\n")
    if first.startswith("#echo "):
        size, pause_ms = first.split()[1:]
        return rest, int(size), float(pause_ms)
    if first.startswith("#file "):
        path, size, pause_ms = first.split()[1:]
        with open(path, encoding="utf-8") as file:
            return file.read(), int(size), float(pause_ms)
    return words, max(1, len(words)), 0.0


def chunk(text: str) -> dict[str, object]:
    return {"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": text}}


def update(body: dict[str, object]) -> dict[str, object]:
    return {"method": "session/update", "params": {"sessionId": SESSION, "update": body}}


def encoded(message: dict[str, object]) -> bytes:
    return json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n"


def send(message: dict[str, object]) -> None:
    raw(encoded(message))


def raw(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    EchoAgent().run()

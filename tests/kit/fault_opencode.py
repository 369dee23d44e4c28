"""An opencode server that misbehaves: `python tests/kit/fault_opencode.py [OPTION …]`, one process, real HTTP.

It speaks as much of the protocol as a turn needs. The prompt says what goes wrong:

| prompt | it |
| --- | --- |
| anything else | says the prompt's words, one a delta, and ends |
| `cut …` | closes every event stream after the first word, says the rest to nobody, and ends |
| `cut open …` | the same, but goes on slowly once somebody listens again |
| `asleep` | starts, and lets the streams be silent while it is alive |
| `deaf` | starts, and answers nothing any more |
| `twice` | fails, and says idle twice, the second time when the next prompt is there |
| `garbage …` | writes what is no event, and an event of 40 MB, before its words |
| `stubborn` | starts, and ignores aborts |
| `late` | begins its work half a second after it took the prompt, for ever |
| `poison …` | fails all prompts of the directory until its instance is disposed of |
| `ask …` | asks for a permission, in a session that a tool has made, and waits for the answer |
| `flood N` | says N MB of one letter in as many deltas |
| `die` | starts, and exits with code 3 |
| `die unheard` | takes no prompt any more: exits with code 3 without an answer |

OPTIONs: `mute` (never says where it listens), `broken` (exits at once with words on stderr).
"""

import base64
import itertools
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]
HEARTBEAT_S = 0.2
PAUSE_S = 0.02


class State:
    """All sessions of the server; one lock for everything."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.streams: list[SimpleQueue[bytes | None]] = []
        self.sessions: dict[str, Json] = {}
        self.messages: dict[str, list[Json]] = {}
        self.busy: set[str] = set()
        self.aborted: set[str] = set()
        self.owed_idle: list[str] = []
        self.permissions: dict[str, threading.Event] = {}
        self.poisoned = False
        self.was_poisoned = False
        self.is_asleep = False
        self.is_deaf = threading.Event()
        self.ids = itertools.count(1)
        self.listens = threading.Condition(self.lock)

    def say(self, type_: str, **properties: Any) -> None:
        line = json.dumps({"payload": {"type": type_, "properties": properties}})
        self.write(f"data: {line}\n\n".encode())

    def write(self, data: bytes) -> None:
        with self.lock:
            if not self.is_asleep:
                for stream in self.streams:
                    stream.put(data)

    def cut(self) -> None:
        with self.lock:
            for stream in self.streams:
                stream.put(None)
            self.streams.clear()


STATE = State()
PASSWORD = os.environ.get("OPENCODE_SERVER_PASSWORD", "")
EXPECTED = "Basic " + base64.b64encode(f"opencode:{PASSWORD}".encode()).decode()


class Turn:
    def __init__(self, session_id: str, message_id: str, text: str) -> None:
        self.session_id = session_id
        self.text = text
        self.number = next(STATE.ids)
        self.answer: Json = {
            "id": f"{message_id[:16]}zzz{self.number:05d}",
            "role": "assistant",
            "sessionID": session_id,
            "parentID": message_id,
            "providerID": "p",
            "modelID": "m",
            "agent": "build",
            "time": {"created": 1},
        }
        self.part: Json = {
            "id": f"prt_{self.number}",
            "sessionID": session_id,
            "messageID": self.answer["id"],
        }
        self.parts: list[Json] = []
        user = {"id": message_id, "role": "user", "sessionID": session_id, "time": {"created": 1}}
        STATE.messages[session_id].append({"info": user, "parts": []})
        STATE.say("message.updated", sessionID=session_id, info=user)

    def run(self) -> None:
        if self.text == "late":
            time.sleep(0.5)
        STATE.busy.add(self.session_id)
        STATE.say("session.status", sessionID=self.session_id, status={"type": "busy"})
        while STATE.owed_idle:
            STATE.say("session.idle", sessionID=STATE.owed_idle.pop())
        if self.text.startswith("poison") and not STATE.was_poisoned:
            STATE.poisoned = STATE.was_poisoned = True
        if STATE.poisoned:
            self.fail("UnknownError", "All fibers interrupted without error")
            return
        STATE.messages[self.session_id].append({"info": self.answer, "parts": self.parts})
        self.news()
        word, _, rest = self.text.partition(" ")
        getattr(self, f"do_{word}", self.do_say)(rest)

    def news(self) -> None:
        STATE.say("message.updated", sessionID=self.session_id, info=self.answer)

    def do_say(self, rest: str) -> None:
        self.words(self.text)
        self.end()

    def words(self, text: str, pause: float = PAUSE_S) -> None:
        self.open()
        for piece in text.split():
            self.delta(f"{piece} ")
            time.sleep(pause)
        self.whole()

    def open(self) -> None:
        if self.part not in self.parts:
            self.part.update(type="text", text="")
            self.parts.append(self.part)
            STATE.say("message.part.updated", sessionID=self.session_id, part=dict(self.part))

    def delta(self, piece: str) -> None:
        self.said = getattr(self, "said", "") + piece
        STATE.say(
            "message.part.delta",
            sessionID=self.session_id,
            messageID=self.answer["id"],
            partID=self.part["id"],
            field="text",
            delta=piece,
        )

    def whole(self) -> None:
        self.part["text"] = self.said.rstrip()
        STATE.say("message.part.updated", sessionID=self.session_id, part=dict(self.part))

    def end(self, *, error: Json | None = None, idle: int = 1) -> None:
        self.answer["time"] = {"created": 1, "completed": 2}
        if error is not None:
            self.answer["error"] = error
        self.news()
        STATE.busy.discard(self.session_id)
        for _ in range(idle):
            STATE.say("session.idle", sessionID=self.session_id)

    def fail(self, name: str, message: str) -> None:
        error = {"name": name, "data": {"message": message}}
        STATE.say("session.error", sessionID=self.session_id, error=error)
        STATE.busy.discard(self.session_id)
        STATE.say("session.idle", sessionID=self.session_id)

    def wait_for_abort(self) -> None:
        STATE.aborted.discard(self.session_id)
        while self.session_id not in STATE.aborted:
            time.sleep(PAUSE_S)
        self.end(error={"name": "MessageAbortedError", "data": {}}, idle=2)

    def do_cut(self, rest: str) -> None:
        is_open, _, words = rest.partition(" ")
        first, _, others = (words if is_open == "open" else rest).partition(" ")
        self.open()
        self.delta(f"{first} ")
        time.sleep(0.2)
        STATE.cut()
        half, _, others = others.partition(" ")
        self.delta(f"{half} ")
        if is_open == "open":
            with STATE.listens:
                STATE.listens.wait_for(lambda: STATE.streams, 20)
            time.sleep(0.2)
        self.words(others)
        self.end()

    def do_asleep(self, rest: str) -> None:
        self.open()
        self.delta("yawn ")
        time.sleep(0.2)
        STATE.is_asleep = True
        with STATE.listens:
            STATE.listens.wait_for(lambda: not STATE.is_asleep, 20)
        self.words("awake")
        self.end()

    def do_deaf(self, rest: str) -> None:
        self.open()
        self.delta("what ")
        time.sleep(0.2)
        STATE.is_asleep = True
        STATE.is_deaf.set()

    def do_twice(self, rest: str) -> None:
        STATE.owed_idle.append(self.session_id)
        self.end(error={"name": "APIError", "data": {"message": "no"}})

    def do_garbage(self, rest: str) -> None:
        STATE.write(b"data: {nonsense\n\n: a comment\n\nevent: x\nid: 3\n\n")
        STATE.write(b'data: {"payload":{"type":"message.updated","properties":{}}}\n\n')
        STATE.write(b"data: " + b"x" * (40 * 1024 * 1024) + b"\n\n")
        self.words(rest)
        self.end()

    def do_flood(self, rest: str) -> None:
        self.open()
        for _ in range(int(rest)):
            self.delta("x" * 1_000_000)
        self.whole()
        self.end()

    def do_stubborn(self, rest: str) -> None:
        self.open()
        self.delta("no ")
        time.sleep(3600)

    def do_late(self, rest: str) -> None:
        self.wait_for_abort()

    def do_ask(self, rest: str) -> None:
        child = f"ses_child{self.number}"
        STATE.say("session.created", sessionID=child, info={"id": child, "parentID": self.session_id})
        answered = STATE.permissions[f"per_{self.number}"] = threading.Event()
        STATE.say(
            "permission.asked",
            id=f"per_{self.number}",
            sessionID=child,
            permission="bash",
            patterns=["rm"],
            metadata={"command": "rm"},
            always=[],
        )
        answered.wait(20)
        self.words(rest)
        self.end()

    def do_die(self, rest: str) -> None:
        self.open()
        self.delta("farewell ")
        time.sleep(0.2)
        die()


def die() -> None:
    sys.stderr.write("I had enough\n")
    sys.stderr.flush()
    os._exit(3)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        self.serve({})

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        self.serve(json.loads(self.rfile.read(length) or b"{}"))

    def serve(self, body: Json) -> None:
        if self.headers.get("authorization") != EXPECTED:
            self.answer({"name": "Unauthorized"}, 401)
            return
        path = urlsplit(self.path).path
        if STATE.is_deaf.is_set():
            time.sleep(3600)
        if path == "/global/event":
            self.stream()
        elif path == "/session":
            self.create()
        elif path.startswith("/session/ses_"):
            self.session(path.split("/")[2], path.split("/")[3:], body)
        elif path.startswith("/permission/"):
            STATE.permissions.pop(path.split("/")[2]).set()
            self.answer(True)
        else:
            self.answer(self.plain(path))

    def plain(self, path: str) -> Any:
        match path:
            case "/global/health":
                STATE.is_asleep = False
                return {"healthy": True}
            case "/config/providers":
                return {"providers": [{"id": "p", "models": {"m": {"name": "M"}}}]}
            case "/session/status":
                return {session_id: {"type": "busy"} for session_id in STATE.busy}
            case "/instance/dispose":
                STATE.poisoned = False
                return True
            case "/config":
                return {}
            case _:
                return []

    def create(self) -> None:
        session_id = f"ses_{next(STATE.ids):026d}"
        directory = self.headers["x-opencode-directory"]
        STATE.sessions[session_id] = {"id": session_id, "directory": directory}
        STATE.messages[session_id] = []
        self.answer(STATE.sessions[session_id])

    def session(self, session_id: str, rest: list[str], body: Json) -> None:
        match rest:
            case []:
                known = STATE.sessions.get(session_id)
                self.answer(known or {"name": "NotFoundError"}, 200 if known else 404)
            case ["message"]:
                self.answer(STATE.messages[session_id])
            case ["abort"]:
                STATE.aborted.add(session_id)
                self.answer(True)
            case _ if body["parts"][0]["text"] == "die unheard":
                die()
            case _:
                turn = Turn(session_id, body["messageID"], body["parts"][0]["text"])
                self.send_response(204)
                self.end_headers()
                threading.Thread(target=turn.run, daemon=True).start()

    def answer(self, value: Any, status: int = 200) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def stream(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        events: SimpleQueue[bytes | None] = SimpleQueue()
        events.put(b'data: {"payload":{"type":"server.connected","properties":{}}}\n\n')
        with STATE.listens:
            STATE.streams.append(events)
            STATE.listens.notify_all()
        while (data := events.get()) is not None:
            try:
                self.wfile.write(data)
                self.wfile.flush()
            except OSError:
                return


def beat() -> None:
    while True:
        time.sleep(HEARTBEAT_S)
        STATE.say("server.heartbeat")


def main(options: list[str]) -> None:
    if "broken" in options:
        sys.exit("this server is broken")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=beat, daemon=True).start()
    if "mute" not in options:
        print(f"opencode server listening on http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1:])

"""An ACP agent that misbehaves on purpose: `python tests/kit/fault_agent.py FAULT [ARGUMENT]`.

Apart from its fault it is a plain agent: it answers the handshake, and every prompt with one chunk and
end_turn. The prompt `be good` never meets a fault. With a path in FAULT_WHILE only a process that finds the file there
when it starts misbehaves. Standard library only, so that it starts as fast as a real fault does. Faults (the same
words in `FAULTS`; an argument is a number of seconds, chunks or megabytes, or a path):

| fault | what it does |
| --- | --- |
| `none` | nothing wrong |
| `exit-idle` | ends 0.2 s after session/new was answered |
| `exit-mid-turn` | one chunk, then ends |
| `mute-initialize`, `mute-session` | never answers that request |
| `refuse-initialize`, `refuse-session` | answers that request with an error, and stderr says why |
| `exit-initialize` | ends at once, with words on stderr |
| `deaf` | one chunk, then neither goes on nor hears a cancel |
| `deaf-to-eof` | as `deaf`, and outlives its standard input and SIGTERM |
| `slow-to-end` | nothing wrong, but it outlives its standard input and SIGTERM |
| `stall` | one chunk, then nothing until cancelled |
| `pause N` | one chunk, N seconds nothing, then another chunk and its end |
| `in-tool` | one tool call that runs until cancelled |
| `tool-output N` | N megabytes as the growing output of one tool call, 5 at a time |
| `replay` | can load: an unknown number of old chunks, and no models in the answer |
| `garbage` | lines that are not JSON, not objects, not UTF-8, and a blank one, between two chunks |
| `half-line` | one chunk, then half a line and its end |
| `stderr N` | N megabytes to stderr before the answer |
| `long-line N` | one chunk of N megabytes in one line |
| `flood N` | N chunks as fast as the pipe takes them |
| `duplicate-reply` | answers the prompt twice, and session/new too |
| `unknown-reply` | answers requests that were never made |
| `foreign-update` | updates of a session that nobody opened, within the turn |
| `early-commands` | available_commands_update before session/new is answered |
| `late-update` | a chunk after the prompt was answered |
| `late-answer` | after a cancel says nothing for N seconds, then answers with end_turn |
| `error-on-cancel` | answers a cancelled prompt with an error |
| `ask` | asks for permission and waits for the answer |
| `ask-then-die` | asks for permission, then ends without waiting |
| `ask-twice` | asks the same with the same request id two times |
| `client-call` | calls fs/read_text_file and an unknown method of the client's, then says what it got |
| `grandchild PATH` | in a turn starts a child in its group, and one in a session of its own; their pids to PATH |
| `respawn PATH` | a wrapper: its agent is a child, started again each time it is killed; pids to PATH |
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]
SESSION = "fault-session"


class FaultAgent:
    """One fault, one session. Turns run in threads, so that a cancel can be heard."""

    def __init__(self, fault: str, argument: str) -> None:
        self.fault = fault
        self.argument = argument
        self.cancelled = threading.Event()
        self.replies: dict[object, dict[str, object]] = {}
        self.replied = threading.Event()
        self.prompt_id: object = None

    def number(self, default: float) -> float:
        return float(self.argument) if self.argument else default

    def run(self) -> None:
        for line in sys.stdin.buffer:
            message = json.loads(line)
            method = message.get("method")
            if method is None:
                self.replies[message["id"]] = message
                self.replied.set()
            elif method == "session/cancel":
                self.cancelled.set()
            elif method == "session/prompt":
                self.cancelled.clear()
                self.prompt_id = message["id"]
                words = message["params"]["prompt"][0]["text"]
                threading.Thread(target=self.turn, args=[words], daemon=True).start()
            else:
                self.handshake(str(method), message.get("id"))
        if self.fault in OUTLIVES:
            time.sleep(600)
        os._exit(0)

    def handshake(self, method: str, request: object) -> None:
        name = "initialize" if method == "initialize" else "session"
        if self.fault == f"exit-{name}":
            complain("this agent was not set up: no key")
            os._exit(7)
        if self.fault == f"mute-{name}":
            return
        if self.fault == f"refuse-{name}":
            complain("details of the refusal are on stderr")
            send({"id": request, "error": {"code": -32000, "message": "Authentication required"}})
            return
        if name == "initialize":
            capabilities = {"loadSession": self.fault == "replay"}
            send({"id": request, "result": {"protocolVersion": 1, "agentCapabilities": capabilities}})
        elif method == "session/new":
            self.open_session(request)
        elif method == "session/load":
            for number in range(3):
                chunk(f"said before {number} ")
            send({"id": request, "result": None})
        else:
            send({"id": request, "error": {"code": -32601, "message": f"no method {method}"}})

    def open_session(self, request: object) -> None:
        commands = [{"name": "early", "description": "came before the session"}]
        if self.fault == "early-commands":
            update("available_commands_update", {"availableCommands": commands})
        for _ in range(2 if self.fault == "duplicate-reply" else 1):
            send({"id": request, "result": {"sessionId": SESSION}})
        if self.fault == "exit-idle":
            threading.Timer(0.2, os._exit, [0]).start()

    def turn(self, words: str) -> None:
        fault = "none" if words == "be good" else self.fault
        act: Callable[[], str | None] = getattr(self, "do_" + fault.replace("-", "_"), self.do_none)
        stop = act()
        last: list[dict[str, object]] = (
            [] if stop is None else [{"id": self.prompt_id, "result": {"stopReason": stop}}]
        )
        if self.fault == "duplicate-reply":
            last.append({"id": self.prompt_id, "result": {"stopReason": "refusal"}})
        after = chunk_line("too late") if self.fault == "late-update" else b""
        raw(b"".join(encoded(message) for message in last) + after)

    def do_none(self) -> str:
        chunk("all is well")
        return "end_turn"

    def do_exit_mid_turn(self) -> None:
        chunk("I am about to")
        os._exit(5)

    def do_deaf(self) -> None:
        chunk("I hear nothing")

    do_deaf_to_eof = do_deaf

    def do_stall(self) -> str:
        chunk("one moment")
        self.cancelled.wait()
        return "cancelled"

    def do_pause(self) -> str:
        chunk("one moment")
        self.cancelled.wait(self.number(1))
        chunk(" and on")
        return "end_turn"

    def do_in_tool(self) -> str:
        tool("tool_call", title="Something long", kind="execute", status="in_progress")
        self.cancelled.wait()
        return "cancelled"

    def do_tool_output(self) -> str:
        tool("tool_call", title="Read everything", kind="read", status="in_progress")
        for number in range(int(self.number(200) / 5)):
            shown = text(f"{number} " + "x" * 5_000_000)
            tool("tool_call_update", content=[{"type": "content", **shown}])
        tool("tool_call_update", status="completed")
        return self.do_none()

    def do_garbage(self) -> str:
        chunk("before ")
        raw(b'Welcome! This is not JSON.\n[1,2]\n42\n\n\xff\xfe\xfd\n{"jsonrpc":\n')
        chunk("after")
        return "end_turn"

    def do_half_line(self) -> None:
        chunk("whole")
        raw(b'{"jsonrpc":"2.0","method":"session/upd')
        os._exit(0)

    def do_stderr(self) -> str:
        for _ in range(int(self.number(4) * 16)):
            os.write(2, (b"x" * 63 + b"\n") * 1024)
        return self.do_none()

    def do_long_line(self) -> str:
        chunk("y" * int(self.number(20) * 1_000_000))
        return "end_turn"

    def do_flood(self) -> str:
        count = int(self.number(20_000))
        for start in range(0, count, 500):
            raw(b"".join(chunk_line(f"{n} ") for n in range(start, min(start + 500, count))))
        return "end_turn"

    def do_unknown_reply(self) -> str:
        for request in (99_999, "never", None):
            send({"id": request, "result": {}})
        return self.do_none()

    def do_foreign_update(self) -> str:
        update("agent_message_chunk", text("not yours"), session="another-session")
        return self.do_none()

    def do_late_answer(self) -> str:
        chunk("working")
        self.cancelled.wait()
        time.sleep(self.number(1))
        return "end_turn"

    def do_error_on_cancel(self) -> None:
        chunk("working")
        self.cancelled.wait()
        send({"id": self.prompt_id, "error": {"code": -32603, "message": "Request was aborted."}})

    def do_ask(self) -> str:
        ask(1)
        while not self.replied.wait(0.05) and not self.cancelled.is_set():
            pass
        return self.do_none()

    def do_ask_then_die(self) -> None:
        ask(1)
        os._exit(6)

    def do_ask_twice(self) -> str:
        ask(1)
        ask(1)
        self.replied.wait()
        return self.do_none()

    def do_client_call(self) -> str:
        send(
            {
                "id": 71,
                "method": "fs/read_text_file",
                "params": {"sessionId": SESSION, "path": "/etc/hostname"},
            }
        )
        send({"id": 72, "method": "no/such_method", "params": {}})
        while len(self.replies) < 2:
            self.replied.wait()
            self.replied.clear()
        chunk(json.dumps([self.replies[number] for number in sorted(self.replies, key=str)]))
        return "end_turn"

    def do_grandchild(self) -> str:
        own = subprocess.Popen(SLEEPER, stdin=subprocess.DEVNULL)
        escaped = subprocess.Popen(SLEEPER, stdin=subprocess.DEVNULL, start_new_session=True)
        note_pids(self.argument, [own.pid, escaped.pid])
        return self.do_none()


def respawn(path: str) -> None:
    """A wrapper like those of npx: it holds the pipes, and its agent does the work."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        child = subprocess.Popen([sys.executable, __file__, "none"])
        note_pids(path, [child.pid])
        if child.wait() == 0:
            return  # its input was closed


def note_pids(path: str, pids: list[int]) -> None:
    with open(path, "a") as file:
        file.write("".join(f"{pid}\n" for pid in pids))


def ask(request: int) -> None:
    options = [
        {"optionId": "yes", "name": "Yes", "kind": "allow_once"},
        {"optionId": "no", "name": "No", "kind": "reject_once"},
    ]
    tool = {"toolCallId": "call_1", "title": "Something", "kind": "execute", "status": "pending"}
    params = {"sessionId": SESSION, "toolCall": tool, "options": options}
    send({"id": request, "method": "session/request_permission", "params": params})


def text(words: str) -> dict[str, object]:
    return {"content": {"type": "text", "text": words}}


def chunk_line(words: str) -> bytes:
    body = {"sessionUpdate": "agent_message_chunk", **text(words)}
    return encoded({"method": "session/update", "params": {"sessionId": SESSION, "update": body}})


def chunk(words: str) -> None:
    raw(chunk_line(words))


def update(kind: str, body: dict[str, object], session: str = SESSION) -> None:
    params = {"sessionId": session, "update": {"sessionUpdate": kind, **body}}
    send({"method": "session/update", "params": params})


def tool(what: str, **more: object) -> None:
    update(what, {"toolCallId": "call_0", **more})


def encoded(message: dict[str, object]) -> bytes:
    return json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n"


def send(message: dict[str, object]) -> None:
    raw(encoded(message))


def raw(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def complain(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


HANDSHAKE_FAULTS = (
    *("exit-idle", "exit-initialize", "mute-initialize", "mute-session"),
    *("refuse-initialize", "refuse-session", "duplicate-reply", "early-commands", "late-update", "respawn"),
    *("replay", "slow-to-end"),
)
OUTLIVES = ("deaf-to-eof", "slow-to-end")
FAULTS = tuple(
    sorted(
        (*HANDSHAKE_FAULTS, *(n[3:].replace("_", "-") for n in vars(FaultAgent) if n.startswith("do_"))),
    )
)


def main() -> None:
    fault = sys.argv[1] if len(sys.argv) > 1 else "none"
    argument = sys.argv[2] if len(sys.argv) > 2 else ""
    if fault not in FAULTS:
        raise SystemExit(f"no fault {fault!r}; there are: {', '.join(FAULTS)}")
    if "FAULT_WHILE" in os.environ and not os.path.exists(os.environ["FAULT_WHILE"]):
        fault = "none"
    if fault in OUTLIVES:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if fault == "respawn":
        respawn(argument)
    else:
        FaultAgent(fault, argument).run()


if __name__ == "__main__":
    main()

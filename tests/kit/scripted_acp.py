"""A scripted ACP agent: `python tests/kit/scripted_acp.py '{"session": {…}, …}'`; a prompt is a JSON list of steps.

The argument's fields, all optional:

| field | meaning |
| --- | --- |
| `capabilities`, `name` | what initialize is answered with |
| `session` | merged into the result of session/new |
| `answers` | by method: the result of every such request, or `{"error": {…}}` |
| `replay` | updates sent before session/load is answered |
| `stragglers` | updates sent one after another, 20 ms apart, after session/load was answered |

Steps of a prompt:

| step | what it does |
| --- | --- |
| `{"say": TEXT}` | one message chunk |
| `{"update": {…}}` | that update |
| `{"call": METHOD, "params": {…}, "as": NAME}` | asks the client (the session id is added) and waits |
| `{"begin": METHOD, …, "as": NAME}`, `{"await": NAME}` | the same in two steps |
| `{"tell": NAME}` | says the client's answer as JSON; `requests` is all that the client asked, so far |
| `{"spawn": [COMMAND], "stdin": "null"|"pipe", "as": NAME}` | starts a child, and says its pid |
| `{"stop": REASON}` | ends the turn with that reason; the default is end_turn |
| `{"until": "cancelled"}` | waits for session/cancel, and ends the turn |

`"$NAME.field"` in later params and updates stands for a field of that call's result.
Standard library only. Turns run in threads, so that a cancel can be heard.
"""

import json
import os
import subprocess
import sys
import threading
import time
import traceback
from typing import Any

SESSION = "scripted-1"
Json = dict[str, Any]


class ScriptedAgent:
    def __init__(self, script: Json) -> None:
        self.script = script
        self.requests: list[Json] = []
        self.cancelled = threading.Event()
        self.answers: dict[int, Json] = {}
        self.answered = threading.Condition()
        self.lock = threading.Lock()
        self.last_id = 0
        self.named: dict[str, Any] = {}
        self.children: list[subprocess.Popen[bytes]] = []

    def run(self) -> None:
        for line in sys.stdin.buffer:
            message = json.loads(line)
            method = message.get("method")
            if method is None:
                with self.answered:
                    self.answers[message["id"]] = message
                    self.answered.notify_all()
            elif method == "session/cancel":
                self.cancelled.set()
            elif method == "session/prompt":
                self.cancelled.clear()
                threading.Thread(target=self.guarded_turn, args=(message,), daemon=True).start()
            else:
                self.requests.append({"method": method, "params": message["params"]})
                self.answer(method, message["id"], message["params"])

    def answer(self, method: str, request: object, params: Json) -> None:
        known = self.script.get("answers", {}).get(method)
        if known is not None and "error" in known:
            return self.send({"id": request, **known})
        if method == "initialize":
            capabilities = self.script.get("capabilities", {})
            info = {"name": self.script.get("name", "scripted")}
            result = {"protocolVersion": 1, "agentCapabilities": capabilities, "agentInfo": info}
            return self.send({"id": request, "result": result})
        if method == "session/new":
            result = {"sessionId": SESSION, **self.script.get("session", {})}
            return self.send({"id": request, "result": result})
        if method == "session/load":
            for each in self.script.get("replay", []):
                self.update(each, params["sessionId"])
            self.send({"id": request, "result": known})
            threading.Thread(target=self.straggle, args=(params["sessionId"],), daemon=True).start()
            return None
        if known is None:
            return self.send({"id": request, "error": {"code": -32601, "message": f"no method {method}"}})
        return self.send({"id": request, "result": known})

    def straggle(self, session: str) -> None:
        for each in self.script.get("stragglers", []):
            time.sleep(0.02)
            self.update(each, session)

    def guarded_turn(self, prompt: Json) -> None:
        """A script with a mistake in it ends the agent, not the test's time."""
        try:
            self.turn(prompt)
        except Exception:
            traceback.print_exc()
            os._exit(3)

    def turn(self, prompt: Json) -> None:
        session = prompt["params"]["sessionId"]
        stop = "end_turn"
        for step in json.loads(prompt["params"]["prompt"][0]["text"]):
            stop = self.step(step, session) or stop
        self.send({"id": prompt["id"], "result": {"stopReason": stop}})

    def step(self, step: Json, session: str) -> str | None:
        match step:
            case {"say": words}:
                self.say(words, session)
            case {"update": body}:
                self.update(self.filled(body), session)
            case {"call": method, "as": name, **rest}:
                self.begin(method, rest.get("params", {}), name, session)
                self.wait(name)
            case {"begin": method, "as": name, **rest}:
                self.begin(method, rest.get("params", {}), name, session)
            case {"await": name}:
                self.wait(name)
            case {"tell": "requests"}:
                self.say(json.dumps(self.requests), session)
            case {"tell": name}:
                self.say(json.dumps(self.named[name]), session)
            case {"spawn": command, "as": name, **rest}:
                stdin = subprocess.PIPE if rest.get("stdin") == "pipe" else subprocess.DEVNULL
                child = subprocess.Popen(command, stdin=stdin, start_new_session=bool(rest.get("escape")))
                self.children.append(child)
                self.named[name] = child.pid
                self.say(f"{child.pid} ", session)
            case {"until": "cancelled"}:
                self.cancelled.wait()
                return "cancelled"
            case {"stop": reason}:
                return str(reason)
        return None

    def begin(self, method: str, params: Json, name: str, session: str) -> None:
        with self.lock:
            self.last_id += 1
            self.named[name] = self.last_id
        self.send(
            {"id": self.last_id, "method": method, "params": {"sessionId": session, **self.filled(params)}}
        )

    def wait(self, name: str) -> None:
        request = self.named[name]
        with self.answered:
            while request not in self.answers:
                self.answered.wait()
        answer = self.answers[request]
        self.named[name] = {"error": answer["error"]} if "error" in answer else answer["result"]

    def filled(self, value: Any) -> Any:
        """With `$NAME.field` replaced by what an earlier call brought."""
        if isinstance(value, dict):
            return {key: self.filled(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.filled(each) for each in value]
        if isinstance(value, str) and value.startswith("$"):
            name, _, part = value[1:].partition(".")
            return self.named[name][part]
        return value

    def say(self, words: str, session: str) -> None:
        self.update(
            {"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": words}}, session
        )

    def update(self, body: Json, session: str) -> None:
        self.send({"method": "session/update", "params": {"sessionId": session, "update": body}})

    def send(self, message: Json) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n"
        with self.lock:
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()


if __name__ == "__main__":
    ScriptedAgent(json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}).run()

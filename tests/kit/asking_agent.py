"""An ACP agent that asks what it is told to ask: a prompt is JSON, `{"ask": [tool call, …], "then": "die"}`.

Each tool call is as ACP has it, with `$CWD` for the session's folder. The agent shows it, asks leave for it, and says
`<title>: <option id or cancelled>` for each answer. With `then` it ends after the last question without waiting.
Standard library only.
"""

import json
import os
import sys
import threading
from typing import Any

OPTIONS = [
    {"optionId": "ja", "name": "Do it", "kind": "allow_once"},
    {"optionId": "immer", "name": "Always", "kind": "allow_always"},
    {"optionId": "nein", "name": "Leave it", "kind": "reject_once"},
]


class AskingAgent:
    def __init__(self) -> None:
        self.cwd = ""
        self.replies: dict[object, dict[str, Any]] = {}
        self.replied = threading.Condition()
        self.asked = 0

    def run(self) -> None:
        for line in sys.stdin.buffer:
            message = json.loads(line)
            match message.get("method"):
                case None:
                    with self.replied:
                        self.replies[message["id"]] = message
                        self.replied.notify_all()
                case "initialize":
                    result: dict[str, object] = {"protocolVersion": 1, "agentCapabilities": {}}
                    send({"id": message["id"], "result": result})
                case "session/new":
                    self.cwd = message["params"]["cwd"]
                    send({"id": message["id"], "result": {"sessionId": "asking"}})
                case "session/prompt":
                    threading.Thread(target=self.turn, args=[message], daemon=True).start()
                case _ if "id" in message:
                    send({"id": message["id"], "error": {"code": -32601, "message": "no such method"}})
                case _:
                    pass

    def turn(self, message: dict[str, Any]) -> None:
        text = message["params"]["prompt"][0]["text"].replace("$CWD", self.cwd)
        told = json.loads(text)
        for call in told["ask"]:
            self.asked += 1
            tool = {"toolCallId": f"call-{self.asked}", "status": "pending", **call}
            update({"sessionUpdate": "tool_call", **tool})
            request = f"ask-{self.asked}"
            params = {"sessionId": "asking", "toolCall": tool, "options": OPTIONS}
            send({"id": request, "method": "session/request_permission", "params": params})
            if told.get("then") == "die" and call is told["ask"][-1]:
                os._exit(9)
            result = self.reply(request)["result"]
            outcome = result["outcome"]
            late = " (timed out)" if result.get("_meta", {}).get("boocode/timedOut") else ""
            said = f"{call['title']}: {outcome.get('optionId', outcome['outcome'])}{late}\n"
            update({"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": said}})
        send({"id": message["id"], "result": {"stopReason": "end_turn"}})

    def reply(self, request: str) -> dict[str, Any]:
        with self.replied:
            self.replied.wait_for(lambda: request in self.replies)
            return self.replies[request]


def update(body: dict[str, object]) -> None:
    send({"method": "session/update", "params": {"sessionId": "asking", "update": body}})


def send(message: dict[str, object]) -> None:
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    AskingAgent().run()

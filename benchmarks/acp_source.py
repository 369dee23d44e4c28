"""An ACP agent that only floods: `python -m benchmarks.acp_source COUNT` writes COUNT notifications a prompt.

Eight in ten are chunks of text, as in a real stream; the rest are thoughts and tool calls. They are made before the
prompt, so that what is measured is the reader.
"""

import json
import sys

SESSION = "bench"


def notifications() -> list[dict[str, object]]:
    """One round of the mix."""

    def chunk(kind: str, words: str) -> dict[str, object]:
        return {"sessionUpdate": kind, "content": {"type": "text", "text": words}}

    start = {
        "sessionUpdate": "tool_call",
        "toolCallId": "call_1",
        "title": "Write hello.py",
        "kind": "edit",
        "status": "pending",
        "rawInput": {"path": "hello.py", "content": "print('hello')\n"},
        "locations": [{"path": "/srv/repo/hello.py"}],
    }
    end = {
        "sessionUpdate": "tool_call_update",
        "toolCallId": "call_1",
        "status": "completed",
        "content": [{"type": "content", "content": {"type": "text", "text": "Wrote file successfully."}}],
    }
    texts = [chunk("agent_message_chunk", f" word{number} of the answer") for number in range(16)]
    thoughts = [chunk("agent_thought_chunk", words) for words in ("hm, ", "so")]
    updates = [*texts[:8], thoughts[0], start, *texts[8:], thoughts[1], end]
    return [
        {"jsonrpc": "2.0", "method": "session/update", "params": {"sessionId": SESSION, "update": update}}
        for update in updates
    ]


def main() -> None:
    lines = b"".join(json.dumps(each, separators=(",", ":")).encode() + b"\n" for each in notifications())
    rounds, blob = int(sys.argv[1]) // len(notifications()) // 50, lines * 50
    for line in sys.stdin:
        request = json.loads(line)
        if request["method"] == "session/prompt":
            for _ in range(rounds):
                sys.stdout.buffer.write(blob)
        if "id" in request:
            answer(request["id"], {"protocolVersion": 1, "sessionId": SESSION, "stopReason": "end_turn"})


def answer(request_id: object, result: dict[str, object]) -> None:
    message = {"jsonrpc": "2.0", "id": request_id, "result": result}
    sys.stdout.buffer.write(json.dumps(message).encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()

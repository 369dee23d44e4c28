"""An MCP server over stdio that does as it is told, wrong things too: `fault_mcp.py MODE [DIARY]`.

It knows nothing of any SDK and is there in a moment. Each line that it hears goes into DIARY.
"""

import json
import os
import sys
import time

MODE = sys.argv[1]
DIARY = sys.argv[2] if len(sys.argv) > 2 else os.devnull
TOOLS = [
    "echo",
    "sleep",
    "die",
    "news",
    "mixed",
    "structured",
    "nothing",
    "big",
    "wrong",
    "grow",
    "deaf",
    "odd",
]
PAGE = 5


def main() -> None:
    if MODE == "gone":
        print("there is no such repository", os.environ.get("A_TOKEN", ""), file=sys.stderr)
        sys.exit(7)
    if MODE == "chatty":
        print("Starting up…\n{not json}\n[]", flush=True)
    for line in sys.stdin:
        with open(DIARY, "a", encoding="utf-8") as diary:
            diary.write(line)
        if MODE != "mute":
            answer(json.loads(line))


def answer(message: dict) -> None:
    match message.get("method"):
        case "initialize" if MODE == "modern":
            fail(
                message, -32022, "no handshake here", {"supported": ["2026-07-28"], "requested": "2025-11-25"}
            )
        case "initialize":
            version = message["params"]["protocolVersion"] if MODE != "future" else "2999-01-01"
            say(
                message,
                {
                    "protocolVersion": version,
                    "capabilities": {} if MODE == "toolless" else {"tools": {"listChanged": True}},
                    "serverInfo": {"name": "fault", "version": "1"},
                },
            )
        case "server/discover":
            say(message, DISCOVERED)
        case "tools/list":
            list_tools(message)
        case "tools/call":
            call(message, message["params"]["name"], message["params"].get("arguments", {}))
        case "ping":
            say(message, {})
        case method if "id" in message:
            fail(message, -32601, f"no {method}")


LISTED = {"resultType": "complete", "ttlMs": 0, "cacheScope": "private"}
DISCOVERED = {**LISTED, "supportedVersions": ["2026-07-28"], "capabilities": {"tools": {}}}


ODD = [
    5,
    {"name": 5, "inputSchema": {"type": "object"}},
    {"name": "n" * 300, "inputSchema": {"type": "object"}},
    {"name": "listed", "description": 5, "inputSchema": []},
    {"name": "empty", "title": "Has a title", "inputSchema": {"properties": [], "required": "a"}},
    {
        "name": "typed",
        "inputSchema": {"type": "object", "properties": {"a": "text", "b": {"type": "string"}}},
    },
    {"name": "vast", "inputSchema": {"type": "object", "properties": {"a": {"description": "x" * 50_000}}}},
]


def list_tools(message: dict) -> None:
    if MODE == "odd":
        return say(message, {"tools": ODD})
    if MODE == "restless":
        notify("notifications/tools/list_changed", None)
    if MODE == "endless":
        return say(message, {"tools": [tool(f"t{message['id']}")], "nextCursor": "more"})
    start = int((message.get("params") or {}).get("cursor", 0))
    told = {"tools": [tool(name) for name in TOOLS[start : start + PAGE]]}
    if start + PAGE < len(TOOLS):
        told["nextCursor"] = str(start + PAGE)
    return say(
        message,
        told if MODE != "modern" else {**told, "resultType": "complete", "ttlMs": 0, "cacheScope": "private"},
    )


def tool(name: str) -> dict:
    return {"name": name, "description": f"Does {name}.", "inputSchema": {"type": "object"}}


def call(message: dict, name: str, arguments: dict) -> None:
    match name:
        case "echo":
            text = arguments.get("text", "")
            content(message, [{"type": "text", "text": text}])
        case "sleep":
            pass
        case "die":
            print("the disk is on fire", os.environ.get("A_TOKEN", ""), file=sys.stderr)
            sys.exit(3)
        case "news":
            token = message["params"]["_meta"]["progressToken"]
            for number in range(1, 4):
                news(token, number)
                time.sleep(float(arguments.get("pause", 0)))
            content(message, [{"type": "text", "text": "there"}])
        case "mixed":
            blob = {"uri": "file:///b", "mimeType": "application/x", "blob": "AAAA"}
            content(
                message,
                [
                    {"type": "text", "text": "before"},
                    {"type": "image", "data": "AAAA", "mimeType": "image/png"},
                    {"type": "resource", "resource": {"uri": "file:///a", "text": "inside"}},
                    {"type": "resource", "resource": blob},
                    {"type": "resource_link", "uri": "file:///c", "name": "c"},
                ],
            )
        case "structured":
            say(message, {"content": [], "structuredContent": {"sum": 5}})
        case "nothing":
            content(message, [])
        case "big":
            content(message, [{"type": "text", "text": "x" * int(arguments["size"])}])
        case "wrong":
            say(message, {"content": [{"type": "text", "text": "no such thing"}], "isError": True})
        case "grow":
            TOOLS.append("grown")
            notify("notifications/tools/list_changed", None)
            content(message, [{"type": "text", "text": "grown"}])
        case "deaf":
            time.sleep(3600)
        case "odd":
            say(message, {"content": "a string"})
        case _:
            fail(message, -32602, f"Unknown tool: {name}")


def content(message: dict, blocks: list) -> None:
    more = {"resultType": "complete"} if MODE == "modern" else {}
    say(message, {"content": blocks, **more})


def say(message: dict, result: dict) -> None:
    put({"jsonrpc": "2.0", "id": message["id"], "result": result})


def fail(message: dict, code: int, words: str, data: object = None) -> None:
    put({"jsonrpc": "2.0", "id": message["id"], "error": {"code": code, "message": words, "data": data}})


def news(token: object, number: int) -> None:
    params = {"progressToken": token, "progress": number, "total": 3, "message": "on it"}
    notify("notifications/progress", params)


def notify(method: str, params: object) -> None:
    put({"jsonrpc": "2.0", "method": method, **({"params": params} if params else {})})


def put(message: dict) -> None:
    print(json.dumps(message), flush=True)


main()

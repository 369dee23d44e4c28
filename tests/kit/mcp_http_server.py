"""A real MCP server over streamable HTTP, made with the SDK: `mcp_http_server.py PORT [TOKEN]`; says where it is."""

import sys

import anyio
import uvicorn
from mcp.server.mcpserver import Context, MCPServer

server = MCPServer("here", version="7")


@server.tool()
def add(a: int, b: int) -> int:
    """Adds."""
    return a + b


@server.tool()
async def count(ctx: Context, to: int) -> str:
    """Counts, and tells how far it is."""
    for number in range(1, to + 1):
        await ctx.report_progress(number, to, "counting")
    return "done"


@server.tool()
async def wait(ctx: Context) -> str:
    """Waits for ever."""
    try:
        await ctx.report_progress(1, None, "waiting")
        await anyio.sleep_forever()
    finally:
        print("waiting is over", flush=True)
    return ""


@server.tool()
def much(size: int) -> str:
    """Gives a lot."""
    return "x" * size


class Guarded:
    """Lets in who knows the token."""

    def __init__(self, app, token: str) -> None:
        self._app = app
        self._wanted = f"Bearer {token}".encode()

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] == "http" and dict(scope["headers"]).get(b"authorization") != self._wanted:
            await send({"type": "http.response.start", "status": 401, "headers": []})
            await send({"type": "http.response.body", "body": b"who are you?"})
        else:
            await self._app(scope, receive, send)


class Announcing(uvicorn.Server):
    async def startup(self, sockets=None) -> None:
        await super().startup(sockets)
        print(f"listening {self.servers[0].sockets[0].getsockname()[1]}", flush=True)


app = server.streamable_http_app(json_response="--json" in sys.argv)
if len(sys.argv) > 2 and sys.argv[2] != "--json":
    app = Guarded(app, sys.argv[2])
Announcing(uvicorn.Config(app, port=int(sys.argv[1]), log_level="warning")).run()

"""One open connection to an MCP server, over the SDK's session. A call ends by its answer, its deadline, the
connection's end or its caller; whatever a server makes the SDK raise ends that call alone."""

import math
from collections.abc import Mapping
from typing import Any, TypeVar

import mcp_types as types
import trio
from attrs import define
from mcp.client.session import ClientSession
from mcp.shared.dispatcher import ProgressFnT
from mcp.shared.exceptions import MCPError
from pydantic import BaseModel, TypeAdapter, ValidationError

from boocode.adapters.native.mcp_ending import Ending
from boocode.domain.native.mcp_config import McpEntry
from boocode.domain.native.mcp_results import words_of
from boocode.ports.mcp import McpAnswer, McpFailed, McpTool, Progress

PAGES = 50
"""Of a list of tools: a server whose pages never end does not keep us."""
TOOLS = 256
LONGEST_CALL_S = 3600.0
"""However much progress is told."""
NEWS_S = 0.1
"""Between two news of progress that are passed on."""
ASKED_S = 0.3
"""How long the reason of an end may come after the end."""
_Answer: TypeAdapter[types.CallToolResult | types.InputRequiredResult] = TypeAdapter(
    types.CallToolResult | types.InputRequiredResult
)
R = TypeVar("R", bound=BaseModel)


class SdkLink:
    """Implements McpLink."""

    def __init__(self, session: ClientSession, entry: McpEntry, ending: Ending, pid: int | None) -> None:
        self._session = session
        self._entry = entry
        self._ending = ending
        self._pid = pid

    @property
    def pid(self) -> int | None:
        return self._pid

    @property
    def about(self) -> str:
        info = self._session.server_info
        return f"{info.name} {info.version}"[:120] if info is not None else ""

    async def wait_ended(self) -> str:
        await self._ending.happened.wait()
        return self._entry.redacted(self._ending.reason)

    async def tools(self, within_s: float) -> tuple[McpTool, ...]:
        found: dict[str, McpTool] = {}
        cursor: str | None = None
        capabilities = self._session.server_capabilities
        if capabilities is not None and capabilities.tools is None:
            return ()
        with trio.move_on_after(within_s) as scope:
            for _ in range(PAGES):
                params = types.PaginatedRequestParams(cursor=cursor) if cursor else None
                page = await self._ask(types.ListToolsRequest(params=params), types.ListToolsResult)
                found |= {tool.name: _told(tool) for tool in page.tools}
                cursor = page.next_cursor
                if not cursor or len(found) >= TOOLS:
                    break
        if scope.cancelled_caught:
            raise self._silent("the list of its tools", within_s)
        return tuple(found.values())[:TOOLS]

    async def call(
        self, tool: str, arguments: Mapping[str, object], news: Progress, within_s: float
    ) -> McpAnswer:
        params = types.CallToolRequestParams(name=tool, arguments=dict(arguments))
        heard = _Heard(news)
        latest = trio.current_time() + LONGEST_CALL_S
        with trio.move_on_after(within_s) as scope:

            async def told(progress: float, total: float | None, message: str | None) -> None:
                scope.deadline = min(latest, trio.current_time() + within_s)
                heard.tell(progress, total, message)

            answer = await self._ask(types.CallToolRequest(params=params), _Answer, told)
        if scope.cancelled_caught:
            raise self._silent(f"the call of {tool}", within_s)
        if isinstance(answer, types.InputRequiredResult):
            raise McpFailed("refused", f"The tool {tool} asks for more input, which BooCode cannot give.")
        content = [block.model_dump(by_alias=True, mode="json") for block in answer.content]
        return McpAnswer(words_of(content, answer.structured_content), answer.is_error)

    async def ping(self, within_s: float) -> None:
        """Any answer is a sign of life, one that refuses too."""
        with trio.move_on_after(within_s) as scope:
            try:
                await self._ask(types.PingRequest(), types.EmptyResult)
            except McpFailed as failure:
                if failure.kind != "refused":
                    raise
        if scope.cancelled_caught:
            raise self._silent("a ping", within_s)

    async def _ask(
        self,
        request: types.ClientRequest,
        kind: type[R] | TypeAdapter[R] | TypeAdapter[Any],
        told: ProgressFnT | None = None,
    ) -> Any:
        try:
            return await self._session.send_request(request, kind, progress_callback=told)
        except MCPError as error:
            failure = await self._failure(error)
        except ValidationError:
            failure = McpFailed("refused", f"{self._named} gave an answer that MCP does not know.")
        except Exception as error:  # noqa: BLE001 - a foreign server's doing, and this call's alone
            words = self._entry.redacted(f"{self._named} could not be asked: {error!r}")
            failure = McpFailed("refused", words[:600])
        raise failure  # outside: what the SDK raised may carry what nobody should see

    async def _failure(self, error: MCPError) -> McpFailed:
        if error.code == types.CONNECTION_CLOSED:
            with trio.move_on_after(ASKED_S):
                await self._ending.happened.wait()
            why = self._entry.redacted(self._ending.reason or error.message)
            return McpFailed("lost", f"The connection to the {self._lower} was lost: {why}.")
        if error.message == "Session terminated":
            self._ending.end("it does not know our session any more")
            return McpFailed("lost", f"{self._named} does not know our session any more.")
        note = f" ({self._ending.note})" if self._ending.note else ""
        words = self._entry.redacted(error.message)[:2000]
        return McpFailed("refused", f"{self._named} refused: {words}{note}")

    def _silent(self, what: str, within_s: float) -> McpFailed:
        return McpFailed("timeout", f"{self._named} did not answer within {within_s:g} s: {what}.")

    @property
    def _named(self) -> str:
        return f"The {self._lower}"

    @property
    def _lower(self) -> str:
        return f"MCP server {self._entry.name}"


def _told(tool: types.Tool) -> McpTool:
    return McpTool(tool.name, tool.description or tool.title or "", tool.input_schema)


@define
class _Heard:
    """What a call has told of its progress. The SDK hands news over in any order, and a server may tell a lot."""

    news: Progress
    highest: float = -math.inf
    told_at: float = -math.inf

    def tell(self, done: float, total: float | None, message: str | None) -> None:
        now = trio.current_time()
        if done < self.highest or (now - self.told_at < NEWS_S and done != total):
            return
        self.highest, self.told_at = done, now
        count = f"{done:g} of {total:g}" if total else f"{done:g}"
        self.news(f"{count}: {message[:2000]}" if message else count)

"""`OpencodeApi` over httpx2: one client for all calls to one server, each with its deadline.

Nothing of it goes through a proxy: the server is on loopback, whatever the environment says.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from urllib.parse import quote

import httpx2
import msgspec
import trio

from boocode.adapters.opencode.event_stream import HttpEventStream
from boocode.domain.opencode.offers import AgentEntry, CommandEntry, ProviderEntry, split_model
from boocode.domain.opencode.vendor import PermissionRequested, SessionInfo, StatusValue, WholeMessage
from boocode.ports.opencode import EventStream, OpencodeRefused, OpencodeUnreachable, PromptChoices

USER = "opencode"
QUICK_S = 10.0
BOOT_S = 40.0
"""For a call that may have to boot a directory's instance: a second alone, many on a busy machine."""
MAX_BODY_BYTES = 128 * 1024 * 1024

T = TypeVar("T")


class _ProviderList(msgspec.Struct):
    providers: list[ProviderEntry]


class _Config(msgspec.Struct):
    model: str | None = None


class HttpOpencode:
    def __init__(self, url: str, password: str) -> None:
        self._client = httpx2.AsyncClient(
            base_url=url,
            auth=(USER, password),
            timeout=None,  # every call stands in a deadline of its own
            trust_env=False,
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=16),
        )

    @asynccontextmanager
    async def events(self) -> AsyncIterator[EventStream]:
        try:
            async with self._client.stream("GET", "/global/event") as response:
                if response.status_code != 200:
                    raise OpencodeRefused(response.status_code, "opencode gave no event stream")
                yield HttpEventStream(response)
        except httpx2.HTTPError as error:
            raise OpencodeUnreachable(_words("its event stream", error)) from error

    async def check_health(self, timeout_s: float) -> None:
        await self._call("GET", "/global/health", timeout_s=timeout_s)

    async def providers(self, directory: str) -> list[ProviderEntry]:
        path = "/config/providers"
        return (await self._get(path, directory, _ProviderList, timeout_s=BOOT_S)).providers

    async def agents(self, directory: str) -> list[AgentEntry]:
        return await self._get("/agent", directory, list[AgentEntry], timeout_s=BOOT_S)

    async def commands(self, directory: str) -> list[CommandEntry]:
        return await self._get("/command", directory, list[CommandEntry], timeout_s=BOOT_S)

    async def default_model(self, directory: str) -> str | None:
        return (await self._get("/config", directory, _Config, timeout_s=BOOT_S)).model

    async def create(self, directory: str, title: str, rules: Sequence[Mapping[str, str]]) -> SessionInfo:
        body = {"title": title, "permission": [dict(rule) for rule in rules]}
        data = await self._call("POST", "/session", directory, json=body, timeout_s=BOOT_S)
        return _decode(data, SessionInfo, "/session")

    async def session(self, directory: str, session_id: str) -> SessionInfo | None:
        try:
            return await self._get(_of(session_id), directory, SessionInfo, timeout_s=BOOT_S)
        except OpencodeRefused as refused:
            # an id of another shape is answered with 400
            if refused.status in (400, 404):
                return None
            raise

    async def statuses(self, directory: str) -> Mapping[str, str]:
        found = await self._get("/session/status", directory, dict[str, StatusValue])
        return {session_id: status.type for session_id, status in found.items() if status.type != "idle"}

    async def messages(self, directory: str, session_id: str, limit: int) -> list[WholeMessage]:
        path = _of(session_id, f"/message?limit={limit}")
        return await self._get(path, directory, list[WholeMessage], timeout_s=BOOT_S)

    async def prompt(
        self, directory: str, session_id: str, message_id: str, text: str, choices: PromptChoices
    ) -> None:
        body: dict[str, Any] = {"messageID": message_id, "parts": [{"type": "text", "text": text}]}
        if choices.model is not None:
            provider, name = split_model(choices.model)
            body["model"] = {"providerID": provider, "modelID": name}
        body.update(_chosen(agent=choices.agent, variant=choices.variant))
        await self._call("POST", _of(session_id, "/prompt_async"), directory, json=body)

    async def run_command(
        self,
        directory: str,
        session_id: str,
        message_id: str,
        command: tuple[str, str],
        choices: PromptChoices,
    ) -> None:
        body = {"messageID": message_id, "command": command[0], "arguments": command[1]}
        body.update(_chosen(model=choices.model, agent=choices.agent, variant=choices.variant))
        await self._call("POST", _of(session_id, "/command"), directory, json=body, timeout_s=float("inf"))

    async def abort(self, directory: str, session_id: str) -> None:
        await self._call("POST", _of(session_id, "/abort"), directory)

    async def permissions(self, directory: str) -> list[PermissionRequested]:
        return await self._get("/permission", directory, list[PermissionRequested])

    async def reply(self, directory: str, request_id: str, reply: str) -> None:
        path = f"/permission/{quote(request_id, safe='')}/reply"
        await self._call("POST", path, directory, json={"reply": reply})

    async def reject_question(self, directory: str, request_id: str) -> None:
        await self._call("POST", f"/question/{quote(request_id, safe='')}/reject", directory)

    async def dispose(self, directory: str) -> None:
        await self._call("POST", "/instance/dispose", directory, timeout_s=BOOT_S)

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _get(self, path: str, directory: str, kind: type[T], timeout_s: float = QUICK_S) -> T:
        return _decode(await self._call("GET", path, directory, timeout_s=timeout_s), kind, path)

    async def _call(
        self,
        method: str,
        path: str,
        directory: str | None = None,
        *,
        json: Any = None,
        timeout_s: float = QUICK_S,
    ) -> bytes:
        """The body of a good answer."""
        headers = {"x-opencode-directory": quote(directory, safe="/")} if directory is not None else {}
        body = bytearray()
        with trio.move_on_after(timeout_s) as scope:
            try:
                async with self._client.stream(method, path, headers=headers, json=json) as response:
                    async for piece in response.aiter_bytes():
                        body += piece
                        if len(body) > MAX_BODY_BYTES:
                            raise OpencodeRefused(200, f"opencode's answer to {path} is endless")
            except httpx2.HTTPError as error:
                raise OpencodeUnreachable(_words(path, error)) from error
        if scope.cancelled_caught:
            raise OpencodeUnreachable(f"opencode did not answer {path} within {timeout_s:g} s")
        if response.status_code >= 400:
            raise OpencodeRefused(response.status_code, _refusal(path, response.status_code, bytes(body)))
        return bytes(body)


def _chosen(**values: str | None) -> dict[str, str]:
    return {name: value for name, value in values.items() if value is not None}


def _of(session_id: str, rest: str = "") -> str:
    return f"/session/{quote(session_id, safe='')}{rest}"


def _decode(data: bytes, kind: type[T], path: str) -> T:
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.MsgspecError as error:
        raise OpencodeRefused(200, f"opencode's answer to {path} is not as expected: {error}") from error


def _refusal(path: str, status: int, body: bytes) -> str:
    """opencode's own words: `{"name", "data": {"message"}}`."""
    words = body[:500].decode(errors="replace").strip()
    try:
        said = msgspec.json.decode(body)
        words = str(said["data"]["message"])
    except (msgspec.MsgspecError, KeyError, TypeError):
        pass
    return f"opencode answered {path} with HTTP {status}: {words}"


def _words(what: str, error: Exception) -> str:
    return f"opencode cannot be reached ({what}): {str(error) or type(error).__name__}"

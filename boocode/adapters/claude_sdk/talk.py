"""One open conversation: the SDK's client over our transport, with its messages as they came."""

import itertools
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from math import inf
from typing import Any, cast

import trio
from claude_agent_sdk import (
    ClaudeAgentOptions,
    ClaudeSDKClient,
    ClaudeSDKError,
    PermissionResultAllow,
    PermissionResultDeny,
    PermissionUpdate,
    SessionStore,
    ToolPermissionContext,
)
from claude_agent_sdk.types import PermissionRuleValue

from boocode.adapters.claude_sdk.transport import ChildTransport
from boocode.domain.claude.modes import BYPASS, MODES
from boocode.domain.claude.offers import commands_in, models_in
from boocode.domain.claude.tools import tool_call
from boocode.domain.events import Commands
from boocode.ports.agents import AgentStartFailed
from boocode.ports.claude import (
    AskPerson,
    ClaudeLost,
    ClaudeOffer,
    ClaudeQuestion,
    ClaudeRefused,
    ClaudeVerdict,
)
from boocode.ports.processes import OwnedProcess

CLOSING_S = 1.0
"""What writing the rest of the memory may take when the conversation is closed."""

logging.getLogger("claude_agent_sdk").setLevel(logging.CRITICAL)  # what it logs reaches us as errors as well


class ClosingStore:
    """The store as the SDK sees it: once the conversation is being closed, no write may hold that up for long."""

    def __init__(self, store: SessionStore) -> None:
        self._store = store
        self._deadline = inf
        self._writes: set[trio.CancelScope] = set()

    def close_soon(self) -> None:
        """One deadline for the writes that go on and for all that still come."""
        self._deadline = trio.current_time() + CLOSING_S
        for write in self._writes:
            write.deadline = self._deadline

    async def append(self, key: Any, entries: Any) -> None:
        with trio.CancelScope(deadline=self._deadline) as write:
            self._writes.add(write)
            try:
                await self._store.append(key, entries)
            finally:
                self._writes.discard(write)
            return
        raise TimeoutError("the conversation is being closed")  # which the SDK does not try again

    async def load(self, key: Any) -> Any:
        return await self._store.load(key)


class _Client(ClaudeSDKClient):
    """The typed messages of the SDK leave out fields, and an unknown shape of one ends the stream."""

    def raw_messages(self) -> AsyncGenerator[dict[str, Any], None]:
        assert self._query is not None
        return cast(AsyncGenerator[dict[str, Any], None], self._query.receive_messages())

    async def set_effort(self, level: str | None) -> None:
        """The SDK can only say it when it launches the program, which itself takes it at any time."""
        assert self._query is not None
        settings = {"effortLevel": level}
        await self._query._send_control_request({"subtype": "apply_flag_settings", "settings": settings})


class SdkTalk:
    def __init__(self, client: _Client, transport: ChildTransport, offer: ClaudeOffer) -> None:
        self.offer = offer
        self._client = client
        self._transport = transport
        self._messages = client.raw_messages()

    @property
    def garbage(self) -> int:
        return self._transport.garbage

    async def receive(self) -> Mapping[str, object]:
        try:
            return await anext(self._messages)
        except ClaudeSDKError as error:
            raise ClaudeLost(str(error)) from error
        except StopAsyncIteration as error:
            raise ClaudeLost("the conversation was closed") from error

    async def aclose(self) -> None:
        await self._messages.aclose()

    async def send(self, prompt: str, prompt_id: str) -> None:
        async def one() -> AsyncIterator[dict[str, Any]]:
            content = {"role": "user", "content": prompt}
            yield {"type": "user", "uuid": prompt_id, "message": content, "parent_tool_use_id": None}

        try:
            await self._client.query(one())
        except ClaudeSDKError as error:
            raise ClaudeLost(str(error)) from error

    async def interrupt(self) -> None:
        await _asked(self._client.interrupt)

    async def set_model(self, model: str | None) -> None:
        await _asked(self._client.set_model, model)

    async def set_mode(self, mode: str) -> None:
        await _asked(self._client.set_permission_mode, mode)

    async def set_thinking(self, level: str | None) -> None:
        await _asked(self._client.set_effort, level)


@asynccontextmanager
async def open_talk(
    process: OwnedProcess, options: ClaudeAgentOptions, ask: AskPerson, initialize_s: float, *, bypass: bool
) -> AsyncIterator[SdkTalk]:
    """Raises AgentStartFailed (phase `initialize`). Enter and leave it in one task."""
    store = ClosingStore(options.session_store) if options.session_store is not None else None
    options.session_store = cast(SessionStore, store)
    options.can_use_tool = _permission_callback(ask)
    transport = ChildTransport(process)
    client = _Client(options, transport)
    try:
        with trio.fail_after(initialize_s):
            await client.connect()
    except trio.TooSlowError as error:
        words = f"It did not answer within {initialize_s:g} s of its start."
        raise AgentStartFailed("initialize", words) from error
    except (ClaudeLost, ClaudeSDKError) as error:
        raise AgentStartFailed("initialize", f"It ended at its start: {error}") from error
    except Exception as error:  # what Claude refuses, the SDK raises as a plain Exception
        raise AgentStartFailed("initialize", str(error)) from error
    talk = SdkTalk(client, transport, offer_of(await client.get_server_info() or {}, bypass=bypass))
    try:
        yield talk
    finally:
        await talk.aclose()
        if store is not None:
            store.close_soon()
        await client.disconnect()


def offer_of(info: Mapping[str, Any], *, bypass: bool) -> ClaudeOffer:
    """What Claude says of itself when it starts."""
    modes = (*MODES, BYPASS) if bypass else MODES
    return ClaudeOffer(models_in(info), modes, MODES[0], Commands(commands_in(info)))


def _permission_callback(ask: AskPerson) -> Any:
    async def can_use_tool(
        name: str, arguments: dict[str, Any], context: ToolPermissionContext
    ) -> PermissionResultAllow | PermissionResultDeny:
        tool = tool_call(context.tool_use_id or f"permission-{next(_unnamed)}", name, arguments)
        always = always_means(context.suggestions)
        verdict = await ask(ClaudeQuestion(tool, context.title or tool.title, always))
        return _result(verdict, context.suggestions)

    return can_use_tool


_unnamed = itertools.count(1)


def _result(
    verdict: ClaudeVerdict, suggestions: Sequence[PermissionUpdate]
) -> PermissionResultAllow | PermissionResultDeny:
    """Rules that a person makes last as long as the process: Claude would write them into the worktree."""
    if not verdict.allowed:
        return PermissionResultDeny(message=verdict.words)
    if not verdict.always:
        return PermissionResultAllow()
    for update in suggestions:
        update.destination = "session"
    return PermissionResultAllow(updated_permissions=list(suggestions))


def always_means(suggestions: Sequence[PermissionUpdate]) -> str | None:
    """What Claude suggests as a rule, in words; None without a suggestion."""
    words: list[str] = []
    for update in suggestions:
        words += [_rule(rule) for rule in update.rules or ()]
        if update.mode:
            words.append("all edits" if update.mode == "acceptEdits" else f"the mode {update.mode}")
        words += [f"work in {directory}" for directory in update.directories or ()]
    return f"Always allow {', '.join(words)}" if words else None


def _rule(rule: PermissionRuleValue) -> str:
    return f"{rule.tool_name}({rule.rule_content})" if rule.rule_content else rule.tool_name


async def _asked(do: Callable[..., Any], *arguments: object) -> None:
    try:
        await do(*arguments)
    except (ClaudeLost, ClaudeSDKError) as error:
        raise ClaudeLost(str(error)) from error
    except Exception as error:  # what Claude refuses, the SDK raises as a plain Exception
        raise ClaudeRefused(str(error)) from error

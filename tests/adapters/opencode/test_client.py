"""The HTTP client against a server of the test's own: deadlines, refusals, the password, and no proxy."""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import trio

from actors.opencode_start import locked, server_command, where_it_listens
from boocode.adapters.opencode import connect_opencode
from boocode.adapters.processes.owner import LocalProcesses
from boocode.ports.opencode import OpencodeApi, OpencodeRefused, OpencodeUnreachable
from boocode.ports.processes import LaunchSpec, OwnedProcess
from tests.actors.agent_kit import ROOT

SERVER = (sys.executable, str(ROOT / "tests/kit/fault_opencode.py"))
PASSWORD = "right"


@asynccontextmanager
async def served(password: str = PASSWORD) -> AsyncIterator[tuple[OpencodeApi, OwnedProcess]]:
    env = {"PATH": os.environ["PATH"], **locked(PASSWORD)}
    async with LocalProcesses().launch(LaunchSpec(SERVER, "/", env, "test", stdin=False)) as child:
        api = connect_opencode(await where_it_listens(child), password)
        try:
            yield api, child
        finally:
            await api.aclose()


async def test_calls_are_answered_and_a_proxy_of_the_environment_is_not_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    async with served() as (api, _):
        (provider,) = await api.providers("/a directory/ü%")
        assert list(provider.models) == ["m"]
        made = await api.create("/a directory/ü%", "title", ())
        assert await api.session("/d", made.id) == made
        assert await api.statuses("/d") == {}


async def test_an_unknown_session_is_none_and_a_wrong_password_is_refused() -> None:
    async with served() as (api, _):
        assert await api.session("/d", "ses_unknown") is None
    async with served(password="wrong") as (api, _):
        with pytest.raises(OpencodeRefused) as refused:
            await api.check_health(5.0)
        assert refused.value.status == 401
        with pytest.raises(OpencodeRefused):
            async with api.events():
                pass


async def test_a_call_has_a_deadline() -> None:
    async with served() as (api, child):
        os.kill(child.pid, 19)  # stopped: alive and deaf
        with trio.fail_after(10), pytest.raises(OpencodeUnreachable, match=r"within 0\.2 s"):
            await api.check_health(0.2)


async def test_a_server_that_is_gone_is_unreachable() -> None:
    async with served() as (api, child):
        async with api.events() as stream:
            assert await stream.receive() is not None
            os.kill(child.pid, 9)
            with trio.fail_after(10):
                try:
                    while await stream.receive() is not None:
                        pass
                except OpencodeUnreachable:
                    pass
        with pytest.raises(OpencodeUnreachable):
            await api.check_health(5.0)


def test_a_command_gets_what_it_does_not_say_itself() -> None:
    assert server_command(("opencode", "serve")) == (
        *("opencode", "serve", "--port", "0", "--hostname", "127.0.0.1"),
    )
    own = ("o", "serve", "--port=4000", "--hostname", "127.0.0.2")
    assert server_command(own) == own

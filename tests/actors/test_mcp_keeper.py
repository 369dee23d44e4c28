"""The keeper of MCP servers: started when needed, ended when idle, told apart when broken, read anew when changed."""

import os
import signal
import sys
from pathlib import Path

import pytest
import trio

from boocode.kernel import Backoff
from boocode.ports.mcp import McpLimits
from boocode.ports.names import MCP
from tests.actors.agent_kit import WAIT_S, eventually
from tests.actors.mcp_kit import McpRig, fault, heard, mcp_rig

SECRET = "s3cr3t-value-4711"


async def test_nothing_is_started_before_a_turn_asks(tmp_path: Path):
    async with mcp_rig(tmp_path, {"s": fault()}) as rig:
        assert (rig.pids(), (await rig.state())["servers"]) == (set(), {})
        assert len((await rig.offered()).tools) == 12
        assert len(rig.pids()) == 1


async def test_without_a_file_there_are_no_tools_and_no_words(tmp_path: Path):
    async with mcp_rig(tmp_path) as rig:
        offered = await rig.offered()
        assert (offered.tools, offered.warnings) == ({}, ())


async def test_many_turns_share_one_server(tmp_path: Path):
    async with mcp_rig(tmp_path, {"s": fault()}) as rig:
        results = []

        async def call(number: int) -> None:
            results.append((await rig.call("mcp__s__echo", text=str(number))).text)

        async with trio.open_nursery() as nursery:
            for number in range(20):
                nursery.start_soon(call, number)
        assert sorted(results, key=int) == [str(number) for number in range(20)]
        assert len(rig.pids()) == 1


async def test_an_idle_server_ends_and_its_tools_are_still_offered(tmp_path: Path):
    limits = McpLimits(idle_ttl_s=0.2, term_grace_s=0.5)
    async with mcp_rig(tmp_path, {"s": fault()}, limits=limits) as rig:
        assert (await rig.call("mcp__s__echo", text="one")).text == "one"
        await rig.until("s", state="off")
        assert rig.pids() == set()
        tools = (await rig.offered()).tools
        assert rig.pids() == set(), "its tools are known: it is not needed for the list"
        assert (await tools["mcp__s__echo"].run({"text": "two"}, print)).text == "two"


async def test_a_server_in_use_is_not_idle(tmp_path: Path):
    limits = McpLimits(idle_ttl_s=0.1, term_grace_s=0.5)
    async with mcp_rig(tmp_path, {"s": fault()}, limits=limits) as rig:
        told: list[str] = []
        assert (await rig.call("mcp__s__news", told, pause=0.3)).text == "there"


async def test_broken_servers_are_named_with_their_reasons_and_harm_no_other(tmp_path: Path):
    servers = {
        "good": fault(),
        "missing": {"command": "no-such-program-4711"},
        "gone": fault("gone", env={"A_TOKEN": "{env:BAD_KEY}"}),
        "bad": {"args": []},
        "future": fault("future"),
        "off": fault(disabled=True),
    }
    async with mcp_rig(tmp_path, servers, environ={"BAD_KEY": SECRET}) as rig:
        offered = await rig.offered()
        assert {name.split("__")[1] for name in offered.tools} == {"good"}
        told = {words.split()[2]: words for words in offered.warnings}
        assert set(told) == {"missing", "gone", "bad", "future"}
        assert "could not be launched" in told["missing"]
        assert "exited with code 7; its last words: there is no such repository •••" in told["gone"]
        assert "needs either a `command` or a `url`" in told["bad"]
        assert "2999-01-01" in told["future"]
        state = await rig.state()
        assert state["disabled"] == ["off"]
        assert SECRET not in str((offered.warnings, state, rig.system.crash_log.list()))


async def test_secrets_are_in_no_view_of_a_running_server(tmp_path: Path):
    entry = fault(env={"A_TOKEN": SECRET})
    entry["args"] = [*entry["args"], "/dev/null", "--key={env:THE_KEY}"]
    async with mcp_rig(tmp_path, {"s": entry}, environ={"THE_KEY": f"arg-{SECRET}"}) as rig:
        dying = await rig.call("mcp__s__die")
        assert "the disk is on fire •••" in dying.text
        await rig.until("s", state="up", failures=1)
        server = rig.system.snapshot()
        views = (await rig.state(), server, rig.owner.owned(), rig.system.crash_log.list())
        assert SECRET not in str(views)
        assert "--key=•••" in str(rig.owner.owned())


async def test_an_unset_variable_is_warned_of_by_name(tmp_path: Path):
    async with mcp_rig(tmp_path, {"s": fault(env={"A": "{env:NOT_SET_4711}"})}) as rig:
        offered = await rig.offered()
        assert offered.warnings == ("MCP server s: the environment variable NOT_SET_4711 is not set.",)
        assert len(offered.tools) == 12


async def test_a_turn_does_not_wait_for_ever_for_a_server_that_says_nothing(tmp_path: Path):
    limits = McpLimits(settle_s=0.3, start_s=1.5, term_grace_s=0.2)
    async with mcp_rig(tmp_path, {"mute": fault("mute"), "s": fault()}, limits=limits) as rig:
        await rig.offered()
        offered = await rig.offered()
        assert len(offered.tools) == 12
        assert offered.warnings == ("MCP server mute is still starting; its tools come later.",)
        await rig.until("mute", state="away", reason="it was not ready in time")
        assert len(rig.pids()) == 1


async def test_no_turn_waits_again_for_a_server_that_never_came_up(tmp_path: Path):
    """However often its start is tried."""
    limits = McpLimits(settle_s=3.0, start_s=4.0, term_grace_s=0.2)
    async with mcp_rig(tmp_path, {"mute": fault("mute")}, limits=limits) as rig:
        await rig.offered()
        await rig.until("mute", state="away")

        async def is_started_again() -> bool:
            with trio.fail_after(2.5):
                return "still starting" in (await rig.offered()).warnings[0]

        await eventually(is_started_again)  # when its pause is over


async def test_a_file_that_can_be_read_again_is_as_good_as_before(tmp_path: Path):
    """Though it holds what it held before it could not be read."""
    async with mcp_rig(tmp_path, {"s": fault()}) as rig:
        assert len((await rig.offered()).tools) == 12
        (tmp_path / "mcp.json").rename(tmp_path / "aside")
        (tmp_path / "mcp.json").mkdir()
        assert "cannot be read" in (await rig.offered()).warnings[0]
        (tmp_path / "mcp.json").rmdir()
        (tmp_path / "aside").rename(tmp_path / "mcp.json")
        again = await rig.offered()
        assert (len(again.tools), again.warnings) == (12, ())


async def test_no_part_of_a_secret_is_in_the_last_words(tmp_path: Path):
    """Also where only their end is shown, and that begins in the middle of it."""
    program = (
        "import os, sys; sys.stderr.write(os.environ['KEY'] + 'x' * 390); sys.exit(os.environ['END'] == 'x')"
    )
    for end in ("", "x"):
        entry = {
            "command": sys.executable,
            "args": ["-c", program],
            "env": {"KEY": "{env:K_4711}", "END": end},
        }
        async with mcp_rig(tmp_path, {"s": entry}, environ={"K_4711": "secret-of-4711"}) as rig:
            (words,) = (await rig.offered()).warnings
            assert "4711" not in words
            assert "xxx" in words


async def test_a_failed_start_is_tried_again_when_needed_and_not_before_its_pause(tmp_path: Path):
    diary = tmp_path / "diary"
    async with mcp_rig(tmp_path, {"s": fault("gone", diary)}, backoff=Backoff(30, 60)) as rig:
        for _ in range(3):
            assert "is not there" in (await rig.offered()).warnings[0]
        assert (await rig.server("s"))["failures"] == 1


async def test_an_entry_that_has_changed_is_used_as_it_is_now(tmp_path: Path):
    one, two = tmp_path / "one", tmp_path / "two"
    async with mcp_rig(tmp_path, {"s": fault(diary=one), "t": fault()}) as rig:
        await rig.offered()
        (other,) = [p.pid for p in rig.owner.owned() if p.label == "mcp/t"]
        rig.write({"s": fault(diary=two), "t": fault(), "u": fault("toolless")})
        assert (await rig.call("mcp__s__echo", text="x")).text == "x"
        assert [each["method"] for each in heard(two)][-1] == "tools/call"
        assert "tools/call" not in {each["method"] for each in heard(one)}

        async def left() -> bool:
            return (await rig.state())["leaving"] == [] and len(rig.pids()) == 3

        await eventually(left)
        assert other in rig.pids()


async def test_a_call_under_way_is_finished_before_its_server_leaves(tmp_path: Path):
    async with mcp_rig(tmp_path, {"s": fault()}) as rig:
        tools = (await rig.offered()).tools
        results = []

        async def call() -> None:
            results.append(await tools["mcp__s__news"].run({"pause": 0.3}, lambda _: begun.set()))

        begun = trio.Event()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(call)
            await begun.wait()
            rig.write({})
            assert (await rig.offered()).tools == {}
        assert results[0].text == "there"

        async def gone() -> bool:
            return rig.pids() == set()

        await eventually(gone)
        late = await tools["mcp__s__echo"].run({}, print)
        assert (late.failed, "no MCP server s in mcp.json any more" in late.text) == (True, True)


@pytest.mark.parametrize("text", ["{", '{"mcpServers": []}', "[]"])
async def test_a_file_that_cannot_be_used_changes_nothing_but_is_said(tmp_path: Path, text: str):
    async with mcp_rig(tmp_path, {"s": fault()}) as rig:
        await rig.offered()
        (tmp_path / "mcp.json").write_text(text)
        offered = await rig.offered()
        assert len(offered.tools) == 12
        assert "mcp.json" in offered.warnings[0]
        rig.write({"s": fault()})
        assert (await rig.offered()).warnings == ()


async def test_a_server_that_dies_again_and_again_rests_until_it_is_needed(tmp_path: Path):
    async with mcp_rig(tmp_path, {"s": fault()}) as rig:
        await rig.offered()
        for death in range(1, 6):
            await rig.until("s", state="up")
            (pid,) = rig.pids()
            os.kill(pid, signal.SIGKILL)
            await rig.until("s", failures=death)
        await rig.until("s", state="away")
        assert rig.pids() == set()
        await eventually_echo(rig)


async def test_the_keepers_death_leaves_no_process_and_the_next_one_serves(tmp_path: Path):
    async with mcp_rig(tmp_path, {"s": fault()}) as rig:
        await rig.offered()
        (pid,) = rig.pids()
        rig.system.whereis(MCP).kill()
        await eventually_echo(rig)
        assert pid not in rig.pids()


async def eventually_echo(rig: McpRig) -> None:
    async def answers() -> bool:
        tools = (await rig.offered()).tools
        echo = tools.get("mcp__s__echo")
        return echo is not None and (await echo.run({"text": "x"}, print)).text == "x"

    with trio.fail_after(WAIT_S):
        await eventually(answers)

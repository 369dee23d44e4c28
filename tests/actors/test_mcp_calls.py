"""Tools of MCP servers as the agent has them: offered, called, and ended in every way there is."""

import os
import signal
import sys
from pathlib import Path

import pytest
import trio

from actors.mcp_server import NEWS_S
from boocode.ports.mcp import McpLimits
from tests.actors.agent_kit import WAIT_S, eventually
from tests.actors.mcp_kit import fault, heard, mcp_rig

GIT = str(Path(sys.executable).with_name("mcp-server-git"))


async def test_a_server_from_the_registry_is_driven(tmp_path: Path):
    repository = tmp_path / "repository"
    await trio.run_process(["git", "init", "-q", str(repository)])
    (repository / "new.txt").write_text("new")
    async with mcp_rig(tmp_path, {"git": {"command": GIT, "args": ["--repository", str(repository)]}}) as rig:
        offered = await rig.offered()
        status = offered.tools["mcp__git__git_status"]
        assert status.offer.effect == "foreign"
        assert "repo_path" in status.offer.schema["properties"]
        assert offered.warnings == ()
        shown = await status.look({"repo_path": str(repository)})
        assert shown.title.startswith("git: git_status {")
        good = await rig.call("mcp__git__git_status", repo_path=str(repository))
        bad = await rig.call("mcp__git__git_status", repo_path="/")
        assert ("new.txt" in good.text, good.failed, bad.failed) == (True, False, True)
        assert len(rig.pids()) == 1


async def test_tools_are_listed_over_all_pages(tmp_path: Path):
    async with mcp_rig(tmp_path, {"s": fault()}) as rig:
        tools = (await rig.offered()).tools
        assert len(tools) == 12
        assert tools["mcp__s__echo"].offer.schema == {"type": "object", "properties": {}}


async def test_a_server_without_end_to_its_list_is_used_with_what_it_gave(tmp_path: Path):
    async with mcp_rig(tmp_path, {"s": fault("endless")}) as rig:
        assert 10 < len((await rig.offered()).tools) <= 256


@pytest.mark.parametrize(
    ("tool", "words"),
    [
        (
            "mixed",
            "before\n[An image (image/png, 3 bytes), which cannot be given to the model.]\n[Resource file:///a]",
        ),
        ("structured", '"sum": 5'),
        ("nothing", "without any content"),
    ],
)
async def test_an_answer_is_put_into_words(tmp_path: Path, tool: str, words: str):
    async with mcp_rig(tmp_path, {"s": fault()}) as rig:
        result = await rig.call(f"mcp__s__{tool}")
        assert words in result.text
        assert not result.failed


async def test_a_failed_tool_and_an_answer_that_is_none_are_failed_results(tmp_path: Path):
    async with mcp_rig(tmp_path, {"s": fault()}) as rig:
        wrong, odd = await rig.call("mcp__s__wrong"), await rig.call("mcp__s__odd")
        assert (wrong.failed, wrong.text) == (True, "no such thing")
        assert (odd.failed, "gave an answer that MCP does not know" in odd.text) == (True, True)
        assert (await rig.call("mcp__s__echo", text="still there")).text == "still there"


async def test_a_large_answer_is_bounded(tmp_path: Path):
    async with mcp_rig(tmp_path, {"s": fault()}) as rig:
        result = await rig.call("mcp__s__big", size=3_000_000)
        assert len(result.text) < 110_000
        assert "2900000 characters were left out" in result.text


async def test_an_answer_without_bound_ends_the_server_and_nothing_else(tmp_path: Path):
    async with mcp_rig(tmp_path, {"s": fault()}) as rig:
        result = await rig.call("mcp__s__big", size=20_000_000)
        assert "it sent too much at once" in result.text
        assert "effect is not known" in result.text
        await rig.until("s", state="up", failures=1)
        assert (await rig.call("mcp__s__echo", text="again")).text == "again"


async def test_progress_is_told_and_gives_a_call_more_time(tmp_path: Path):
    async with mcp_rig(tmp_path, {"s": fault(timeout_s=1.5)}) as rig:
        told: list[str] = []
        result = await rig.call("mcp__s__news", told, pause=0.7)
        assert (result.text, told) == ("there", [f"{n} of 3: on it" for n in (1, 2, 3)])


async def test_a_call_ends_by_its_deadline_and_is_cancelled_at_the_server(tmp_path: Path):
    diary = tmp_path / "diary"
    async with mcp_rig(tmp_path, {"s": fault(diary=diary, timeout_s=0.3)}) as rig:
        result = await rig.call("mcp__s__sleep")
        assert result.failed
        assert "did not answer within 0.3 s" in result.text
        await eventually_cancelled(diary)
        assert (await rig.server("s"))["state"] == "up", "it answers pings: it lives on"


async def test_a_cancelled_call_is_cancelled_at_the_server(tmp_path: Path):
    diary = tmp_path / "diary"
    async with mcp_rig(tmp_path, {"s": fault(diary=diary)}) as rig:
        tool = (await rig.offered()).tools["mcp__s__sleep"]
        async with trio.open_nursery() as nursery:
            nursery.start_soon(tool.run, {}, print)
            await until_called(diary)
            nursery.cancel_scope.cancel()
        await eventually_cancelled(diary)
        await rig.until("s", calls=0)
        assert (await rig.call("mcp__s__echo", text="next")).text == "next"


async def test_a_deaf_server_is_found_out_and_replaced(tmp_path: Path):
    limits = McpLimits(doubt_s=0.2, term_grace_s=0.2)
    async with mcp_rig(tmp_path, {"s": fault(timeout_s=0.3)}, limits=limits) as rig:
        assert "did not answer" in (await rig.call("mcp__s__deaf")).text
        await rig.until("s", failures=1, state="up")
        assert (await rig.call("mcp__s__echo", text="new")).text == "new"
        assert len(rig.pids()) == 1


async def test_the_death_of_a_server_ends_its_calls_with_its_last_words(tmp_path: Path):
    async with mcp_rig(tmp_path, {"s": fault()}) as rig:
        tools = (await rig.offered()).tools
        results = []

        async def call(name: str) -> None:
            results.append(await tools[name].run({}, print))

        with trio.fail_after(WAIT_S):
            async with trio.open_nursery() as nursery:
                nursery.start_soon(call, "mcp__s__sleep")
                await rig.until("s", calls=1)
                nursery.start_soon(call, "mcp__s__die")
        assert [result.failed for result in results] == [True, True]
        assert all("exited with code 3; its last words: the disk is on fire" in r.text for r in results)
        await rig.until("s", state="up", failures=1)


async def test_the_death_of_the_session_gives_its_lease_back(tmp_path: Path):
    diary = tmp_path / "diary"
    async with mcp_rig(tmp_path, {"s": fault(diary=diary)}) as rig:
        tool = (await rig.offered()).tools["mcp__s__sleep"]
        rig.contexts[-1].start_task(tool.run, {}, print)
        await until_called(diary)
        rig.system.find("root/session").kill()
        await eventually_cancelled(diary)
        await rig.until("s", calls=0)


async def test_a_killed_server_comes_back_by_itself(tmp_path: Path):
    async with mcp_rig(tmp_path, {"s": fault()}) as rig:
        await rig.offered()
        (pid,) = rig.pids()
        os.kill(pid, signal.SIGKILL)
        await rig.until("s", state="up", failures=1)
        assert rig.pids() not in ({pid}, set())


async def test_lines_that_are_no_messages_are_passed_over(tmp_path: Path):
    async with mcp_rig(tmp_path, {"s": fault("chatty")}) as rig:
        assert (await rig.call("mcp__s__echo", text="fine")).text == "fine"


async def test_a_server_that_knows_the_newer_way_alone_is_met_in_it(tmp_path: Path):
    async with mcp_rig(tmp_path, {"s": fault("modern")}) as rig:
        assert (await rig.call("mcp__s__echo", text="new")).text == "new"


async def test_a_list_that_has_changed_is_what_the_next_turn_gets(tmp_path: Path):
    async with mcp_rig(tmp_path, {"s": fault()}) as rig:
        assert "mcp__s__grown" not in (await rig.offered()).tools
        await rig.call("mcp__s__grow")
        await rig.until("s", tools=13)
        assert "mcp__s__grown" in (await rig.offered()).tools


async def test_odd_tools_harm_no_others(tmp_path: Path):
    """Nor the model's server, which would refuse every turn for one schema."""
    async with mcp_rig(tmp_path, {"s": fault("odd")}) as rig:
        offered = await rig.offered()
    assert offered.warnings == ()
    schemas = {name: tool.offer.schema["properties"] for name, tool in offered.tools.items()}
    assert schemas == {
        "mcp__s__listed": {},
        "mcp__s__empty": {},
        "mcp__s__typed": {"a": {}, "b": {"type": "string"}},
        "mcp__s__vast": {},
    }
    assert offered.tools["mcp__s__empty"].offer.description == "Has a title"


async def test_a_server_that_changes_its_list_whenever_it_is_asked_is_asked_now_and_then(tmp_path: Path):
    diary = tmp_path / "diary"
    began = trio.current_time()

    def listings() -> float:
        return sum(each["method"] == "tools/list" for each in heard(diary)) / 3  # pages

    async def several() -> bool:
        return listings() >= 3

    async with mcp_rig(tmp_path, {"s": fault("restless", diary)}) as rig:
        await rig.offered()
        await eventually(several)
        assert listings() <= 2 + (trio.current_time() - began) / NEWS_S


def was_cancelled(diary: Path) -> bool:
    told = heard(diary)
    asked = [each["id"] for each in told if each["method"] == "tools/call"]
    cancelled = [each["params"]["requestId"] for each in told if each["method"] == "notifications/cancelled"]
    return bool(asked) and cancelled == asked[:1]


async def eventually_cancelled(diary: Path) -> None:
    async def so() -> bool:
        return was_cancelled(diary)

    await eventually(so)


async def until_called(diary: Path) -> None:
    async def so() -> bool:
        return any(each["method"] == "tools/call" for each in heard(diary))

    await eventually(so)

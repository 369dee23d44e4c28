"""Turns of the practice agent over real pipes: work, permission, modes, failures."""

import os
import re
import time
from pathlib import Path

import pytest
import trio

from boocode.practice.manual import COMMANDS, EXAMPLES, HELP
from boocode.practice.sentences import parse
from boocode.practice.steps import Unknown
from tests.practice.conftest import Practice, StartPractice, until_gone


async def test_create_writes_the_file_and_shows_the_diff(practice: Practice) -> None:
    said = await practice.ask("create hello.py that prints hello")
    path = practice.cwd / "hello.py"
    assert path.read_text() == 'print("hello")\n'
    assert said == "I wrote `hello.py`.\n"
    opened = practice.pipe.updates("tool_call")[0]
    closed = practice.last_tool()
    assert (opened["title"], opened["kind"], opened["toolCallId"]) == (
        "Create hello.py",
        "edit",
        closed["toolCallId"],
    )
    assert closed["status"] == "completed"
    diff = {"type": "diff", "path": str(path), "oldText": None, "newText": 'print("hello")\n'}
    assert closed["content"] == [diff]


async def test_steps_are_planned_and_the_plan_follows_them(practice: Practice) -> None:
    await practice.ask("create a.txt with the text x then append y to a.txt then read a.txt")
    plans = [[entry["status"] for entry in plan["entries"]] for plan in practice.pipe.updates("plan")]
    assert plans == [
        ["in_progress", "pending", "pending"],
        ["completed", "in_progress", "pending"],
        ["completed", "completed", "in_progress"],
        ["completed", "completed", "completed"],
    ]
    assert practice.pipe.text().endswith("`a.txt`:\n\n```\nx\ny\n```\n")


async def test_a_step_that_cannot_be_done_stops_the_others(practice: Practice) -> None:
    said = await practice.ask("read none.txt then create a.txt")
    assert said == "That did not work: none.txt: No such file or directory. I stop here.\n"
    assert practice.last_tool()["status"] == "failed"
    assert not (practice.cwd / "a.txt").exists()


async def test_edit_rename_delete_list(practice: Practice) -> None:
    await practice.ask("create a.txt with the text one two")
    await practice.ask("edit a.txt replacing two with three")
    await practice.ask("rename a.txt to b.txt")
    assert (practice.cwd / "b.txt").read_text() == "one three\n"
    assert await practice.ask("list") == "- b.txt\n"
    await practice.ask("delete b.txt")
    assert await practice.ask("list") == "There is nothing in it.\n"


async def test_a_command_runs_in_the_folder_when_allowed_and_its_output_is_shown(practice: Practice) -> None:
    await practice.ask("run pwd; echo oops >&2")
    assert practice.last_tool()["rawOutput"] == {"exitCode": 0, "output": f"{practice.cwd}\noops\n"}
    asked = next(m for _, m in practice.pipe.lines if m.get("method") == "session/request_permission")
    assert [option["kind"] for option in asked["params"]["options"]] == [
        "allow_once",
        "allow_always",
        "reject_once",
    ]
    assert asked["params"]["toolCall"]["title"] == "Run pwd; echo oops >&2"


@pytest.mark.parametrize("choice", ["reject_once", "cancelled"])
async def test_a_command_does_not_run_unless_allowed(practice: Practice, choice: str) -> None:
    practice.pipe.choose = choice
    said = await practice.ask("run touch done then create after.txt")
    assert said == "That did not work: you did not let me run `touch done`. I stop here.\n"
    assert practice.last_tool()["status"] == "failed"
    assert list(practice.cwd.iterdir()) == []


async def test_always_is_for_exactly_that_command(practice: Practice) -> None:
    practice.pipe.choose = "allow_always"
    await practice.ask("run true")
    practice.pipe.choose = "reject_once"
    assert await practice.ask("run true") == "`true` ran well.\n"
    assert "did not let me" in await practice.ask("run true; touch done")


async def test_a_failing_command_says_its_code(practice: Practice) -> None:
    assert await practice.ask("run exit 3") == "That did not work: `exit 3` ended with exit code 3.\n"
    assert practice.last_tool()["rawOutput"]["exitCode"] == 3


async def test_output_is_shown_while_a_command_runs(practice: Practice) -> None:
    fifo = practice.cwd / "go"
    os.mkfifo(fifo)
    request = await practice.pipe.begin(practice.session, "run echo first; cat go")
    await practice.pipe.until(lambda m: "first\\n" in str(m))
    async with await trio.open_file(fifo, "w") as gate:
        await gate.write("second\n")
    await practice.pipe.answer_to(request)
    assert practice.last_tool()["rawOutput"]["output"] == "first\nsecond\n"


async def test_a_command_that_leaves_a_child_behind_does_not(practice: Practice) -> None:
    await practice.ask("run sleep 600 & echo $! > pid")
    await until_gone(int((practice.cwd / "pid").read_text()))


async def test_long_output_keeps_its_end(practice: Practice) -> None:
    await practice.ask("run seq 1 200000")
    output = practice.last_tool()["rawOutput"]["output"]
    assert len(output) <= 64 * 1024
    assert output.endswith("199999\n200000\n")


async def test_plan_mode_changes_nothing_and_shows_what_it_would_do(practice: Practice) -> None:
    await practice.pipe.call("session/set_mode", {"sessionId": practice.session, "modeId": "plan"})
    assert "I changed nothing" in await practice.ask("create a.txt then run touch b.txt")
    assert list(practice.cwd.iterdir()) == []
    assert [entry["content"] for entry in practice.pipe.updates("plan")[-1]["entries"]] == [
        "Create a.txt",
        "Run touch b.txt",
    ]
    assert await practice.ask("list") == "There is nothing in it.\n"


async def test_auto_mode_asks_nothing(practice: Practice) -> None:
    practice.pipe.choose = "reject_once"
    await practice.ask("switch to auto mode")
    assert practice.pipe.updates("current_mode_update")[-1]["currentModeId"] == "auto"
    assert await practice.ask("run true") == "`true` ran well.\n"


async def test_the_slow_model_is_slow_and_choosing_is_checked(practice: Practice) -> None:
    params = {"sessionId": practice.session, "modelId": "practice-slow"}
    assert (await practice.pipe.call("session/set_model", params))["result"] == {}
    start = trio.current_time()
    await practice.ask("say 10 words")
    assert trio.current_time() - start >= 0.3
    answer = await practice.pipe.call("session/set_model", params | {"modelId": "gpt"})
    assert answer["error"]["code"] == -32602


async def test_asking_says_what_was_chosen(practice: Practice) -> None:
    assert await practice.ask("ask") == "The answer was: allow.\n"
    practice.pipe.choose = "reject_once"
    assert await practice.ask("ask") == "The answer was: reject.\n"
    practice.pipe.choose = "cancelled"
    assert await practice.ask("ask") == "The answer was: none.\n"


async def test_thinking_is_reasoning_and_not_the_answer(practice: Practice) -> None:
    assert await practice.ask("think about names") == "I have thought about names.\n"
    assert "what is asked is names" in practice.pipe.text(kind="agent_thought_chunk")


async def test_how_hard_it_thinks_can_be_chosen(practice: Practice) -> None:
    thoughts = {}
    for level in ("low", "medium", "high"):
        params = {"sessionId": practice.session, "configId": "thinking", "value": level}
        answer = await practice.pipe.call("session/set_config_option", params)
        chosen = next(o for o in answer["result"]["configOptions"] if o["category"] == "thought_level")
        assert chosen["currentValue"] == level
        before = len(practice.pipe.text(kind="agent_thought_chunk"))
        await practice.ask("think about names")
        thoughts[level] = len(practice.pipe.text(kind="agent_thought_chunk")) - before
    assert thoughts["low"] < thoughts["medium"] < thoughts["high"]


async def test_an_unknown_sentence_is_answered_with_examples(practice: Practice) -> None:
    said = await practice.ask("list then build me a web shop")
    assert "I do not understand “list then build me a web shop”" in said
    assert "create hello.py that prints hello" in said
    assert practice.pipe.updates("tool_call") == []


def test_every_example_of_the_manual_is_understood() -> None:
    examples = re.findall(r"`([^`]+)`", EXAMPLES + HELP.partition("failures look")[2])
    commands = [f"/{name} 3" if name == "count" else f"/{name}" for name, _, _ in COMMANDS]
    assert len(examples) > 15
    assert not [text for text in examples + commands if isinstance(parse(text)[0], Unknown)]


async def test_a_failure_is_an_error_and_the_next_prompt_works(practice: Practice) -> None:
    answer = await practice.pipe.prompt(practice.session, "say 3 words then fail with no luck")
    assert answer["error"] == {"code": -32000, "message": "no luck"}
    assert await practice.ask("say on") == "on\n"


async def test_a_crash_ends_the_process_with_what_was_said(practice: Practice) -> None:
    with pytest.raises(EOFError):
        await practice.pipe.prompt(practice.session, "say 3 words then crash")
    assert await practice.pipe.process.wait() == 3
    assert practice.pipe.text() == "1 2 3 "


async def test_usage_adds_up(practice: Practice) -> None:
    usage = (await practice.pipe.prompt(practice.session, "say 10 words"))["result"]["usage"]
    assert usage["totalTokens"] == usage["inputTokens"] + usage["outputTokens"]
    assert usage["outputTokens"] > 0
    more = (await practice.pipe.prompt(practice.session, "say 10 words"))["result"]["usage"]
    assert more["inputTokens"] > usage["inputTokens"]
    assert practice.pipe.updates("usage_update")[-1]["size"] == 32_000


async def test_stamps_are_instants_of_the_shared_clock(practice: Practice) -> None:
    before = time.monotonic_ns()
    stamps = [int(word) for word in (await practice.ask("stamp 5 chunks every 1 ms")).split()]
    assert len(stamps) == 5
    assert before < stamps[0] < stamps[4] < time.monotonic_ns()


async def test_a_burst_is_whole_and_in_order(practice: Practice) -> None:
    words = (await practice.ask("burst 20000")).split()
    assert [int(word) for word in words[1:]] == list(range(2, 20_001))


async def test_two_sessions_of_one_process_run_at_once(practice: Practice, tmp_path: Path) -> None:
    answer = await practice.pipe.call("session/new", {"cwd": str(tmp_path), "mcpServers": []})
    other = answer["result"]["sessionId"]
    hanging = await practice.pipe.begin(practice.session, "hang")
    assert (await practice.pipe.prompt(other, "create b.txt"))["result"]["stopReason"] == "end_turn"
    assert (tmp_path / "b.txt").exists()
    assert (await practice.cancelled(hanging))["result"]["stopReason"] == "cancelled"


async def test_a_session_is_remembered_by_the_next_process(start_practice: StartPractice) -> None:
    async with start_practice() as practice:
        await practice.ask("say first")
        await practice.ask("switch to auto mode")
        session = practice.session
        practice.pipe.process.kill()
    async with start_practice() as practice:
        params = {"sessionId": session, "cwd": str(practice.cwd), "mcpServers": []}
        loaded = (await practice.pipe.call("session/load", params))["result"]
        assert loaded["modes"]["currentModeId"] == "auto"
        assert practice.pipe.text(kind="user_message_chunk") == "say firstswitch to auto mode"
        start = len(practice.pipe.lines)
        assert "result" in await practice.pipe.call("session/resume", params)
        assert practice.pipe.text(since=start) == ""
        practice.session = session
        assert (await practice.ask("recall")).startswith("user turns in this conversation: 3,")


async def test_what_cannot_be_is_refused_by_code(practice: Practice) -> None:
    gone = {"sessionId": "practice-0123456789abcdef", "cwd": str(practice.cwd), "mcpServers": []}
    for method, params, code in (
        ("session/load", gone, -32002),
        ("session/load", gone | {"sessionId": "../../etc/passwd"}, -32002),
        ("session/prompt", gone | {"prompt": []}, -32002),
        ("session/new", {"cwd": "relative", "mcpServers": []}, -32602),
        ("session/set_mode", {"sessionId": practice.session, "modeId": "yolo"}, -32602),
        ("session/dance", {}, -32601),
    ):
        assert (await practice.pipe.call(method, params))["error"]["code"] == code
    hanging = await practice.pipe.begin(practice.session, "hang")
    assert (await practice.pipe.prompt(practice.session, "list"))["error"]["code"] == -32600
    await practice.cancelled(hanging)

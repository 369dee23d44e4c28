"""The commands as a person types them, each a process of its own against a real server."""

import json
import os
import subprocess
import sys
from pathlib import Path

import trio

from boocode.cli.errors import CANCELLED, CONFLICT, FAILED, OK, UNREACHABLE
from tests.kit.driving import new_chat, post
from tests.kit.server import nothing_left_of, running_server


async def boocode(home: Path, *arguments: str, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
    environ = {**os.environ, "BOOCODE_HOME": str(home), "BOOCODE_PORT": "0"}
    for name in ("BOOCODE_URL", "BOOCODE_TOKEN", "DATABASE_URL"):
        environ.pop(name, None)
    with trio.fail_after(90):
        done = await trio.run_process(
            [sys.executable, "-m", "boocode", *arguments],
            capture_stdout=True,
            capture_stderr=True,
            check=False,
            env=environ,
            cwd=cwd,
        )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


async def test_run_alone_starts_a_server_does_the_whole_path_and_leaves_nothing(
    tmp_path: Path, repository: Path
):
    home = tmp_path / "home"  # its first start of all
    done = await boocode(
        home, "run", "create hello.py that prints hello", "--agent", "practice", "--apply", cwd=repository
    )
    assert done.returncode == OK, done.stderr
    assert "applied: create hello.py" in done.stderr
    said = await trio.run_process([sys.executable, repository / "hello.py"], capture_stdout=True)
    assert said.stdout == b"hello\n"
    await nothing_left_of(home)


async def test_the_commands_speak_to_the_running_server(home: Path, repository: Path):
    async with running_server(home):
        first = await boocode(home, "run", "create a.txt with the text hello", cwd=repository)
        assert first.returncode == OK, first.stderr
        assert "boocode apply" in first.stderr
        listed = json.loads((await boocode(home, "ls", "--json")).stdout)
        assert [(task["state"], task["agent"]) for task in listed] == [("completed", "practice")]
        task = listed[0]["id"]
        assert task in (await boocode(home, "ls")).stdout
        shown = await boocode(home, "diff", task)
        assert "create a.txt" in shown.stdout
        assert "+hello" in shown.stdout
        sent = await boocode(home, "send", task, "what did I say")
        assert sent.returncode == OK
        assert "user turns in this conversation: 2" in sent.stdout
        exported = await boocode(home, "export", task)
        assert "what did I say" in exported.stdout.splitlines()
        for how in (("--json",), ("--format", "json")):
            messages = json.loads((await boocode(home, "export", task, *how)).stdout)["messages"]
            assert [message["role"] for message in messages] == ["user", "assistant"] * 2
        (repository / "a.txt").write_text("mine")
        refused = await boocode(home, "apply", task)
        assert refused.returncode == CONFLICT
        assert "a.txt" in refused.stderr
        (repository / "a.txt").unlink()
        assert (await boocode(home, "apply", task)).returncode == OK
        assert (repository / "a.txt").read_text().strip() == "hello"
        tree = (await boocode(home, "tree")).stdout
        assert "dispatcher" in tree
        assert "owned processes" in tree
        assert "practice" in (await boocode(home, "providers")).stdout
        assert "Nothing waits for you." in (await boocode(home, "inbox")).stdout
        unknown = await boocode(home, "diff", "nothing_like_it")
        assert unknown.returncode == FAILED
        assert "nothing_like_it" in unknown.stderr


async def test_exit_codes_tell_failed_and_cancelled(home: Path, repository: Path):
    async with running_server(home) as server:
        failed = await boocode(home, "run", "fail with a sad song", cwd=repository)
        assert failed.returncode == FAILED
        assert "a sad song" in failed.stderr
        chat = await new_chat(server.client, repository)
        codes: list[int] = []

        async def send() -> None:
            codes.append((await boocode(home, "send", chat, "count to 5000 slowly")).returncode)

        async with trio.open_nursery() as nursery:
            nursery.start_soon(send)
            with trio.fail_after(30):
                while "Cancelled." not in (await boocode(home, "cancel", chat)).stdout:
                    pass
        assert codes == [CANCELLED]


async def test_json_lines_are_the_frames_of_the_log(home: Path, repository: Path):
    async with running_server(home):
        done = await boocode(home, "run", "say hello", "--json", cwd=repository)
        frames = [json.loads(line) for line in done.stdout.splitlines()]
        assert {"message_created", "message_delta", "message_complete"} <= {frame["type"] for frame in frames}


async def test_attach_shows_a_chat_from_its_beginning(home: Path, repository: Path):
    async with running_server(home) as server:
        chat = await new_chat(server.client, repository)
        await post(server.client, chat, "say once upon a time")
        environ = {**os.environ, "BOOCODE_HOME": str(home)}
        command = [sys.executable, "-m", "boocode", "attach", chat]
        process = await trio.lowlevel.open_process(command, stdout=subprocess.PIPE, env=environ)
        assert process.stdout is not None
        seen = b""
        with trio.fail_after(30):
            while b"once upon a time" not in seen:
                seen += await process.stdout.receive_some()
        process.send_signal(2)
        with trio.fail_after(10):
            assert await process.wait() == OK


async def test_without_a_server_a_command_says_how_to_start_one(home: Path):
    done = await boocode(home, "ls")
    assert done.returncode == UNREACHABLE
    assert "boocode serve" in done.stderr


async def test_outside_a_repository_run_says_what_is_missing(home: Path, tmp_path: Path):
    (tmp_path / "plain").mkdir()
    done = await boocode(home, "run", "say hello", cwd=tmp_path / "plain")
    assert done.returncode == FAILED
    assert str(tmp_path / "plain") in done.stderr
    assert "git" in done.stderr
    await nothing_left_of(home)


async def test_a_second_server_on_the_same_home_names_the_first(home: Path):
    async with running_server(home) as server:
        done = await boocode(home, "serve", "--port", "0")
        assert done.returncode == FAILED
        assert str(server.pid) in done.stderr
        assert server.url in done.stderr
        assert server.token not in done.stderr


async def test_a_port_in_use_is_named(home: Path, tmp_path: Path):
    async with running_server(home) as server:
        port = server.url.rsplit(":", 1)[1]
        done = await boocode(tmp_path / "other", "serve", "--port", port)
        assert done.returncode == FAILED
        assert "--port" in done.stderr
    await nothing_left_of(tmp_path / "other")


async def test_a_wrong_setting_stops_the_start_with_file_and_key(home: Path):
    (home / "config.toml").write_text("[server]\nprt = 1\n")
    done = await boocode(home, "serve")
    assert done.returncode == FAILED
    assert str(home / "config.toml") in done.stderr
    assert "'prt'" in done.stderr


async def test_an_open_house_without_a_token_is_refused(home: Path):
    done = await boocode(home, "serve", "--host", "0.0.0.0", "--port", "0")
    assert done.returncode == FAILED
    assert "BOOCODE_TOKEN" in done.stderr


async def test_doctor_needs_no_server(home: Path):
    done = await boocode(home, "doctor", "--json")
    assert done.returncode == OK
    found = {finding["about"]: finding["grade"] for finding in json.loads(done.stdout)}
    assert found["git"] == "ok"
    assert found["server"] == "note"


async def test_ctrl_c_cancels_the_turn_and_waits_for_its_end(home: Path, repository: Path):
    async with running_server(home) as server:
        environ = {**os.environ, "BOOCODE_HOME": str(home)}
        command = [sys.executable, "-m", "boocode", "run", "count to 5000 slowly"]
        process = await trio.lowlevel.open_process(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environ, cwd=repository
        )
        assert process.stdout is not None
        seen = b""
        with trio.fail_after(60):
            while b"3" not in seen:
                seen += await process.stdout.receive_some()
            process.send_signal(2)
            assert await process.wait() == CANCELLED
        tasks = [task async for task in server.client.pages("/api/tasks")]
        assert [task["state"] for task in tasks] == ["cancelled"]

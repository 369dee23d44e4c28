"""The block of launch(): what works inside, what is gone after it."""

from __future__ import annotations

import errno
import os
import signal
import time
from pathlib import Path

import pytest
import trio

from boocode.adapters.processes.owner import LocalProcesses
from boocode.adapters.processes.proctable import read_proc

from .conftest import line, pids_from, program, shell, zombies


def is_gone(pid: int) -> bool:
    return read_proc(pid) is None


async def test_what_is_sent_comes_back(owner: LocalProcesses) -> None:
    async with owner.launch(program("cat")) as child:
        await child.send(b"hello\n")
        assert await child.receive() == b"hello\n"
        pid = child.pid
    assert is_gone(pid)


async def test_output_ends_with_an_empty_chunk(owner: LocalProcesses) -> None:
    async with owner.launch(shell("echo done")) as child:
        assert await child.receive() == b"done\n"
        assert await child.receive() == b""
        assert await child.receive() == b""


async def test_large_messages_pass_whole_in_both_directions(owner: LocalProcesses) -> None:
    data = os.urandom(1_000_000)
    got = bytearray()
    async with owner.launch(program("cat")) as child, trio.open_nursery() as nursery:
        nursery.start_soon(child.send, data)
        while len(got) < len(data):
            got += await child.receive()
    assert bytes(got) == data


async def test_senders_do_not_mix_their_messages(owner: LocalProcesses) -> None:
    parts = [bytes([65 + n]) * 200_000 for n in range(4)]
    got = bytearray()
    async with owner.launch(program("cat")) as child, trio.open_nursery() as nursery:
        for part in parts:
            nursery.start_soon(child.send, part)
        while len(got) < 800_000:
            got += await child.receive()
    pieces = [bytes(got[n : n + 200_000]) for n in range(0, 800_000, 200_000)]
    assert sorted(pieces) == parts


async def test_the_exit_code_and_last_words_are_told(owner: LocalProcesses) -> None:
    async with owner.launch(shell("echo sorry >&2; exit 3")) as child:
        ended = await child.wait()
    assert (ended.code, ended.stderr_tail) == (3, "sorry\n")
    assert ended.describe() == "exited with code 3; its last words: sorry"


async def test_a_signal_is_told_as_a_negative_code(owner: LocalProcesses) -> None:
    async with owner.launch(shell("kill -9 $$")) as child:
        assert (await child.wait()).code == -9


async def test_many_may_wait_and_a_cancelled_wait_does_no_harm(owner: LocalProcesses) -> None:
    codes: list[int] = []
    async with owner.launch(program("cat")) as child, trio.open_nursery() as nursery:

        async def waits() -> None:
            codes.append((await child.wait()).code)

        with trio.move_on_after(0.01):
            await child.wait()
        nursery.start_soon(waits)
        nursery.start_soon(waits)
        os.kill(child.pid, signal.SIGTERM)
    assert codes == [-15, -15]


async def test_sending_to_a_child_that_ended_is_a_broken_pipe(owner: LocalProcesses) -> None:
    async with owner.launch(program("true")) as child:
        await child.wait()
        with pytest.raises(BrokenPipeError, match=f"pid {child.pid}.*ended"):
            await child.send(b"x")


async def test_nothing_follows_a_send_that_was_cancelled_halfway(owner: LocalProcesses) -> None:
    async with owner.launch(program("sleep", "60")) as child:
        with trio.move_on_after(0.05) as scope:
            await child.send(b"x" * 1_000_000)
        assert scope.cancelled_caught
        with pytest.raises(BrokenPipeError, match="cut off halfway"):
            await child.send(b"y")


async def test_a_send_that_had_not_begun_may_be_cancelled(owner: LocalProcesses) -> None:
    async with owner.launch(program("cat")) as child:
        with trio.CancelScope() as scope:
            scope.cancel()
            await child.send(b"never")
        await child.send(b"ever")
        assert await child.receive() == b"ever"


async def test_fifty_megabytes_of_complaints_keep_only_the_tail(owner: LocalProcesses) -> None:
    script = "head -c 50000000 /dev/zero | tr '\\0' x >&2; echo the end >&2"
    async with owner.launch(shell(script, stderr_tail_bytes=1000)) as child:
        ended = await child.wait()
    assert len(ended.stderr_tail) == 1000
    assert ended.stderr_tail.endswith("xxx" + "the end\n")


async def test_a_child_that_ends_with_its_input_needs_no_signal(owner: LocalProcesses) -> None:
    async with owner.launch(shell("trap 'exit 9' TERM; cat; exit 4", term_grace_s=20)) as child:
        pass
    assert (await child.wait()).code == 4


async def test_a_child_on_its_way_out_is_not_stuck_on_output_nobody_reads(owner: LocalProcesses) -> None:
    async with owner.launch(shell("cat; head -c 1000000 /dev/zero; exit 4", term_grace_s=20)) as child:
        pass
    assert (await child.wait()).code == 4


async def test_a_child_without_stdin_gets_its_stop_signal_at_once(owner: LocalProcesses) -> None:
    script = "trap 'exit 7' INT; echo; while :; do sleep 0.01; done"
    began = time.monotonic()
    async with owner.launch(shell(script, stdin=False, stop_signal=signal.SIGINT, term_grace_s=20)) as child:
        await child.receive()
    assert (await child.wait()).code == 7
    assert time.monotonic() - began < 10


async def test_the_stop_signal_reaches_the_childs_own_group_only(
    owner: LocalProcesses, tmp_path: Path
) -> None:
    told = tmp_path / "told"
    helper = f"trap 'echo helper >> {told}' INT; echo $$; while :; do sleep 0.01; done"
    script = (
        f"trap 'echo child >> {told}; exit' INT; setsid sh -c \"{helper}\" & while :; do sleep 0.01; done"
    )
    async with owner.launch(shell(script, stdin=False, stop_signal=signal.SIGINT)) as child:
        (pid,) = await pids_from(child, 1)
    assert told.read_text() == "child\n"
    assert is_gone(pid)


async def test_a_hung_child_is_killed(owner: LocalProcesses) -> None:
    async with owner.launch(shell("trap '' TERM; echo; while :; do sleep 1; done")) as child:
        await child.receive()
    assert (await child.wait()).code == -9


async def test_a_setsid_grandchild_does_not_outlive_the_block(owner: LocalProcesses) -> None:
    async with owner.launch(shell("setsid sleep 61 & echo $!; wait")) as child:
        (pid,) = await pids_from(child, 1)
    assert is_gone(pid)


async def test_an_escapee_is_asked_before_it_is_killed(owner: LocalProcesses, tmp_path: Path) -> None:
    told = tmp_path / "told"
    helper = f"trap 'echo asked > {told}; exit' TERM; echo; while :; do sleep 0.01; done"
    async with owner.launch(shell(f'setsid sh -c "{helper}" & cat')) as child:
        await child.receive()
    assert told.read_text() == "asked\n"


async def test_a_deaf_setsid_grandchild_is_killed(owner: LocalProcesses) -> None:
    script = "setsid sh -c \"trap '' TERM; echo \\$\\$; while :; do sleep 1; done\" & wait"
    async with owner.launch(shell(script)) as child:
        (pid,) = await pids_from(child, 1)
    assert is_gone(pid)


DAEMON = "setsid sh -c '(sleep 62 & echo $!) </dev/null 2>/dev/null; exit'"


async def test_a_double_forked_daemon_does_not_outlive_the_block(owner: LocalProcesses) -> None:
    async with owner.launch(shell(f"{DAEMON}; cat")) as child:
        (pid,) = await pids_from(child, 1)
    assert is_gone(pid)


async def test_what_a_dead_child_left_running_is_ended_too(owner: LocalProcesses) -> None:
    async with owner.launch(shell(f"{DAEMON}; exit 0")) as child:
        (pid,) = await pids_from(child, 1)
        await child.wait()
    assert is_gone(pid)


async def test_a_daemon_that_dropped_its_cookie_is_known_by_our_pipe(owner: LocalProcesses) -> None:
    async with owner.launch(shell("env -i /bin/sh -c 'setsid sleep 63 & echo $!'; exit 0")) as child:
        (pid,) = await pids_from(child, 1)
        await child.wait()
    assert is_gone(pid)


async def test_a_daemon_without_any_mark_is_known_from_before(owner: LocalProcesses) -> None:
    script = "env -i /bin/sh -c 'setsid sleep 64 </dev/null >/dev/null 2>&1 & echo $!; read x'; echo; cat"
    async with owner.launch(shell(script)) as child:
        (pid,) = await pids_from(child, 1)
        await owner.sweep()  # while its parent shows whose it is
        await child.send(b"\n")
        await child.receive()
    assert is_gone(pid)


async def test_adopted_zombies_are_collected_while_the_child_lives(owner: LocalProcesses) -> None:
    before = zombies()
    async with owner.launch(shell("(sh -c 'sleep 0.05 & echo $!') ; cat")) as child:
        (pid,) = await pids_from(child, 1)
        while not is_gone(pid):
            await owner.sweep()
        assert not zombies() - before


async def test_errors_of_the_block_come_out_as_they_are(owner: LocalProcesses) -> None:
    with pytest.raises(ZeroDivisionError):
        async with owner.launch(program("cat")) as child:
            1 / 0  # noqa: B018
    assert is_gone(child.pid)


async def test_cancelling_the_block_ends_the_whole_tree_first(owner: LocalProcesses) -> None:
    with trio.move_on_after(0.1) as scope:
        async with owner.launch(shell("trap '' TERM; setsid sleep 65 & sleep 66 & echo $!; wait")) as child:
            await child.receive()
            await trio.sleep_forever()
    assert scope.cancelled_caught
    assert is_gone(child.pid)


async def test_complaints_are_heard_even_after_a_cancel(owner: LocalProcesses) -> None:
    with trio.CancelScope() as scope:
        script = "cat; head -c 1000000 /dev/zero >&2; echo bye >&2; exit 4"
        async with owner.launch(shell(script, term_grace_s=20)) as child:
            scope.cancel()
            await trio.sleep_forever()
    assert (await child.wait()).code == 4
    assert child.stderr_tail().endswith("bye\n")


async def test_an_error_is_not_lost_when_the_block_is_cancelled_too(owner: LocalProcesses) -> None:
    async def fails() -> None:
        async with owner.launch(program("cat")):
            scope.cancel()
            1 / 0  # noqa: B018

    with pytest.raises(ZeroDivisionError), trio.CancelScope() as scope:
        await fails()


async def test_a_cancel_in_the_middle_of_the_launch_loses_no_child(owner: LocalProcesses) -> None:
    for turn in range(40):
        with trio.move_on_after(turn * 0.0001):
            async with owner.launch(program("sleep", "67", stdin=False)):
                await trio.sleep_forever()
    assert owner.owned() == ()


async def test_a_missing_command_is_named_with_advice(owner: LocalProcesses) -> None:
    spec = program("no-such-agent", "--acp", env={"PATH": "/nowhere"}, label="session 7")
    with pytest.raises(FileNotFoundError) as raised:
        async with owner.launch(spec):
            pass
    assert raised.value.errno == errno.ENOENT
    text = str(raised.value)
    assert "'no-such-agent' for session 7" in text
    assert "not on the PATH (/nowhere)" in text
    assert "full path" in text


async def test_a_missing_folder_is_not_blamed_on_the_command(owner: LocalProcesses) -> None:
    with pytest.raises(OSError, match="working directory '/nowhere' does not exist"):
        async with owner.launch(program("cat", cwd="/nowhere")):
            pass


async def test_a_missing_interpreter_is_told_from_a_missing_file(
    owner: LocalProcesses, tmp_path: Path
) -> None:
    script = tmp_path / "agent"
    script.write_text("#!/no/such/node\n")
    script.chmod(0o755)
    with pytest.raises(OSError, match="the interpreter that its first line names is not"):
        async with owner.launch(program(str(script))):
            pass


async def test_a_file_that_is_no_program_is_told(owner: LocalProcesses, tmp_path: Path) -> None:
    script = tmp_path / "agent"
    script.write_text("text")
    with pytest.raises(PermissionError, match=r"chmod \+x"):
        async with owner.launch(program(str(script))):
            pass


async def test_two_hundred_quick_children_leave_no_zombie(owner: LocalProcesses) -> None:
    before = zombies()
    codes: list[int] = []

    async def one() -> None:
        async with owner.launch(program("true")) as child:
            codes.append((await child.wait()).code)

    async with trio.open_nursery() as nursery:
        for _ in range(200):
            nursery.start_soon(one)
    assert codes == [0] * 200
    assert not zombies() - before
    assert owner.owned() == ()


async def test_looking_around_never_takes_the_exit_code_of_a_child(owner: LocalProcesses) -> None:
    codes: list[int] = []

    async def sweeps() -> None:
        while True:
            await owner.sweep()

    async def one() -> None:
        async with owner.launch(shell("exit 3")) as child:
            codes.append((await child.wait()).code)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(sweeps)
        async with trio.open_nursery() as launching:
            for _ in range(200):
                launching.start_soon(one)
        nursery.cancel_scope.cancel()
    assert codes == [3] * 200


async def test_other_children_of_this_program_are_left_alone(owner: LocalProcesses) -> None:
    stranger = await trio.lowlevel.open_process(["sh", "-c", "sleep 0.1; exit 5"], start_new_session=True)
    async with owner.launch(shell("setsid sleep 68 & wait")):
        assert stranger.pid not in {info.pid for info in owner.owned()}
        await owner.sweep()
    assert await stranger.wait() == 5


async def test_a_process_in_a_user_namespace_of_its_own_keeps_its_pid(owner: LocalProcesses) -> None:
    script = 'trap "exit 6" TERM; echo $$; id -u; while :; do sleep 0.01; done'
    async with owner.launch(shell(script, uid_map=True, stdin=False, term_grace_s=20)) as child:
        buffer = bytearray()
        assert int(await line(child, buffer)) == child.pid
        assert int(await line(child, buffer)) == (65_534 if os.geteuid() == 0 else os.geteuid())
    assert (await child.wait()).code == 6

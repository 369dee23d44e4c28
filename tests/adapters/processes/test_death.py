"""BooCode is killed: its guard ends what is left; the guard is killed too: the next start does."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from attrs import frozen

from boocode.adapters.processes import guard as guard_module
from boocode.adapters.processes.cookies import VARIABLE, Instance, home_key
from boocode.adapters.processes.home_lock import HomeLock
from boocode.adapters.processes.leftovers import Leftover, journal_path, settle_leftovers
from boocode.adapters.processes.proctable import Ident, boot_id, command_line, read_proc, scan
from boocode.adapters.processes.records import Record, added_line, header_line

from .conftest import LONG_S, carriers, eventually, zombies

ROOT = Path(__file__).parents[3]

DEAF = "trap '' TERM INT HUP; echo; exec sleep 97"
ESCAPED = f'setsid sh -c "{DEAF}" & wait'
DAEMON = "setsid sh -c '(sleep 92 &) </dev/null >/dev/null 2>&1'; echo; exec cat"
UNMARKED = "env -i /bin/sh -c 'setsid sleep 93 </dev/null >/dev/null 2>&1 & echo; read x'; echo; exec cat"
CLINGING = "python3 -c 'import os; os.setsid() if os.fork() == 0 else None; print(flush=True); os.read(0, 1)'"


@frozen
class Doomed:
    program: subprocess.Popen[bytes]
    owner: int
    guard: int
    children: frozenset[int]

    def kill(self, *, with_guard: bool = False) -> None:
        if with_guard:
            os.kill(self.guard, signal.SIGSTOP)  # or it would act between the two kills
        self.program.kill()
        self.program.wait()
        if with_guard:
            os.kill(self.guard, signal.SIGKILL)

    def left(self) -> set[int]:
        return {pid for pid in (*self.children, self.guard) if lives(pid)}


Doom = Callable[..., Doomed]


def lives(pid: int) -> bool:
    proc = read_proc(pid)
    return proc is not None and proc.is_alive


@pytest.fixture
def doom(home: Path) -> Iterator[Doom]:
    """Starts doomed programs; afterwards nothing may carry a cookie of the home."""
    before, programs = zombies(), []

    def start(*scripts: str) -> Doomed:
        program = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("doomed.py")), str(home), *scripts],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        programs.append(program)
        assert program.stdout is not None
        told = json.loads(program.stdout.readline())
        return Doomed(program, told["owner"], told["guard"], frozenset(told["children"]))

    yield start
    left = carriers(home)
    for program in programs:
        program.kill()
        program.communicate()
    for pid in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    # Other tests made this program a subreaper: the orphans come to us.
    assert eventually(lambda: not carriers(home))
    for pid in zombies() - before:
        os.waitpid(pid, 0)
    assert not left


def test_nothing_outlives_a_killed_owner(doom: Doom) -> None:
    doomed = doom(DEAF, ESCAPED, DAEMON, UNMARKED, CLINGING, "echo; exec cat")
    assert len(doomed.children) >= 11  # with the guard itself
    doomed.kill()
    assert eventually(lambda: not doomed.left())


def test_the_guard_asks_before_it_kills(doom: Doom, tmp_path: Path) -> None:
    told = tmp_path / "told"
    # Its complaints would go into a broken pipe, which kills a shell before it comes to the trap.
    doomed = doom(
        f"exec 2>/dev/null; trap 'echo asked > {told}; exit' TERM; echo; while :; do sleep 0.01; done"
    )
    doomed.kill()
    assert eventually(lambda: not doomed.left())
    assert told.read_text() == "asked\n"


@pytest.mark.parametrize("turn", range(4))
def test_what_was_just_being_launched_does_not_outlive_a_killed_owner(
    doom: Doom, home: Path, turn: int
) -> None:
    doomed = doom("--storm")
    time.sleep(0.05 + 0.003 * turn)  # not to wait for something: to strike at different instants
    doomed.kill()
    assert eventually(lambda: not carriers(home))


def test_a_clean_end_leaves_neither_guard_nor_journal(doom: Doom, home: Path) -> None:
    doomed = doom("echo; exec cat")
    doomed.program.communicate(b"\n", timeout=LONG_S)
    assert doomed.program.returncode == 0
    assert not doomed.left()
    assert not list((home / "run").iterdir())


def test_the_guard_is_deaf_to_a_service_managers_term(doom: Doom) -> None:
    doomed = doom("echo; exec sleep 97")
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        os.kill(doomed.guard, number)
    doomed.kill()
    assert eventually(lambda: not doomed.left())


def test_the_guard_holds_no_file_but_its_pipes(doom: Doom) -> None:
    doomed = doom("echo; exec cat")
    streams = {
        name: os.readlink(f"/proc/{doomed.guard}/fd/{name}")
        for name in os.listdir(f"/proc/{doomed.guard}/fd")
    }
    assert {target.partition(":")[0] for target in streams.values()} <= {"pipe", "anon_inode"}
    assert os.getsid(doomed.guard) == doomed.guard
    doomed.kill()
    assert eventually(lambda: not doomed.left())


def test_what_guard_and_owner_left_is_settled_at_the_next_start(doom: Doom, home: Path) -> None:
    doomed = doom(DEAF, ESCAPED, UNMARKED)
    doomed.kill(with_guard=True)

    def sleeping() -> set[int]:
        return {pid for pid in doomed.left() if command_line(pid).startswith("sleep")}

    # A script speaks before it becomes its last command: the kill may come in between.
    assert eventually(lambda: len(sleeping()) == 3)
    stubborn = sleeping()
    with HomeLock(str(home)) as lock:
        settled = settle_leftovers(lock, grace_s=0.3)
        assert {leftover.pid for leftover in settled} >= stubborn
        assert not doomed.left()
        assert settle_leftovers(lock, grace_s=0.3) == ()
    assert [path.name for path in (home / "run").iterdir()] == ["lock"]


def test_an_orphan_without_a_cookie_is_known_by_its_leaders_session(home: Path) -> None:
    script = "(env -i sleep 99 & echo $!); echo; exec sleep 98"
    with subprocess.Popen(["sh", "-c", script], start_new_session=True, stdout=subprocess.PIPE) as leader:
        assert leader.stdout is not None
        orphan = int(leader.stdout.readline())
        leader.stdout.readline()  # the shell between them has ended
        proc = read_proc(leader.pid)
        assert proc is not None
        write_journal(home, boot_id(), Record(proc.ident, signal.SIGTERM, 1, "x"))
        with HomeLock(str(home)) as lock:
            settled = settle_leftovers(lock)
        assert {leftover.pid for leftover in settled} == {leader.pid, orphan}
        assert not lives(orphan)


def test_settling_spares_the_present_run_and_other_homes(doom: Doom, home: Path, tmp_path: Path) -> None:
    doomed = doom(DEAF)
    ours = Instance(home_key(str(home)), "aaaa")
    cookies = {
        "present": ours.cookie(1),
        "elsewhere": Instance(home_key(str(tmp_path)), "bbbb").cookie(1),
        "nested": f"{Instance(home_key(str(home)), 'cccc').cookie(1)} {ours.cookie(2)}",
    }
    bystanders = {
        name: subprocess.Popen(["sleep", "94"], env={VARIABLE: cookie}) for name, cookie in cookies.items()
    }
    doomed.kill(with_guard=True)
    with HomeLock(str(home)) as lock:
        settle_leftovers(lock, current=ours, grace_s=0.3)
    spared = {name for name, each in bystanders.items() if each.poll() is None}
    for each in bystanders.values():
        each.kill()
        each.wait()
    assert spared == {"present", "elsewhere", "nested"}
    assert not doomed.left()


def write_journal(home: Path, boot: str, *records: Record) -> None:
    former = Instance(home_key(str(home)), "0123")
    path = journal_path(str(home), former)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(header_line(boot, former) + b"".join(map(added_line, records)))


@pytest.mark.parametrize(
    ("boot", "later", "killed"),
    [
        pytest.param(boot_id(), 0, True, id="the very process"),
        pytest.param(boot_id(), 1, False, id="another with its pid"),
        pytest.param("another-boot", 0, False, id="before the machine started"),
    ],
)
def test_a_recorded_process_is_known_by_pid_start_and_boot(
    home: Path, boot: str, later: int, killed: bool
) -> None:
    with subprocess.Popen(["sleep", "95"]) as process:
        eventually(lambda: command_line(process.pid) == "sleep 95")  # exec shows its words a moment later
        proc = read_proc(process.pid)
        assert proc is not None
        write_journal(home, boot, Record(Ident(proc.pid, proc.start - later), signal.SIGTERM, 1, "x"))
        with HomeLock(str(home)) as lock:
            settled = settle_leftovers(lock, grace_s=0.3)
        assert settled == ((Leftover(process.pid, "sleep 95"),) if killed else ())
        assert (process.poll() is not None) == killed
        process.kill()


def test_the_recorded_stop_signal_is_used(home: Path, tmp_path: Path) -> None:
    told = tmp_path / "told"
    script = f"trap 'echo fast > {told}; exit' INT; echo; while :; do sleep 0.01; done"
    with subprocess.Popen(["sh", "-c", script], start_new_session=True, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        proc = read_proc(process.pid)
        assert proc is not None
        write_journal(home, boot_id(), Record(proc.ident, signal.SIGINT, 1, "postgres"))
        with HomeLock(str(home)) as lock:
            settle_leftovers(lock, grace_s=0.3)
    assert told.read_text() == "fast\n"


def test_settling_ends_neither_itself_nor_what_is_above_it(home: Path) -> None:
    me = read_proc(os.getpid())
    assert me is not None
    above = scan()[me.ppid]
    records = [Record(proc.ident, signal.SIGKILL, 1, "x") for proc in (me, above)]
    write_journal(home, boot_id(), *records)
    with HomeLock(str(home)) as lock:
        settled = settle_leftovers(lock, grace_s=0.3)
    assert not {me.pid, above.pid} & {leftover.pid for leftover in settled}


def test_settling_spares_its_own_session(home: Path) -> None:
    """Whoever starts BooCode in a session of its own may run other things in it."""
    script = f"""
import os, subprocess, sys
from pathlib import Path
sys.path.append({str(ROOT)!r})
from boocode.adapters.processes.leftovers import HomeLock, settle_leftovers
from boocode.adapters.processes.proctable import boot_id, read_proc
from boocode.adapters.processes.records import Record
from tests.adapters.processes.test_death import write_journal
home = Path({str(home)!r})
write_journal(home, boot_id(), Record(read_proc(os.getpid()).ident, 15, 1, "x"))
with subprocess.Popen(["sleep", "96"]) as beside, HomeLock(str(home)) as lock:
    print(settle_leftovers(lock, grace_s=0.3), beside.poll())
    beside.kill()
"""
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONG_S, start_new_session=True)
    assert done.stdout == "() None\n", done.stderr


def run_guard(lines: bytes, dying_s: float = 0.1) -> None:
    """A guard of this very process, which does not die of it."""
    code = (
        f"import os, sys; sys.path.append({str(ROOT)!r}); from boocode.adapters.processes import guard;"
        f"guard.DYING_S = {dying_s}; guard.guard(os.getppid())"
    )
    subprocess.run([sys.executable, "-I", "-S", "-c", code], input=lines, check=True, timeout=LONG_S)


@pytest.mark.parametrize("last", [b".\n", b""], ids=["stood down", "pipe lost"])
def test_a_guard_touches_nothing_while_its_owner_lives(last: bytes) -> None:
    instance = Instance("feedfeedfeedfeed", "cafe")
    with subprocess.Popen(["sleep", "96"], env={VARIABLE: instance.cookie(1)}) as process:
        proc = read_proc(process.pid)
        assert proc is not None
        record = Record(proc.ident, signal.SIGTERM, 1, "x")
        run_guard(header_line(boot_id(), instance) + added_line(record) + last)
        assert process.poll() is None
        process.kill()


def test_the_guard_loads_nothing_but_the_standard_library() -> None:
    code = (
        f"import sys; sys.path.append({str(ROOT)!r}); import boocode.adapters.processes.guard;"
        "print([m for m in ('trio', 'attrs', 'psutil', 'structlog') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"
    assert guard_module.DYING_S > 1

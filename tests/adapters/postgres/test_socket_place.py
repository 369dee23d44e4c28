"""The socket's directory: found again by the same home, held while it is used, removed when it is nobody's."""

import fcntl
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from boocode.adapters.postgres.socket_place import (
    SOCKET,
    UNTOUCHED_S,
    SocketPlace,
    _remove,
    sweep_places,
)
from boocode.ports.database import StoreMisconfigured

STARTS = 300
SOON_S = 30.0

TAKE_AND_WAIT = """
import sys, time
from pathlib import Path
from boocode.adapters.postgres.socket_place import SocketPlace

place = SocketPlace(Path(sys.argv[1]))
place.take()
print(place.path, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def holder(base: Path) -> "Iterator[subprocess.Popen[str]]":
    """Another process that holds the place of the home /home/killed."""
    assert base.is_dir()
    command = [sys.executable, "-c", TAKE_AND_WAIT, "/home/killed"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def path_of(holder: "subprocess.Popen[str]") -> Path:
    assert holder.stdout is not None
    return Path(holder.stdout.readline().strip())


def taken(home: str) -> SocketPlace:
    place = SocketPlace(Path(home))
    place.take()
    return place


def left(home: str) -> Path:
    """What a BooCode leaves that is killed, some time ago."""
    path = SocketPlace(Path(home)).path
    path.mkdir(mode=0o700)
    age(path)
    return path


def age(path: Path) -> None:
    long_ago = time.time() - 2 * UNTOUCHED_S
    os.utime(path, (long_ago, long_ago))


def listen(path: Path) -> socket.socket:
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(path / SOCKET))
    listening.listen()
    age(path)
    return listening


def until_waited_for(path: Path) -> None:
    """Returns when somebody waits for the lock on it."""
    inode = f":{path.stat().st_ino} "
    deadline = time.monotonic() + SOON_S
    while not any(
        "-> FLOCK" in line and inode in line for line in Path("/proc/locks").read_text().splitlines()
    ):
        assert time.monotonic() < deadline, "nobody waits"
        time.sleep(0.001)


def test_it_is_the_same_for_the_same_home_only(base: Path) -> None:
    one = taken("/home/a")
    assert one.path.parent == base
    assert stat.S_IMODE(one.path.stat().st_mode) == 0o700
    assert taken("/home/a").path == one.path
    assert taken("/home/b").path != one.path


def test_one_that_is_open_to_others_is_closed(base: Path) -> None:
    place = SocketPlace(base / "a")
    place.path.mkdir(mode=0o777)
    place.path.chmod(0o777)
    place.take()
    assert stat.S_IMODE(place.path.stat().st_mode) == 0o700


def test_one_that_is_somebody_elses_is_refused(base: Path) -> None:
    place = SocketPlace(base / "a")
    (base / "elsewhere").mkdir()
    place.path.symlink_to(base / "elsewhere")
    with pytest.raises(StoreMisconfigured, match="belongs to somebody else"):
        place.take()


def test_it_goes_when_it_is_released_and_can_be_taken_again(base: Path) -> None:
    place = taken("/home/a")
    place.release()
    assert not place.path.exists()
    place.take()
    assert place.path.is_dir()


def test_the_files_of_a_killed_server_go_with_it(base: Path) -> None:
    place = taken("/home/a")
    listen(place.path).close()
    (place.path / f"{SOCKET}.lock").touch()
    place.release()
    assert not place.path.exists()


def test_a_server_that_still_listens_keeps_it(base: Path) -> None:
    place = taken("/home/a")
    with listen(place.path):
        place.release()
        sweep_places(base)
        assert (place.path / SOCKET).is_socket()
    sweep_places(base)
    assert not place.path.exists(), "nobody listens any more"


def test_what_a_killed_boocode_left_is_swept(base: Path, holder: "subprocess.Popen[str]") -> None:
    path = path_of(holder)
    age(path)
    sweep_places(base)
    assert path.is_dir(), "it is held by a process that lives"
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    sweep_places(base)
    assert not path.exists()


def test_a_young_one_that_nobody_holds_is_left_alone(base: Path) -> None:
    path = left("/home/a")
    os.utime(path)
    sweep_places(base)
    assert path.is_dir()


@pytest.mark.parametrize("change", ["name", "mode", "content", "symlink", "file"])
def test_what_is_not_surely_ours_is_left_alone(base: Path, change: str) -> None:
    path = left("/home/a")
    if change == "name":
        path = path.rename(f"{path}-pg")
    elif change == "mode":
        path.chmod(0o755)
    elif change == "content":
        (path / "notes.txt").touch()
    elif change == "symlink":
        elsewhere = path.rename(base / "elsewhere")
        path.symlink_to(elsewhere)
    else:
        path.rmdir()
        path.touch()
    age(path)
    before = path.lstat()
    sweep_places(base)
    assert path.lstat() == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_what_belongs_to_somebody_else_is_left_alone(base: Path) -> None:
    path = left("/home/a")
    os.chown(path, 65_534, -1)
    sweep_places(base)
    assert path.is_dir()


def test_a_base_that_is_gone_is_nothing_to_sweep(base: Path) -> None:
    shutil.rmtree(base)
    sweep_places(base)


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="nothing tells who waits for a lock")
def test_a_start_that_waited_for_its_removal_makes_it_anew(base: Path) -> None:
    path = left("/home/a")
    removing = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    fcntl.flock(removing, fcntl.LOCK_EX)
    place = SocketPlace(Path("/home/a"))
    start = threading.Thread(target=place.take)
    start.start()
    until_waited_for(path)
    path.rmdir()
    os.close(removing)
    start.join()
    sweep_places(base)
    assert path.is_dir()
    assert path.parent == base


def test_one_that_came_in_the_place_of_a_removed_one_is_not_removed(base: Path) -> None:
    path = left("/home/a")
    former = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    path.rmdir()
    taken("/home/a")
    _remove(path, former)
    os.close(former)
    assert path.is_dir()


def test_starts_never_lose_their_place_to_those_that_sweep(base: Path) -> None:
    """Two sweep as fast as they can, while one BooCode after the other takes what its killed predecessor left."""
    over = threading.Event()

    def sweep() -> None:
        while not over.is_set():
            sweep_places(base)

    sweepers = [threading.Thread(target=sweep) for _ in range(2)]
    for sweeper in sweepers:
        sweeper.start()
    try:
        for _ in range(STARTS):
            with suppress(FileExistsError, FileNotFoundError):  # the one before is just being swept
                left("/home/a")
            place = taken("/home/a")
            age(place.path)
            with listen(place.path):  # fails if the directory is gone
                sweep_places(base)
            os.unlink(place.path / SOCKET)
            place.release()
    finally:
        over.set()
        for sweeper in sweepers:
            sweeper.join()

"""As whom root's PostgreSQL runs: never as root, never with a user made or a directory opened for it.

Collected only when root runs the tests: nobody else can become somebody else.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from boocode.adapters.postgres import privilege
from boocode.adapters.postgres.privilege import Privilege, choose_privilege, namespaces_allowed
from boocode.ports.database import StoreMisconfigured

PROGRAM = "/bin/true"
NOBODY = pwd.getpwnam("nobody").pw_uid


@pytest.fixture
def passable() -> Iterator[Path]:
    """A directory through which every user may go; pytest's own are closed to others."""
    place = Path(tempfile.mkdtemp(prefix="boocode-test-", dir="/tmp"))
    place.chmod(0o711)
    yield place
    shutil.rmtree(place)


@pytest.fixture(autouse=True)
def leave_nothing_of_another_user(tmp_path: Path) -> Iterator[None]:
    """A later run in a user namespace, as that of the real agents is, could not clear it away."""
    yield
    shutil.rmtree(tmp_path / "home", ignore_errors=True)


def test_root_runs_it_in_a_user_namespace(tmp_path: Path) -> None:
    if not namespaces_allowed():
        pytest.skip("`unshare --user` is missing or forbidden here")
    assert choose_privilege(tmp_path / "postgres", PROGRAM) == Privilege(uid_map=True)


def test_root_without_namespaces_becomes_an_unprivileged_user_where_that_one_can_go(
    passable: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(privilege, "namespaces_allowed", lambda: False)
    chosen = choose_privilege(passable / "postgres", PROGRAM)
    assert chosen.owner == NOBODY
    ran = subprocess.run([*chosen.prefix, "id", "-u"], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == str(NOBODY)


def test_root_without_namespaces_lends_the_right_to_pass_where_it_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(privilege, "namespaces_allowed", lambda: False)
    tmp_path.chmod(0o700)
    chosen = choose_privilege(tmp_path / "postgres", PROGRAM)
    assert chosen.owner == NOBODY
    assert "--ambient-caps=+dac_override" in chosen.prefix
    assert tmp_path.stat().st_mode & 0o777 == 0o700


def test_root_without_any_of_these_rights_is_told_the_ways_out(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    home = tmp_path / "home"
    ran = _run(home, "setpriv", "--bounding-set=-dac_override", "--inh-caps=-all", before=FORBIDDEN)
    last = ran.stderr.strip().split("\n")[-1]
    assert "StoreMisconfigured: PostgreSQL does not run as root" in last
    assert f"cannot reach {home}" in last
    assert "Set DATABASE_URL" in last
    assert "ordinary user" in last


def test_root_without_setpriv_is_told_the_ways_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privilege, "namespaces_allowed", lambda: False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(StoreMisconfigured, match=r"no `setpriv` to change users\. Set DATABASE_URL"):
        choose_privilege(tmp_path / "postgres", PROGRAM)


def test_a_cluster_that_belongs_to_another_user_is_run_by_that_user(passable: Path) -> None:
    data = passable / "postgres"
    data.mkdir()
    os.chown(data, NOBODY, -1)
    assert choose_privilege(data, PROGRAM).owner == NOBODY


LIFE = """
import sys, subprocess, signal, time
from pathlib import Path
from boocode.adapters.postgres.cluster import Cluster
from boocode.adapters.processes.spawn import full_command
cluster = Cluster(Path(sys.argv[1]))
initdb = cluster.prepare()
if initdb is not None:
    assert subprocess.run(full_command(initdb), stdout=subprocess.DEVNULL).returncode == 0
    cluster.initialised()
server = subprocess.Popen(full_command(cluster.server()), stderr=subprocess.PIPE)
pid_file = cluster.data / "postmaster.pid"
deadline = time.monotonic() + 60
while not (pid_file.exists() and pid_file.read_text().rstrip().endswith("ready")):
    assert server.poll() is None, server.stderr.read()
    assert time.monotonic() < deadline
    time.sleep(0.01)
psql = cluster._binaries.program("psql")
url = cluster.url("postgres")
print(subprocess.run([psql, "-XAtc", "SELECT 6 * 7", url], capture_output=True, text=True, check=True).stdout)
server.send_signal(signal.SIGINT)
assert server.wait(30) == 0
cluster.release()
assert not Path(url.split("host=")[1]).exists()
"""


def _readable(uid: int) -> bool:
    """Whether another user can run this very Python with this very BooCode."""
    root = Path(__file__).resolve().parents[3]
    ran = subprocess.run(
        ["setpriv", f"--reuid={uid}", "--clear-groups", sys.executable, "-c", "import boocode.ports.store"],
        check=False,
        capture_output=True,
        cwd="/",
        env={"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    return ran.returncode == 0


FORBIDDEN = """
from boocode.adapters.postgres import privilege
privilege.namespaces_allowed = lambda: False
"""
"""What a container without user namespaces looks like."""


def _run(home: Path, *prefix: str, before: str = "") -> "subprocess.CompletedProcess[str]":
    root = Path(__file__).resolve().parents[3]
    return subprocess.run(
        [*prefix, sys.executable, "-c", before + LIFE, str(home)],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={"PYTHONPATH": str(root), "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},
    )


def _live(home: Path, *prefix: str, before: str = "") -> str:
    """The whole life of a cluster in a process of its own."""
    ran = _run(home, *prefix, before=before)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


@pytest.mark.parametrize("uid", [NOBODY, 54_321], ids=["nobody", "nameless"])
def test_an_ordinary_user_runs_a_cluster_of_its_own(passable: Path, uid: int) -> None:
    home = passable / "home"
    home.mkdir(mode=0o700)
    os.chown(home, uid, uid)
    if not _readable(uid):
        pytest.skip("this Python lies in a directory that is closed to other users")
    answer = _live(home, "setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups")
    assert answer == "42"
    assert (home / "postgres").stat().st_uid == uid


def test_root_runs_a_cluster_below_a_directory_that_is_closed_to_all_others(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    assert _live(tmp_path / "home") == "42"
    assert (tmp_path / "home" / "postgres").stat().st_uid == 0
    assert tmp_path.stat().st_mode & 0o777 == 0o700


def test_root_without_namespaces_runs_a_cluster_as_another_user_below_a_closed_directory(
    tmp_path: Path,
) -> None:
    tmp_path.chmod(0o700)
    assert _live(tmp_path / "home", before=FORBIDDEN) == "42"
    assert (tmp_path / "home" / "postgres").stat().st_uid == NOBODY
    assert tmp_path.stat().st_mode & 0o777 == 0o700


def test_a_cluster_made_in_a_namespace_changes_hands_where_that_is_forbidden(tmp_path: Path) -> None:
    home = tmp_path / "home"
    if namespaces_allowed():
        assert _live(home) == "42"
        assert (home / "postgres").stat().st_uid == 0
    for _ in range(2):
        assert _live(home, before=FORBIDDEN) == "42"
        assert {each.stat().st_uid for each in (home / "postgres").rglob("*")} == {NOBODY}
    assert _live(home) == "42"

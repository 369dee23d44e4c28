"""A PostgreSQL of one's own that can be started late, killed and started again, as an external server may be."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import evolve

from boocode.adapters.postgres.cluster import Cluster
from boocode.adapters.processes.spawn import full_command
from boocode.ports.processes import LaunchSpec
from tests.kit.scratch import in_memory

SETTINGS = {"fsync": "off", "max_connections": "50"}
"""A kill loses nothing by them: what was committed is with the system."""


class ExternalPostgres:
    """Its cluster is there from the beginning; its server is not."""

    def __init__(self, folder: Path) -> None:
        self._cluster = Cluster(folder, settings=SETTINGS)
        self._process: subprocess.Popen[bytes] | None = None
        initdb = self._cluster.prepare()
        assert initdb is not None, "the folder is new"
        assert _popen(evolve(initdb, command=(*initdb.command, "--no-sync"))).wait() == 0
        self._cluster.initialised()
        self.url = self._cluster.url("postgres")

    def start(self) -> None:
        """Does not wait until it is ready: whoever needs it has to."""
        self._cluster.prepare()
        self._process = _popen(self._cluster.server())

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextmanager
def external_postgres() -> Iterator[ExternalPostgres]:
    # Short, and reachable for another user.
    folder = Path(tempfile.mkdtemp(prefix="boocode-pg-", dir=in_memory()))
    folder.chmod(0o711)
    server = ExternalPostgres(folder)
    try:
        yield server
    finally:
        server.kill()
        server._cluster.prepare()  # ends what the killed server left running
        server._cluster.release()
        shutil.rmtree(folder)


def _popen(spec: LaunchSpec) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        full_command(spec), cwd=spec.cwd, env=spec.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )

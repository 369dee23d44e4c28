"""A PostgreSQL cluster in BooCode's home, as files and commands. Blocking; runs no server itself.

HOME/postgres           the cluster; appears whole, by a rename, when initdb has succeeded
HOME/postgres.new-…     a cluster that is being made, or was when BooCode died
HOME/postgres.lock      locked by the BooCode that uses the cluster, for as long as it lives
"""

import fcntl
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil

from boocode.adapters.postgres.binaries import Binaries, find_binaries
from boocode.adapters.postgres.privilege import WAYS_OUT, Privilege, choose_privilege
from boocode.adapters.postgres.socket_place import SOCKET, SocketPlace, sweep_places
from boocode.ports.database import StoreMisconfigured
from boocode.ports.processes import LaunchSpec

USER = "boocode"
DATABASE = "boocode"
FAST_SHUTDOWN_S = 15.0
LEFTOVERS_S = 5.0
SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "50",
    "shared_buffers": "32MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "256MB",
    "huge_pages": "off",
    "deadlock_timeout": "100ms",  # a claim and a deletion may cross; the loser runs again at once
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    "log_timezone": "UTC",
}


class Cluster:
    def __init__(self, home: Path, *, settings: Mapping[str, str] | None = None) -> None:
        self.home = home.resolve()
        self.data = self.home / "postgres"
        self._binaries: Binaries = find_binaries()
        self._settings = {**SETTINGS, **(settings or {})}
        if sys.platform == "linux":  # after a crash: one call instead of an fsync of each of a thousand files
            self._settings.setdefault("recovery_init_sync_method", "syncfs")
        if self._binaries.major >= 18:
            self._settings.setdefault("io_method", "sync")  # else three more processes
        self._new: Path | None = None
        self._lock: int | None = None
        self._privilege = Privilege()
        self._sockets = SocketPlace(self.home)

    def url(self, database: str = DATABASE) -> str:
        return f"postgresql://{USER}@/{database}?host={self._sockets.path}"

    def prepare(self) -> LaunchSpec | None:
        """Takes the cluster for this process, ends what an earlier one left running in it, and says which
        command makes a new one, if that is needed. Raises StoreMisconfigured."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._take_lock()
        self._privilege = choose_privilege(self.data, self._binaries.program("postgres"))
        self._sockets.take(self._privilege.owner)
        sweep_places(self._sockets.path.parent)
        self._end_leftovers()
        self._remove_stale_files()
        if self.data.exists():
            self._check_version()
            self._give_to_owner()
            return None
        return self._initdb()

    def initialised(self) -> None:
        """initdb has succeeded: the cluster takes its place in one step."""
        if self._new is not None:
            self._new.rename(self.data)
            self._new = None

    def server(self) -> LaunchSpec:
        options = {**self._settings, "unix_socket_directories": str(self._sockets.path)}
        flags = [item for key, value in options.items() for item in ("-c", f"{key}={value}")]
        program = self._binaries.program("postgres")
        return self._launch((program, "-D", str(self.data), *flags), "postgres")

    def release(self) -> None:
        """Gives the cluster up; the server must be gone."""
        self._sockets.release()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _initdb(self) -> LaunchSpec:
        self._new = self.home / f"postgres.new-{os.getpid()}-{time.monotonic_ns()}"
        self._new.mkdir(mode=0o700)
        if self._privilege.owner is not None:
            os.chown(self._new, self._privilege.owner, -1)
        flags = ("-U", USER, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-instructions")
        program = self._binaries.program("initdb")
        return self._launch((program, "-D", str(self._new), *flags), "initdb")

    def _launch(self, command: tuple[str, ...], label: str) -> LaunchSpec:
        return LaunchSpec(
            command=(*self._privilege.prefix, *command),
            cwd="/",
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
            label=label,
            term_grace_s=FAST_SHUTDOWN_S,
            stdin=False,
            stop_signal=signal.SIGINT,
            uid_map=self._privilege.uid_map,
        )

    def _take_lock(self) -> None:
        if self._lock is not None:
            return
        lock = os.open(self.home / "postgres.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(lock, 32, 0).decode(errors="replace").strip() or "unknown"
            os.close(lock)
            raise StoreMisconfigured(
                f"Another BooCode (process {holder}) uses the database in {self.home}. Stop it first, or start "
                "this one with another --home."
            ) from None
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        self._lock = lock

    def _check_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        if made_by != str(self._binaries.major):
            raise StoreMisconfigured(
                f"The database in {self.data} was made by PostgreSQL {made_by}, the installed one is "
                f"{self._binaries.major}. Install the old version, dump and load, or move it away. {WAYS_OUT}"
            )

    def _give_to_owner(self) -> None:
        """Made where root could run it in a namespace, and that is forbidden now: the files change hands once."""
        owner = self._privilege.owner
        if owner is None or self.data.stat().st_uid == owner:
            return
        for directory, _, files in os.walk(self.data):
            for file in files:
                os.chown(os.path.join(directory, file), owner, -1, follow_symlinks=False)
            if directory != str(self.data):
                os.chown(directory, owner, -1)
        os.chown(self.data, owner, -1)  # last: it says that the others are done

    # what an earlier BooCode left

    def _end_leftovers(self) -> None:
        """We hold the lock, so whatever still runs in the cluster lost its BooCode. Its server is asked for a
        fast shutdown; what has no server any more, or does not obey, is killed."""
        postmaster = self._living_postmaster()
        if postmaster is not None:
            postmaster.send_signal(signal.SIGINT)
            psutil.wait_procs([postmaster], timeout=FAST_SHUTDOWN_S)
        left = list(self._living())
        # Orphaned backends notice by themselves within moments; the shared memory is theirs until then.
        _, left = psutil.wait_procs(left, timeout=LEFTOVERS_S if postmaster is None else 0)
        for process in left:
            process.kill()
        psutil.wait_procs(left, timeout=LEFTOVERS_S)

    def _living_postmaster(self) -> psutil.Process | None:
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None
        return next((process for process in self._living() if process.pid == pid), None)

    def _living(self) -> Iterator[psutil.Process]:
        """Processes whose working directory is the cluster: PostgreSQL's all are. A pid alone proves nothing."""
        for process in psutil.process_iter(["cwd"]):
            if process.info["cwd"] == str(self.data):
                yield process

    def _remove_stale_files(self) -> None:
        """Nothing runs in the cluster: pid files would only keep a server from starting once a pid is reused."""
        place = self._sockets.path
        for stale in (self.data / "postmaster.pid", place / SOCKET, place / f"{SOCKET}.lock"):
            stale.unlink(missing_ok=True)
        for half_made in self.home.glob("postgres.new-*"):
            shutil.rmtree(half_made, ignore_errors=True)

"""The git program, run as a short-lived child: its environment, its deadline, and nothing of it left behind.

Every child leads a process group of its own. Cancelled or overdue, the group gets SIGTERM, on which git
removes its lock files, and SIGKILL after a grace. What a repository or an agent configured to be run at
git's side (hooks, fsmonitor) is not run; no child asks a person or opens an editor.
"""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from functools import partial

import trio
from attrs import frozen

from boocode.ports.worktrees import WorkspaceError

TIMEOUT_S = 120.0
"""For one child. A checkout of a large repository on a slow disk is the longest that is asked for."""

KILL_GRACE_S = 2.0
PARALLEL = 4
"""Children at once; more only compete for the disk."""

MAX_OUTPUT_BYTES = 256 * 1024 * 1024
_READ_BYTES = 64 * 1024

_CONFIG = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.pager=cat",
    "gc.auto=0",
    "maintenance.auto=false",
    "advice.detachedHead=false",
)

_INHERITED = frozenset({"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_EXEC_PATH"})
"""Of git's own variables only these are passed on: GIT_DIR and its like would lead git to another repository."""


DURABLE = ("-c", "core.fsync=committed,reference", "-c", "core.fsyncMethod=batch")
"""Before a command: what it writes is on the disk when it ends. For bytes that something is about to write over: a
loss of power must not take them after it; git syncs once for all that one command writes."""

AS_STORED = {"GIT_NO_REPLACE_OBJECTS": "1"}
"""For reading what an id names, and not what `git replace` shows in its place: any agent can write those refs."""


class GitFailed(WorkspaceError):
    """Git ended with an error; str() has what was asked and git's own words."""

    def __init__(self, asked: str, status: int, words: str) -> None:
        said = words.strip() or f"nothing; its exit status was {status}"
        super().__init__("git_failed", f"git {asked} failed. Git said: {said}")
        self.status = status
        self.words = words


@frozen
class Output:
    stdout: bytes
    stderr: bytes
    truncated: bool
    """The output reached `max_output`; git was ended there."""


class GitProgram:
    """Runs git; at most `parallel` children at once, the others wait their turn in order."""

    def __init__(self, executable: str = "git", *, parallel: int = PARALLEL) -> None:
        self._executable = executable
        self._limiter = trio.CapacityLimiter(parallel)

    async def run(self, *arguments: str | bytes, cwd: str, env: Mapping[str, str] | None = None) -> bytes:
        """Standard output of `git ARGUMENTS`. Raises GitFailed; WorkspaceError `git_missing`, `git_timeout`."""
        return (await self.output(*arguments, cwd=cwd, env=env)).stdout

    async def output(
        self,
        *arguments: str | bytes,
        cwd: str,
        env: Mapping[str, str] | None = None,
        stdin: bytes = b"",
        stdout: int | None = None,
        accept: Sequence[int] = (0,),
        max_output: int | None = None,
        timeout: float = TIMEOUT_S,
    ) -> Output:
        """Like `run`. `stdout`: a file descriptor that takes the output instead; `accept`: good exit statuses.

        `max_output`: bytes of output after which git is ended and the rest is not missed; without it, more
        than MAX_OUTPUT_BYTES is an error.
        """
        asked = _words(arguments)
        async with self._limiter:
            with trio.move_on_after(timeout):
                return await self._child(arguments, asked, cwd, env or {}, stdin, stdout, accept, max_output)
        raise WorkspaceError("git_timeout", f"git {asked} took longer than {timeout:.0f} s and was ended.")

    async def _child(
        self,
        arguments: Sequence[str | bytes],
        asked: str,
        cwd: str,
        env: Mapping[str, str],
        stdin: bytes,
        stdout: int | None,
        accept: Sequence[int],
        max_output: int | None,
    ) -> Output:
        command = [self._executable, *(word for pair in _CONFIG for word in ("-c", pair)), *arguments]
        start = partial(
            trio.run_process,
            command,
            stdin=stdin,
            stdout=subprocess.PIPE if stdout is None else stdout,
            capture_stderr=True,
            check=False,
            cwd=cwd,
            env={**_environment(), **env},
            start_new_session=True,
            deliver_cancel=_end_group,
        )
        finished: list[subprocess.CompletedProcess[bytes]] = []
        read = _Reading(b"", truncated=False)
        unstarted: OSError | None = None

        async def run(*, task_status: trio.TaskStatus[trio.Process]) -> None:
            finished.append(await start(task_status=task_status))

        async with trio.open_nursery() as nursery:
            try:
                process = await nursery.start(run)
            except OSError as error:
                unstarted = error
            else:
                if process.stdout is not None:
                    read = await _read(process.stdout, max_output)
                    if read.truncated:
                        nursery.cancel_scope.cancel()
        if unstarted is not None:
            raise self._cannot_start(unstarted, cwd) from unstarted
        if read.truncated:
            if max_output is None:
                raise WorkspaceError(
                    "git_output", f"git {asked} printed more than {MAX_OUTPUT_BYTES >> 20} MB and was ended."
                )
            return Output(read.data, b"", truncated=True)
        [result] = finished
        if result.returncode not in accept:
            raise GitFailed(asked, result.returncode, result.stderr.decode(errors="replace"))
        return Output(read.data, result.stderr, truncated=False)

    def _cannot_start(self, error: OSError, cwd: str) -> WorkspaceError:
        if not os.path.isdir(cwd):
            return WorkspaceError("not_found", f"Asked git to work in {cwd}, found no such directory.")
        return WorkspaceError(
            "git_missing",
            f"Cannot start {self._executable}: {error}. Install git 2.36 or newer, and put it on PATH.",
        )


@frozen
class _Reading:
    data: bytes
    truncated: bool


async def _read(stream: trio.abc.ReceiveStream, max_output: int | None) -> _Reading:
    limit = MAX_OUTPUT_BYTES if max_output is None else max_output
    chunks = []
    size = 0
    while chunk := await stream.receive_some(_READ_BYTES):
        chunks.append(chunk)
        size += len(chunk)
        if size > limit:
            return _Reading(b"".join(chunks), truncated=True)
    return _Reading(b"".join(chunks), truncated=False)


async def _end_group(process: trio.Process) -> None:
    """Ends a child and its group. Trio waits for the child itself, and cancels this when the child is gone:
    what else was in the group is killed all the same."""
    try:
        _signal_group(process, signal.SIGTERM)
        await trio.sleep(KILL_GRACE_S)
    finally:
        _signal_group(process, signal.SIGKILL)


def _signal_group(process: trio.Process, number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return  # all of it ended by itself


def _environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k in _INHERITED}
    return {
        **kept,
        "LC_ALL": "C",
        "LANGUAGE": "",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_EDITOR": "true",
        # A pointer stays a pointer: making a worktree must not fetch anything.
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_NO_LAZY_FETCH": "1",
        # Never take a lock that a person's or an agent's git could meet, unless a command cannot do without.
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_AUTHOR_NAME": "BooCode",
        "GIT_AUTHOR_EMAIL": "boocode@localhost",
        "GIT_COMMITTER_NAME": "BooCode",
        "GIT_COMMITTER_EMAIL": "boocode@localhost",
    }


def _words(arguments: Sequence[str | bytes]) -> str:
    """The command for people: the first few words of it, without settings."""
    words = [os.fsdecode(word) for word in arguments]
    while words[:1] == ["-c"]:
        words = words[2:]
    return " ".join(words[:6]) + (" …" if len(words) > 6 else "")

"""Starting a child: the blocking part, to be run in a thread.

`start_new_session` instead of `preexec_fn`, which would forbid vfork and stall the loop for as long as the
page tables take to copy. No parent-death signal either: it fires when the *thread* that forked ends.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping

from attrs import frozen

from boocode.adapters.processes.cookies import marked
from boocode.adapters.processes.proctable import Ident, read_proc
from boocode.ports.processes import LaunchSpec

UNPRIVILEGED_UID = 65_534


@frozen
class Spawned:
    """A child that runs, with our ends of its pipes (blocking still) and a descriptor of the process."""

    popen: subprocess.Popen[bytes]
    ident: Ident
    pidfd: int


def spawn(spec: LaunchSpec, cookie: str, env: Mapping[str, str]) -> Spawned:
    """With this environment. Raises OSError with a message that names the command and says what to do."""
    try:
        popen = subprocess.Popen(
            full_command(spec),
            cwd=spec.cwd,
            env=marked(env, cookie),
            stdin=subprocess.PIPE if spec.stdin else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if spec.merge_stderr else subprocess.PIPE,
            bufsize=0,
            close_fds=True,
            start_new_session=True,
        )
    except OSError as error:
        raise OSError(error.errno, _explain(spec, error)) from error
    try:
        pidfd = os.pidfd_open(popen.pid)
    except OSError:  # out of descriptors: it must not run on unwatched
        with popen:
            popen.kill()
        raise
    proc = read_proc(popen.pid)
    if proc is None:
        raise ProcessLookupError(f"Child {popen.pid} was reaped by something else in this program.")
    return Spawned(popen, proc.ident, pidfd)


def full_command(spec: LaunchSpec) -> tuple[str, ...]:
    """With the wrapper that makes root look unprivileged; it replaces itself, the pid stays."""
    if not spec.uid_map or os.geteuid() != 0:
        return spec.command
    user = str(UNPRIVILEGED_UID)
    return ("unshare", "--user", f"--map-user={user}", f"--map-group={user}", "--", *spec.command)


def _explain(spec: LaunchSpec, error: OSError) -> str:
    name = full_command(spec)[0]
    asked = f"Cannot start {name!r} for {spec.label}"
    if not os.path.isdir(spec.cwd):
        return f"{asked}: its working directory {spec.cwd!r} does not exist."
    if isinstance(error, FileNotFoundError):
        return (
            f"{asked}: {_where(name, spec)} Install it, or give the full path of the program as its command."
        )
    if isinstance(error, PermissionError):
        return f"{asked}: permission denied. Is it a program, and may this user run it (chmod +x)?"
    return f"{asked}: {error.strerror or error}."


def _where(name: str, spec: LaunchSpec) -> str:
    path = spec.env.get("PATH", os.defpath)
    if found := (name if os.sep in name else shutil.which(name, path=path)):
        if os.path.exists(found):
            return f"{found} is there, but the interpreter that its first line names is not."
        return "there is no such file."
    return f"it is not on the PATH ({path})."

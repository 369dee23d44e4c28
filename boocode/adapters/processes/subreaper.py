"""BooCode as child subreaper: what our children leave behind comes to us instead of going to init."""

import ctypes
import os

from boocode.adapters.processes.proctable import Proc

PR_SET_CHILD_SUBREAPER = 36


def become_subreaper() -> None:
    """For the whole process, for good; twice is once. Raises OSError where the kernel refuses."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"Cannot adopt orphaned processes: {os.strerror(number)}")


def reap(proc: Proc) -> bool:
    """Collects a zombie that was adopted by us; True when it is gone. Only for pids nobody else waits for."""
    try:
        return os.waitpid(proc.pid, os.WNOHANG)[0] == proc.pid
    except ChildProcessError:
        return True

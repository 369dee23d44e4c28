"""Who works in a directory: programs whose working directory is in it, a shell that somebody left open for example.

A plain call, for a thread. Programs of other users, whose directory is not ours to know, are not among them.
"""

import os

import psutil


def programs_in(path: str) -> tuple[str, ...]:
    """`name (pid)` each, by pid."""
    root = os.path.realpath(path)
    found = []
    for process in psutil.process_iter():
        try:
            cwd = process.cwd()
            if cwd == root or cwd.startswith(root + os.sep):
                found.append(f"{process.name()} ({process.pid})")
        except (psutil.Error, OSError):
            continue
    return tuple(found)

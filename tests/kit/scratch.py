"""Where the files of a test run are: in memory, where there is room. A test of three lines may need 60 MB for its
server."""

import os
import shutil
from pathlib import Path

import psutil

MEMORY = Path("/dev/shm")
ROOM = 4 << 30
"""Bytes. What a test that passed has written is removed at its end; servers of whole files stay until the run ends."""
LEFT = 8 << 30
"""Bytes of memory that nobody uses; what is in memory must not push the programs under test out of it."""


def in_memory() -> Path | None:
    """A directory in memory that has room and whose programs can be run; None where there is none."""
    try:
        flags = os.statvfs(MEMORY).f_flag
        room = shutil.disk_usage(MEMORY).free
    except OSError:
        return None
    if flags & (os.ST_NOEXEC | os.ST_RDONLY) or room < ROOM or psutil.virtual_memory().available < LEFT:
        return None
    return MEMORY

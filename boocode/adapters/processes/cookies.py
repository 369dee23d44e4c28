"""The cookie by which a process tells whose it is, wherever it has moved in the process tree.

Every child gets BOOCODE_OWNER=<home key>-<instance>/<launch number> in its environment, and hands it on to
what it starts. When BooCode itself runs below another BooCode the cookies stand side by side, so that both
recognise what is theirs. Standard library only: the guard process uses it too.
"""

import hashlib
import os
from collections.abc import Mapping
from typing import NamedTuple

from boocode.adapters.processes.proctable import Proc, environ_value

VARIABLE = "BOOCODE_OWNER"


class Instance(NamedTuple):
    """One run of BooCode on one home."""

    home_key: str
    run: str

    @property
    def prefix(self) -> str:
        """What the cookies of this run begin with."""
        return f"{self.home_key}-{self.run}/"

    def cookie(self, launch: int) -> str:
        return f"{self.prefix}{launch}"


def home_key(home: str) -> str:
    """A short name of a home that stays the same from start to start."""
    return hashlib.sha256(os.path.realpath(home).encode()).hexdigest()[:16]


def new_instance(home: str | None) -> Instance:
    """Of a home, or of nobody's home (tests, commands without a server)."""
    return Instance(home_key(home) if home is not None else os.urandom(8).hex(), os.urandom(6).hex())


def marked(env: Mapping[str, str], cookie: str) -> dict[str, str]:
    """The environment with the cookie added to those that we carry ourselves."""
    inherited = os.environ.get(VARIABLE, "").split()
    return {**env, VARIABLE: " ".join([*inherited, cookie])}


def carried(pid: int, prefix: str) -> str | None:
    """What follows the prefix in a cookie that the process carries; None when it carries none such."""
    for cookie in (environ_value(pid, VARIABLE) or "").split():
        if cookie.startswith(prefix):
            return cookie[len(prefix) :]
    return None


def launch_of(proc: Proc, instance: Instance) -> int | None:
    """The launch of this instance to which the process belongs by its cookie."""
    number = carried(proc.pid, instance.prefix)
    return int(number) if number is not None and number.isdigit() else None

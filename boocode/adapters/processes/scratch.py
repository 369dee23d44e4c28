"""Folders for what a program unpacks for itself when it starts and leaves where it put it.

Programs that Bun has packed write their native libraries into its temporary folder, under a new name each time, and
nobody removes them: opencode 1.18 leaves 5.6 MB a start. So whoever is launched gets a folder of its own for that,
named by the variable that its launch says, and the folder goes with its processes. Blocking.
"""

import contextlib
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from boocode.adapters.processes.cookies import Instance
from boocode.ports.processes import LaunchSpec

PREFIX = "scratch."


class Scratch:
    """The folders of one run, in this one; None: in the system's temporary folder."""

    def __init__(self, place: Path | None, instance: Instance) -> None:
        self._place = place
        self._run = instance.run
        self._folders: dict[int, Path] = {}

    def environment(self, spec: LaunchSpec, launch: int) -> Mapping[str, str]:
        """That of the launch, with the folder, now there, unless it names one itself. A program that needs none
        had better start without it than not at all, so nothing is raised when it cannot be made."""
        if spec.scratch is None or spec.scratch in spec.env:
            return spec.env
        with contextlib.suppress(OSError):
            folder = self._folders[launch] = self._make(launch)
            return {**spec.env, spec.scratch: str(folder)}
        return spec.env

    def has(self, launch: int) -> bool:
        return launch in self._folders

    def remove(self, launch: int) -> None:
        """Twice is once."""
        if (folder := self._folders.pop(launch, None)) is not None:
            shutil.rmtree(folder, ignore_errors=True)

    def _make(self, launch: int) -> Path:
        name = f"{PREFIX}{self._run}.{launch}"
        if self._place is None:
            return Path(tempfile.mkdtemp(prefix=f"boocode-{name}."))
        folder = self._place / name
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder


def clear_scratch(place: Path, current: Instance | None = None) -> None:
    """Removes what former runs have left in the folder of all of them."""
    ours = f"{PREFIX}{current.run}." if current is not None else None
    for folder in place.glob(f"{PREFIX}*"):
        if ours is None or not folder.name.startswith(ours):
            shutil.rmtree(folder, ignore_errors=True)

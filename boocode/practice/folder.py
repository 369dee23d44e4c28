"""File operations that stay inside one folder, links resolved. Refusals are Refused, in words for people."""

import os
from collections.abc import Callable
from typing import TypeAlias

Act: TypeAlias = Callable[[str], object]

MAX_SHOWN = 32 * 1024
"""Bytes of a file that `read` shows."""


class Refused(Exception):
    """A step cannot be done; the text says why, for the person who asked."""


class Folder:
    def __init__(self, root: str) -> None:
        self.root = os.path.realpath(root)

    def create(self, name: str, text: str) -> tuple[str, str | None]:
        """Write a whole file, with its folders. Gives its path and the text before, None for a new file."""
        path = self.inside(name)
        before = self._text(path) if os.path.lexists(path) else None
        self._write(path, text)
        return path, before

    def replace(self, name: str, old: str, new: str) -> tuple[str, str, str]:
        """Path, text before, text after."""
        path = self.inside(name)
        before = self._text(path)
        if old not in before:
            raise Refused(f"there is no “{old}” in {name}")
        after = before.replace(old, new)
        self._write(path, after)
        return path, before, after

    def append(self, name: str, text: str) -> tuple[str, str | None, str]:
        path = self.inside(name)
        before = self._text(path) if os.path.lexists(path) else None
        glue = "\n" if before and not before.endswith("\n") else ""
        after = (before or "") + glue + text
        self._write(path, after)
        return path, before, after

    def delete(self, name: str) -> str:
        path = self.entry(name)
        if os.path.isdir(path) and not os.path.islink(path):
            raise Refused(f"{name} is a folder; I only delete files")
        self._attempt(os.unlink, path)
        return path

    def rename(self, name: str, to: str) -> tuple[str, str]:
        path, target = self.entry(name), self.entry(to)
        if not os.path.lexists(path):
            raise Refused(f"there is no {name}")
        if os.path.lexists(target):
            raise Refused(f"{to} is there already")
        self._attempt(lambda where: os.makedirs(os.path.dirname(where), exist_ok=True), target)
        self._attempt(lambda where: os.rename(path, where), target)
        return path, target

    def read(self, name: str) -> tuple[str, str]:
        """Path and text, the latter cut at MAX_SHOWN."""
        path = self.inside(name)
        text = self._text(path)
        return path, text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "\n… cut here"

    def list(self, name: str) -> tuple[str, list[str]]:
        """Path and sorted names, folders with a slash; `.git` is left out."""
        path = self.inside(name)
        try:
            with os.scandir(path) as entries:
                found = [entry.name + "/" * entry.is_dir() for entry in entries if entry.name != ".git"]
        except OSError as error:
            raise Refused(f"{name}: {error.strerror}") from None
        return path, sorted(found)

    def inside(self, name: str) -> str:
        """The real path of a name, which may not exist yet."""
        return self._confined(os.path.realpath(os.path.join(self.root, _clean(name))), name)

    def entry(self, name: str) -> str:
        """The path of the directory entry itself: a link is not followed in its last part."""
        whole = os.path.normpath(os.path.join(self.root, _clean(name)))
        real = os.path.join(os.path.realpath(os.path.dirname(whole)), os.path.basename(whole))
        return self._confined(real, name)

    def _confined(self, path: str, name: str) -> str:
        if os.path.commonpath([path, self.root]) != self.root:
            raise Refused(f"{name} is outside of this working folder")
        if ".git" in os.path.relpath(path, self.root).split(os.sep):
            raise Refused(f"{name} belongs to git; I keep off it")
        return path

    def _text(self, path: str) -> str:
        try:
            with open(path, encoding="utf-8", newline="") as file:
                return file.read()
        except UnicodeDecodeError:
            raise Refused(f"{os.path.basename(path)} is not text") from None
        except OSError as error:
            raise Refused(f"{os.path.relpath(path, self.root)}: {error.strerror}") from None

    def _write(self, path: str, text: str) -> None:
        self._attempt(lambda where: os.makedirs(os.path.dirname(where), exist_ok=True), path)
        try:
            with open(path, "w", encoding="utf-8", errors="replace", newline="") as file:
                file.write(text)
        except OSError as error:
            raise Refused(f"{os.path.relpath(path, self.root)}: {error.strerror}") from None

    def _attempt(self, act: Act, path: str) -> None:
        try:
            act(path)
        except OSError as error:
            raise Refused(f"{os.path.relpath(path, self.root)}: {error.strerror}") from None


def _clean(name: str) -> str:
    if "\0" in name:
        raise Refused("a name cannot hold a zero byte")
    return name

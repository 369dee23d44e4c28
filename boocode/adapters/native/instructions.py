"""Reads the instructions that a project has for agents: whole at its root, only found in its folders."""

import os
from collections.abc import Iterator
from pathlib import Path

from boocode.adapters.native.small_texts import Unreadable, read_small
from boocode.domain.native.instructions import INSTRUCTION_FILES, MOST_BELOW, InstructionText, put_together

MOST_FOLDERS = 2_000
DEEPEST = 6
NOT_LOOKED_INTO = frozenset({"node_modules", "vendor", "venv", "target", "dist", "build", "__pycache__"})
"""Beside folders whose name begins with a dot: what others wrote, and what is made."""


def read_instructions(root: Path, most_chars: int) -> tuple[str, tuple[str, ...]]:
    """The text for the prompt, empty without any, and warnings for people. For a thread."""
    found: list[InstructionText] = []
    warnings: list[str] = []
    for name in INSTRUCTION_FILES:
        try:
            text = read_small(root / name, root)
        except Unreadable as error:
            warnings.append(f"{name} of the project is not read: {error}.")
            continue
        if text is not None:
            found.append(InstructionText(name, text))
    text, cut = put_together(found, tuple(_below(root)), most_chars)
    return text, (*warnings, *cut)


def _below(root: Path) -> Iterator[str]:
    """Paths of instructions in folders, nearest first; links are not followed."""
    folders, looked, given = [(root, 0)], 0, 0
    while folders and looked < MOST_FOLDERS and given < MOST_BELOW:
        (folder, depth), folders = folders[0], folders[1:]
        looked += 1
        for entry in _entries(folder):
            if entry.is_dir(follow_symlinks=False):
                if depth < DEEPEST and not entry.name.startswith(".") and entry.name not in NOT_LOOKED_INTO:
                    folders.append((Path(entry.path), depth + 1))
            elif depth and entry.name in INSTRUCTION_FILES and entry.is_file(follow_symlinks=False):
                given += 1
                yield str(Path(entry.path).relative_to(root))


def _entries(folder: Path) -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []

"""Finds the lines of files that a pattern matches; a process of its own, because a pattern may take for ever.

Run as a script by `python -I -S`: no site packages, no user settings, some 15 ms. On stdin JSON: root, names (from
there on), pattern, is_plain, ignores_case, most. On stdout JSON lines: `[name, number, line]` each, in the order of the
names, and at the end `{"files", "stopped"}`. Names are text with surrogate escapes.

Nothing is followed: a name that became a symlink, or lies behind one, is passed over. So is what is no regular
file, is binary, or has more than MAX_FILE_BYTES.
"""

import contextlib
import json
import os
import re
import stat
import sys

MAX_FILE_BYTES = 8 * 1024 * 1024
LINE_CHARS = 400
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def read(root: int, name: str) -> bytes | None:
    """The bytes of a regular file, every folder on the way opened without following; None for anything else."""
    *folders, last = os.fsencode(name).split(b"/")
    with contextlib.ExitStack() as opened:
        at = root
        try:
            for folder in folders:
                at = os.open(folder, _FOLDER, dir_fd=at)
                opened.callback(os.close, at)
            descriptor = os.open(last, _FILE, dir_fd=at)
        except OSError:
            return None
        with open(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_FILE_BYTES:
                return None
            try:
                return file.read(MAX_FILE_BYTES)
            except OSError:
                return None


def text_of(data: bytes) -> str:
    """With LF at the ends of its lines."""
    text = data.decode("utf-8-sig", errors="replace")
    return text.replace("\r\n", "\n").removesuffix("\r") if "\r" in text else text


def lines_of(text: str) -> list[str]:
    """Without their ends; a form feed or one of Unicode's separators ends no line."""
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    return lines


def cut(line: str, at: int) -> str:
    """Around the match, so that a long line shows it."""
    if len(line) <= LINE_CHARS:
        return line
    begin = max(0, min(at - LINE_CHARS // 4, len(line) - LINE_CHARS))
    end = begin + LINE_CHARS
    return f"{'…' if begin else ''}{line[begin:end]}{'…' if end < len(line) else ''}"


def find(asked: dict) -> None:  # type: ignore[type-arg]
    pattern = re.escape(asked["pattern"]) if asked["is_plain"] else asked["pattern"]
    flags = re.IGNORECASE if asked["ignores_case"] else re.NOFLAG
    looks_like = re.compile(pattern, flags).search
    is_worth_it = re.compile(pattern, flags | re.MULTILINE).search
    """What matches a line matches the text that holds it: most files are done with after one look."""
    root = os.open(asked["root"], os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    matches = files = 0
    stopped = False
    for name in asked["names"]:
        data = read(root, name)
        if data is None or b"\0" in data:
            continue
        text = text_of(data)
        if is_worth_it(text) is None:
            continue
        before = matches
        for number, line in enumerate(lines_of(text), 1):
            found = looks_like(line)
            if found is None:
                continue
            matches += 1
            if matches <= asked["most"]:
                print(json.dumps([name, number, cut(line, found.start())]))
        files += matches > before
        if matches > asked["most"]:
            stopped = True
            break
    print(json.dumps({"files": files, "stopped": stopped}))


if __name__ == "__main__":
    find(json.loads(sys.stdin.buffer.read()))
    sys.stdout.flush()

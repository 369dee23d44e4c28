"""What people and agents do to files: every kind of edit, on what happens to be there, with content that is unique.

The same choices on the same files give the same edits. Symlinks are never followed: whatever is outside stays so.
"""

import os
import random
import shutil
from collections.abc import Callable

from attrs import define, field

MOST_FILES = 24
_NAMES = (
    b"app.py",
    b"lib.py",
    b"notes.txt",
    b"run.sh",
    b"data.bin",
    b"README",
    b"deep/er/leaf.txt",
    b"src/main.c",
)
_ODD_NAMES = (
    b"with blank.txt",
    b"trailing ",
    b"-dash",
    b"new\nline",
    b'quo"te',
    b"\xff\xfe-not-utf8",
    "grüße.txt".encode(),
    b"back\\slash",
    b"tab\there",
    b"sub dir/.hidden",
    b"build/out.log",
    b"*.star",
)
_IGNORED_NAMES = (b"debug.log", b"build/cache.o", b"node_modules/x.js", b"secret.env")
_LINES = 14


@define
class Hands:
    """One person's or agent's, in one directory."""

    root: bytes
    outside: bytes
    """A directory that nobody may ever change, to point links at."""
    who: str
    choose: random.Random
    limit: int
    """Bytes; a larger file is not kept in checkpoints."""
    _count: int = field(default=0)

    def work(self) -> list[str]:
        """A few edits; returns what was done, for people."""
        return [self._one() for _ in range(self.choose.randint(1, 4))]

    def _one(self) -> str:
        acts = self._creating if len(self._files()) < MOST_FILES else ()
        act: Callable[[], str] = self.choose.choice((*acts, *self._changing))
        try:
            return act()
        except (IsADirectoryError, NotADirectoryError, FileExistsError, PermissionError) as error:
            return f"{act.__name__}: {error.strerror}"

    @property
    def _creating(self) -> tuple[Callable[[], str], ...]:
        return (self.create, self.create, self.create_odd, self.create_binary, self.link, self.create_ignored,
                self.make_empty_directory, self.create_large)  # fmt: skip

    @property
    def _changing(self) -> tuple[Callable[[], str], ...]:
        return (self.edit_lines, self.edit_lines, self.edit_lines, self.edit_lines, self.append, self.rewrite,
                self.delete, self.rename, self.chmod, self.turn_endings, self.file_to_directory,
                self.directory_to_file, self.to_link, self.directory_to_link, self.copy, self.read_only)  # fmt: skip

    # creating

    def create(self) -> str:
        return self._write(self._fresh(_NAMES), self._text())

    def create_odd(self) -> str:
        return self._write(self._fresh(_ODD_NAMES), self._text())

    def create_ignored(self) -> str:
        return self._write(self._fresh(_IGNORED_NAMES), self._text())

    def create_binary(self) -> str:
        return self._write(self._fresh(_NAMES), b"\0\x01\r\n" + self._token() + self.choose.randbytes(40))

    def create_large(self) -> str:
        if self.choose.random() > 0.2:
            return self.create()
        return self._write(self._fresh(_NAMES), self._token() * (self.limit // 8))

    def make_empty_directory(self) -> str:
        path = self._fresh((b"empty", b"deep/empty"))
        os.makedirs(self._at(path), exist_ok=True)
        return f"mkdir {path!r}"

    def link(self) -> str:
        targets = [self.outside, b"nowhere", b"..", *self._files()[:2]]
        return self._link(self._fresh((b"link", b"src/link")), self.choose.choice(targets) + b"")

    # changing

    def edit_lines(self) -> str:
        path = self._some_file()
        if path is None:
            return self.create()
        lines = self._read(path).split(b"\n")
        # Two edits are often far enough from each other to be two hunks.
        places = (3, len(lines), len(lines)) if self.choose.random() < 0.5 else (len(lines),)
        for last in places:
            at = self.choose.randrange(min(last, len(lines)))
            act = self.choose.random()
            if act < 0.6:
                ending = b"\r" if lines[at].endswith(b"\r") else b""
                lines[at] = b"changed " + self._token() + ending
            elif act < 0.8:
                lines.insert(at, b"inserted " + self._token())
            elif len(lines) > 2:
                del lines[at]
        return self._over(path, b"\n".join(lines), "edit")

    def append(self) -> str:
        path = self._some_file()
        return (
            self.create()
            if path is None
            else self._over(path, self._read(path) + self._token() + b"\n", "append")
        )

    def rewrite(self) -> str:
        path = self._some_file()
        return self.create() if path is None else self._over(path, self._text(), "rewrite")

    def turn_endings(self) -> str:
        path = self._some_file()
        if path is None:
            return self.create()
        data = self._read(path)
        turned = data.replace(b"\r\n", b"\n") if b"\r\n" in data else data.replace(b"\n", b"\r\n")
        return self._over(path, turned, "turn endings of")

    def delete(self) -> str:
        path = self._some_path()
        if path is None:
            return self.create()
        os.unlink(self._at(path))
        if self.choose.random() < 0.5:
            self._prune(path)
        return f"delete {path!r}"

    def rename(self) -> str:
        path = self._some_path()
        if path is None:
            return self.create()
        new = self._fresh(_NAMES + _ODD_NAMES)
        os.makedirs(os.path.dirname(self._at(new)), exist_ok=True)
        os.rename(self._at(path), self._at(new))
        self._prune(path)
        return f"rename {path!r} to {new!r}"

    def copy(self) -> str:
        path = self._some_file()
        return self.create() if path is None else self._write(self._fresh(_NAMES), self._read(path))

    def chmod(self) -> str:
        path = self._some_file()
        if path is None:
            return self.create()
        mode = os.stat(self._at(path)).st_mode & 0o777
        os.chmod(self._at(path), mode ^ 0o111)
        return f"chmod {path!r}"

    def read_only(self) -> str:
        path = self._some_file()
        if path is None:
            return self.create()
        os.chmod(self._at(path), 0o444)
        return f"make {path!r} read-only"

    def file_to_directory(self) -> str:
        path = self._some_path()
        if path is None:
            return self.create()
        os.unlink(self._at(path))
        return self._write(path + b"/inner.txt", self._text())

    def directory_to_file(self) -> str:
        path = self._some_directory()
        if path is None:
            return self.create()
        shutil.rmtree(self._at(path))
        return self._write(path, self._text())

    def to_link(self) -> str:
        path = self._some_path()
        if path is None:
            return self.create()
        os.unlink(self._at(path))
        return self._link(
            path, self.choose.choice((self.outside, self.outside + b"/precious.txt", b"app.py"))
        )

    def directory_to_link(self) -> str:
        """The attack on whoever writes below it by name."""
        path = self._some_directory()
        if path is None:
            return self.create()
        shutil.rmtree(self._at(path))
        return self._link(path, self.outside)

    # parts

    def _token(self) -> bytes:
        self._count += 1
        return f"{self.who}-{self._count}-{self.choose.getrandbits(40):x}".encode()

    def _text(self) -> bytes:
        """Lines that are alike in the middle and unlike at their ends, as source files have them."""
        token = self._token()
        lines = [b"line %d of %s" % (n, token if n % 3 == 0 else b"many") for n in range(_LINES)]
        ending = b"\r\n" if self.choose.random() < 0.15 else b"\n"
        last = b"" if self.choose.random() < 0.15 else ending
        return ending.join(lines) + last

    def _write(self, path: bytes, data: bytes) -> str:
        full = self._at(path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        if os.path.islink(full):
            os.unlink(full)
        with open(full, "wb") as file:
            file.write(data)
        return f"write {path!r}"

    def _over(self, path: bytes, data: bytes, word: str) -> str:
        """As an editor does: through the same file, or by a new one in its place."""
        full = self._at(path)
        if self.choose.random() < 0.5:
            mode = os.stat(full).st_mode & 0o777
            with open(full + b".swp", "wb") as file:
                file.write(data)
            os.chmod(full + b".swp", mode)
            os.replace(full + b".swp", full)
        else:
            with open(full, "wb") as file:
                file.write(data)
        return f"{word} {path!r}"

    def _link(self, path: bytes, target: bytes) -> str:
        os.makedirs(os.path.dirname(self._at(path)), exist_ok=True)
        os.symlink(target, self._at(path))
        return f"link {path!r} to {target!r}"

    def _prune(self, path: bytes) -> None:
        parent = os.path.dirname(path)
        while parent and not os.listdir(self._at(parent)):
            os.rmdir(self._at(parent))
            parent = os.path.dirname(parent)

    def _read(self, path: bytes) -> bytes:
        with open(self._at(path), "rb") as file:
            return file.read()

    def _at(self, path: bytes) -> bytes:
        return os.path.join(self.root, path)

    def _fresh(self, names: tuple[bytes, ...]) -> bytes:
        """Of these names one, in a directory or none, that no symlink leads away from."""
        directories = [b"", b"", b"", *self._directories()]
        for _ in range(10):
            directory = self.choose.choice(directories)
            name = self.choose.choice(names)
            path = directory + b"/" + name if directory else name
            if self.choose.random() < 0.5:
                path += b"-%d" % self.choose.randrange(30)
            if not os.path.lexists(self._at(path)) and not self._behind_link(path):
                return path
        return b"new-" + self._token()

    def _behind_link(self, path: bytes) -> bool:
        parts = path.split(b"/")
        parents = (self._at(b"/".join(parts[:n])) for n in range(1, len(parts)))
        return any(os.path.lexists(p) and (os.path.islink(p) or not os.path.isdir(p)) for p in parents)

    def _some_file(self) -> bytes | None:
        files = [path for path in self._files() if not os.path.islink(self._at(path))]
        return self.choose.choice(files) if files else None

    def _some_path(self) -> bytes | None:
        files = self._files()
        return self.choose.choice(files) if files else None

    def _some_directory(self) -> bytes | None:
        found = self._directories()
        return self.choose.choice(found) if found else None

    def _files(self) -> list[bytes]:
        """All but directories, sorted; nothing of git's, nothing of a nested repository's."""
        return self._walk()[0]

    def _directories(self) -> list[bytes]:
        return self._walk()[1]

    def _walk(self) -> tuple[list[bytes], list[bytes]]:
        files: list[bytes] = []
        directories: list[bytes] = []
        for base, inner, names in os.walk(self.root):
            links = [name for name in inner if os.path.islink(os.path.join(base, name))]
            inner[:] = sorted(
                name
                for name in inner
                if name != b".git"
                and name not in links
                and not os.path.lexists(os.path.join(base, name, b".git"))
            )
            inside = os.path.relpath(base, self.root)
            prefix = b"" if inside == b"." else inside + b"/"
            files += [prefix + name for name in (*names, *links) if name != b".git"]
            directories += [prefix + name for name in inner]
        return sorted(files), sorted(directories)

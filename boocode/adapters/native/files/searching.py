"""search_files: the lines of files that match, with or without ripgrep on the machine the same ones.

    the files of the folder            as list_files has them
    those that hold a match            by ripgrep, where it is there       (many files in little time)
    the lines in them                  by line_finder, always              (the same answer both ways)

Both are children that BooCode owns: a pattern that takes for ever is ended with them.
"""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import trio
from attrs import frozen

from boocode.adapters.git.program import GitProgram
from boocode.adapters.native.files.confines import Spot
from boocode.adapters.native.files.listing import FOLDER, GLOB, glob_of, matcher
from boocode.adapters.native.files.names import show_name
from boocode.adapters.native.files.names_below import MAX_FILES, FilesBelow, files_below, kind_of
from boocode.adapters.native.files.tool import Arguments, Disk, flag, offer, text
from boocode.domain.native.search_pattern import BadPattern, Pattern, search_pattern
from boocode.ports.native_tools import CallShown, Tell, ToolOffer, ToolRefused, ToolResult
from boocode.ports.processes import LaunchSpec, OwnedProcess, ProcessOwner

MAX_MATCHES = 200
MAX_CHARS = 20_000
SEARCH_S = 30.0
LABEL = "native/search"
ARGUMENT_BYTES = 256 * 1024
"""Of names given to one ripgrep; the system takes about 2 MB."""
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")
FINDER = str(Path(__file__).with_name("line_finder.py"))
_OFFER = offer(
    "search_files",
    "Find lines in files by a regular expression, or by plain text. What git ignores and binary files are left out. "
    "The answer has for each file its matching lines with their numbers.",
    {
        "pattern": {"type": "string", "description": "What one line must hold, for example def \\w+_file"},
        "path": {**FOLDER, "description": "Folder or file to search in. Default: the whole worktree"},
        "glob": GLOB,
        "plain": {"type": "boolean", "description": "The pattern is plain text. Default: false"},
        "ignore_case": {
            "type": "boolean",
            "description": "Upper and lower case are the same. Default: false",
        },
    },
    "pattern",
    kind="search",
)


@frozen
class _Found:
    matches: tuple[tuple[str, int, str], ...]
    """Each with its file's name as the model may name it again."""
    files: int
    stopped: bool


@frozen
class SearchFiles:
    disk: Disk
    program: GitProgram
    owner: ProcessOwner
    find_ripgrep: Callable[[], str | None]

    @property
    def offer(self) -> ToolOffer:
        return _OFFER

    async def look(self, arguments: Arguments) -> CallShown:
        pattern, spot = _pattern(arguments), await self._spot(arguments)
        glob = glob_of(arguments)
        where = f"{spot.shown}{f' ({glob})' if glob else ''}"
        return CallShown(f"Search {pattern.text[:120]} in {where}", (spot.place,))

    async def run(self, arguments: Arguments, tell: Tell) -> ToolResult:  # noqa: ARG002 - it is quick
        pattern, spot, glob = _pattern(arguments), await self._spot(arguments), glob_of(arguments)
        with trio.move_on_after(SEARCH_S):
            folder, below = await self._files(spot)
            names = [name for name in below.names if not name.endswith(b"/")]
            if glob:
                fits = matcher(glob).fullmatch
                names = [name for name in names if fits(show_name(name))]
            found = await self._search(folder, names, pattern)
            return ToolResult(_shown(spot, pattern, found, len(names), below, glob))
        raise ToolRefused(
            f"The search took longer than {SEARCH_S:g} s and was ended. Name a smaller folder or a glob, or make the "
            "pattern simpler: no repeat within a repeat."
        )

    async def _spot(self, arguments: Arguments) -> Spot:
        path = text(arguments, "path", ".") or "."
        return await self.disk.run(f"Searching {path}", lambda: self.disk.confines.to_read(path))

    async def _files(self, spot: Spot) -> tuple[Spot, FilesBelow]:
        """The folder that names are from, and the names."""
        if await self.disk.run(f"Searching {spot.shown}", lambda: kind_of(spot)) == "file":
            folder, _, name = spot.below.rpartition(b"/")
            return Spot(spot.root, folder, spot.in_worktree), FilesBelow((name,), truncated=False)
        return spot, await files_below(spot, self.program, self.disk.limiter)

    async def _search(self, folder: Spot, names: list[bytes], pattern: Pattern) -> _Found:
        ripgrep = self.find_ripgrep()
        if ripgrep is not None and len(names) > 1:
            holding = await self._holding(ripgrep, folder, names, pattern)
            names = names if holding is None else [name for name in names if name in holding]
        return await self._lines(folder, names, pattern)

    async def _holding(
        self, ripgrep: str, folder: Spot, names: list[bytes], pattern: Pattern
    ) -> frozenset[bytes] | None:
        """The files with a match; None when ripgrep could not tell."""
        plain = await self.disk.run("Searching", lambda: _plain_files(folder, names))
        holding = set[bytes]()
        options = [
            *("--no-config", "--files-with-matches", "--null", "--no-messages", "--color=never", "--crlf"),
            *("--max-filesize=8M", "--ignore-case" if pattern.ignores_case else "--case-sensitive"),
            *(("--fixed-strings",) if pattern.is_plain else ()),
            *("-e", pattern.text, "--"),
        ]
        for batch in _batches(plain):
            command = (ripgrep, *options, *map(os.fsdecode, batch))
            status, output = await self._child(command, folder, None)
            if status not in (0, 1):
                return None
            holding.update(output.split(b"\0"))
        return frozenset(holding)

    async def _lines(self, folder: Spot, names: list[bytes], pattern: Pattern) -> _Found:
        asked = {
            "root": os.fsdecode(folder.real),
            "names": [os.fsdecode(name) for name in names],
            "pattern": pattern.text,
            "is_plain": pattern.is_plain,
            "ignores_case": pattern.ignores_case,
            "most": MAX_MATCHES,
        }
        command = (sys.executable, "-I", "-S", FINDER)
        status, output = await self._child(command, folder, json.dumps(asked).encode())
        if status != 0:
            raise ToolRefused("The search broke off. Try it with another pattern, or in a smaller folder.")
        *rows, end = map(json.loads, output.splitlines())
        matches = ((folder.inner(os.fsencode(name)).shown, number, line) for name, number, line in rows)
        return _Found(tuple(matches), end["files"], end["stopped"])

    async def _child(self, command: tuple[str, ...], folder: Spot, given: bytes | None) -> tuple[int, bytes]:
        """Its exit status and what it printed. Raises ToolRefused when it cannot be started."""
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        spec = LaunchSpec(
            command,
            os.fsdecode(folder.real),
            {**environment, "LANG": "C.UTF-8"},
            LABEL,
            term_grace_s=0.5,
            stdin=given is not None,
        )
        try:
            async with self.owner.launch(spec) as child:
                if given is not None:
                    await _give(child, given)
                output = bytearray()
                while data := await child.receive():
                    output += data
                return (await child.wait()).code, bytes(output)
        except OSError as error:
            raise ToolRefused(f"The search could not be started: {error}.") from error


async def _give(child: OwnedProcess, given: bytes) -> None:
    try:
        await child.send(given)
        await child.end_input()
    except BrokenPipeError:
        return  # its exit status tells


def _pattern(arguments: Arguments) -> Pattern:
    try:
        return search_pattern(
            text(arguments, "pattern"),
            plain=flag(arguments, "plain"),
            ignores_case=flag(arguments, "ignore_case"),
        )
    except BadPattern as error:
        raise ToolRefused(str(error)) from error


def _plain_files(folder: Spot, names: Iterable[bytes]) -> list[bytes]:
    """Without symlinks, which ripgrep would follow, and without what it would wait for."""
    real = folder.real
    return [name for name in names if _is_plain(os.path.join(real, name))]


def _is_plain(path: bytes) -> bool:
    return os.path.isfile(path) and not os.path.islink(path)


def _batches(names: Iterable[bytes]) -> Iterator[list[bytes]]:
    batch, size = list[bytes](), 0
    for name in names:
        if batch and size + len(name) > ARGUMENT_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(name)
        size += len(name) + 9
    if batch:
        yield batch


def _shown(spot: Spot, pattern: Pattern, found: _Found, looked_at: int, below: FilesBelow, glob: str) -> str:
    notes = [pattern.note] if pattern.note else []
    if below.truncated:
        notes.append(
            f"Only the first {MAX_FILES:,} files were looked at; name a folder to search the others."
        )
    if not found.matches:
        like = f" like {glob}" if glob else ""
        notes.append(f"No line matches in {spot.shown} ({looked_at} files{like} were looked at).")
        return "\n".join(notes)
    rows, shown = _rows(found.matches)
    if found.stopped or shown < len(found.matches):
        notes.append(
            f"These are only the first {shown} matching lines; there are more. Search more narrowly."
        )
    else:
        lines = "1 line" if shown == 1 else f"{shown} lines"
        notes.append(f"{lines} in {found.files} file{'s' if found.files != 1 else ''}")
    return "\n".join([*notes, *rows])


def _rows(matches: Iterable[tuple[str, int, str]]) -> tuple[list[str], int]:
    """Each file's name and its lines below it; how many lines fitted."""
    rows, chars, shown, last = list[str](), 0, 0, None
    for name, number, line in matches:
        head = [] if name == last else [name]
        last = name
        row = f"{number:>6}\t{line}"
        chars += len(row) + sum(map(len, head)) + 1
        if shown and chars > MAX_CHARS:
            break
        rows += [*head, row]
        shown += 1
    return rows, shown

"""Files that the browser loads: the built web UI, and the plain page that works without a build.

Only what was there at the start can be asked for: no path of a request reaches the disk.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from gzip import compress
from hashlib import sha256
from pathlib import Path

from attrs import frozen
from quart import request
from quart.wrappers import Response
from quart_trio.wrappers import TrioResponse

from web.problems import ApiError
from web.responses import problem_response

PAGE_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HERE = Path(__file__).parent
BUILT_UI = HERE / "ui" / "dist"
PLAIN_PAGE = HERE / "page"
INDEX = "index.html"
ONE_YEAR_S = 365 * 86_400
MIN_GZIP_BYTES = 1024
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}


@frozen
class StaticFile:
    content: bytes
    content_type: str
    etag: str

    @cached_property
    def gzipped(self) -> bytes | None:
        """None: not worth it. Made when somebody asks: a start need not wait for all of them."""
        return compress(self.content, 6, mtime=0) if len(self.content) >= MIN_GZIP_BYTES else None


@frozen
class StaticFiles:
    """`files`: by path below the folder. `hashed`: names change with the content, so browsers may keep them."""

    files: Mapping[str, StaticFile]
    hashed: bool = False

    @classmethod
    def of(cls, folder: Path, *, hashed: bool = False) -> "StaticFiles":
        """Empty when the folder has no index."""
        there = (folder / INDEX).is_file()
        return cls(dict(_read(folder)) if there else {}, hashed)

    def __bool__(self) -> bool:
        return bool(self.files)

    def response(self, name: str) -> Response:
        file = self.files.get(name)
        if file is None:
            return problem_response(ApiError(404, "no_such_route", f"There is no file {name[:100]!r} here."))
        headers = {"ETag": file.etag, "Vary": "Accept-Encoding", "Cache-Control": "no-cache"}
        if self.hashed and name != INDEX:
            headers["Cache-Control"] = f"private, max-age={ONE_YEAR_S}, immutable"
        if request.if_none_match.contains_weak(file.etag.strip('"')):
            return TrioResponse("", status=304, headers=headers)
        content = file.content
        if request.accept_encodings["gzip"] > 0 and file.gzipped is not None:
            content = file.gzipped
            headers["Content-Encoding"] = "gzip"
        return TrioResponse(content, content_type=file.content_type, headers=headers)


def _read(folder: Path) -> Iterator[tuple[str, StaticFile]]:
    for path in sorted(folder.rglob("*")):
        if path.suffix in _TYPES:
            content = path.read_bytes()
            etag = f'"{sha256(content).hexdigest()[:20]}"'
            yield path.relative_to(folder).as_posix(), StaticFile(content, _TYPES[path.suffix], etag)

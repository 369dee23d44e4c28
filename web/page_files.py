"""The built-in page: a handful of files, read once."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from quart import request
from quart.wrappers import Response
from quart_trio.wrappers import TrioResponse

from web.problems import ApiError
from web.responses import problem_response

PAGE_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_FOLDER = Path(__file__).parent / "page"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}


@cache
def page_files() -> dict[str, tuple[bytes, str, str]]:
    """Name → content, content type, ETag. Only what is here can be asked for."""
    files = {}
    for path in sorted(_FOLDER.iterdir()):
        if path.suffix in _TYPES:
            content = path.read_bytes()
            files[path.name] = (content, _TYPES[path.suffix], f'"{sha256(content).hexdigest()[:20]}"')
    return files


async def page_response(name: str = "index.html") -> Response:
    entry = page_files().get(name)
    if entry is None:
        return problem_response(ApiError(404, "no_such_route", f"The page has no file {name[:100]!r}."))
    content, content_type, etag = entry
    if request.headers.get("If-None-Match") == etag:
        return TrioResponse("", status=304, headers={"ETag": etag})
    response = TrioResponse(content, content_type=content_type)
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "no-cache"
    return response

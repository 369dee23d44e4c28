"""Wire values as Quart responses."""

from quart.wrappers import Response
from quart_trio.wrappers import TrioResponse

from boocode.contracts.codec import encode
from web.downloads import Download, disposition
from web.problems import ApiError
from web.raw_json import RawJson

NOT_NOW = 503
RETRY_AFTER_S = "1"
"""Where nobody knows better."""


def json_response(value: object, status: int = 200) -> Response:
    """None is an empty answer."""
    if isinstance(value, Download):
        return _file(value, status)
    if value is None:
        return TrioResponse(b"", status=status)
    body = value.data if isinstance(value, RawJson) else encode(value)
    response = TrioResponse(body, status=status, content_type="application/json")
    if status == NOT_NOW:
        response.headers["Retry-After"] = RETRY_AFTER_S
    return response


def _file(download: Download, status: int) -> Response:
    response = TrioResponse(download.pieces, status=status, content_type=download.content_type)
    response.timeout = None  # it takes as long as the client takes it
    response.headers["Content-Disposition"] = disposition(download.filename)
    return response


def problem_response(error: ApiError) -> Response:
    response = TrioResponse(
        encode(error.problem), status=error.problem.status, content_type="application/problem+json"
    )
    if error.problem.status == NOT_NOW:
        response.headers["Retry-After"] = RETRY_AFTER_S
    for name, value in error.headers:
        response.headers[name] = value
    return response

"""What an endpoint's refusal means: its words decide where they are known, else its status.

    status ─┐
    body   ─┴─→ message, type and code ─→ the kind of failure

Endpoints say the same in many ways, and with many statuses: a prompt that is too long is 400, 413, 422, 429 or 500.
"""

import json
import re
from typing import Literal, TypeAlias

FailureKind: TypeAlias = Literal[
    "auth", "rate_limit", "context_too_long", "model_not_loaded", "connection", "stall", "server", "refused"
]
"""`refused`: the endpoint did not take the request for another reason (its own words say which)."""

MAX_WORDS = 600
"""Of what an endpoint said."""
MAX_TELLING = 2_000


_CONTEXT = re.compile(
    r"exceed_context_size|context_length_exceeded|context_window_exceeded|contextwindowexceeded"
    r"|exceeds? the (available|model'?s?|maximum)?\s*(allowed )?context"
    r"|maximum context length|max(imum)? (model|sequence) length|max_model_len|max_seq_len"
    r"|context (size|length|window|limit)[^.]{0,60}(exceed|overflow|too (small|short)|reached)"
    r"|(exceed|overflow|longer than|larger than|greater than|too (long|large|big) for)[^.]{0,80}context"
    r"|context (length|window) of only|prompt is too long|prompt_too_long|input is too long|prompt too long"
    r"|trying to keep the first \d+ tokens"
    r"|(input|prompt)[^.]{0,40}\d+ tokens?[^.]{0,60}(exceed|longer|too long)"
    r"|`inputs` (must have less than|tokens \+)",
    re.IGNORECASE,
)
_WINDOW = re.compile(
    r"(context (length|size|window)|model length)( (of|is)( only)?)? \(?(?P<tokens>\d{3,9})\b",
    re.IGNORECASE,
)
_AUTH = re.compile(
    r"(invalid|incorrect|missing|wrong|no|bad|expired)[ _]+(api[ _-]?key|token|credential|authorization)"
    r"|api[ _-]?key[^.]{0,30}(invalid|incorrect|missing|required|not valid|expired)"
    r"|invalid_api_key|authentication_error|permission_denied|unauthori[sz]ed",
    re.IGNORECASE,
)
_RATE = re.compile(
    r"rate[ _-]?limit|too many requests|quota|insufficient_quota|tokens per (minute|day)|requests per (minute|day)"
    r"|queue is full|server busy|maximum pending requests|no (free |available )?slots?\b|concurrency limit",
    re.IGNORECASE,
)
_NOT_LOADED = re.compile(
    r"model[^.]{0,120}(not found|does not exist|not exist|not loaded|is not available|unknown|no such)"
    r"|(could not find|cannot find|can't find|unknown|invalid|no such|unable to find|unsupported|no) "
    r"(real )?modelid|(could not find|cannot find|unknown|no such|unable to find) model"
    r"|no models? (is |are )?(currently )?loaded|model_not_found|modelnotfound|model is (still )?loading|loading model"
    r"|failed to load( the)? model|model (failed|has failed|crashed|was unloaded|is unloaded|is starting)"
    r"|error loading model|unable to load model|model load(ing)? (failed|error)|process (is not ready|exited|failed)"
    r"|upstream (command|process)[^.]{0,60}(exit|fail|premature)|requires more system memory|try pulling it first"
    r"|health check[^.]{0,40}(fail|timed? ?out)|no router for requested model",
    re.IGNORECASE,
)
_CRASHED = re.compile(
    r"model has crashed|enginecore encountered|engine (is )?dead|engineDeadError", re.IGNORECASE
)
_PAGE = re.compile(r"\s*(<!doctype html|<html)", re.IGNORECASE)


def said(body: str) -> str:
    """The words of an error's body, in one line and bounded: the message inside of JSON, nothing of a page."""
    if _PAGE.match(body):
        return "a web page"
    return " ".join(_message(_parsed(body), body).split())[:MAX_WORDS]


def kind_of(status: int, body: str) -> FailureKind:
    """Of a refusal: its words where they are known, else its status."""
    found = _by_words(body)
    if status in (401, 403, 407):
        return "auth"
    if found == "context_too_long" or status == 413:
        return "context_too_long"  # some say it with 429 or 500
    if found == "model_not_loaded":
        return found
    if status == 429 or status == 402:
        return "rate_limit"
    if found is not None:
        return found
    if status in (502, 504):
        return "connection"
    return "server" if status >= 500 else "refused"


def _by_words(body: str) -> FailureKind | None:
    telling = _telling(body)
    return next((kind for kind, pattern in _PATTERNS if pattern.search(telling)), None)


def _telling(body: str) -> str:
    """Its message, type and code: the rest may repeat the conversation, where any word can stand."""
    if _PAGE.match(body):
        return ""
    value = _parsed(body)
    error = value.get("error") if isinstance(value, dict) else None
    members = error if isinstance(error, dict) else value if isinstance(value, dict) else {}
    marks = (str(members.get(name, "")) for name in ("type", "code"))
    return " ".join((_message(value, body)[:MAX_TELLING], *marks))


_PATTERNS: tuple[tuple[FailureKind, re.Pattern[str]], ...] = (
    ("context_too_long", _CONTEXT),
    ("auth", _AUTH),
    ("model_not_loaded", _NOT_LOADED),
    ("rate_limit", _RATE),
    ("server", _CRASHED),
)


def _parsed(body: str) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _message(value: object, otherwise: str) -> str:
    """`{"error": {"message": …}}` and its relatives."""
    if isinstance(value, str):
        inner = _parsed(value)
        return _message(inner, value) if isinstance(inner, dict) else value
    if isinstance(value, dict):
        for name in ("error", "message", "detail", "msg", "error_message"):
            if value.get(name):
                return _message(value[name], otherwise)
    if isinstance(value, list) and value:
        return _message(value[0], otherwise)
    return otherwise


def status_in(body: str) -> int | None:
    """The HTTP status that an error names itself."""
    value = _parsed(body)
    while isinstance(value, dict):
        for name in ("code", "status", "status_code"):
            number = value.get(name)
            if isinstance(number, str) and number.isascii() and number.isdigit():
                number = int(number)
            if isinstance(number, int) and 400 <= number <= 599:
                return number
        value = value.get("error")
    return None


def window_in(body: str) -> int | None:
    """How many tokens a request may have, where a refusal of a longer one says so."""
    value = _parsed(body)
    error = value.get("error") if isinstance(value, dict) else None
    told = error.get("n_ctx") if isinstance(error, dict) else None
    if isinstance(told, int) and told > 0:
        return told
    match = _WINDOW.search(_telling(body))
    return int(match["tokens"]) if match else None

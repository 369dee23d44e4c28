"""Why a model's answer ended badly: one closed list of kinds, and words for people.

    status ─┐
    body   ─┼─→ the endpoint's own words ─→ kind: the words decide where they are known, else the status
    cut, silence, no way there ─────────────→ connection, stall, connection

Endpoints say the same in many ways, and with many statuses: a prompt that is too long is 400, 413, 422, 429 or 500.
The words of the endpoint are always part of the message.
"""

import json
import re
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

from attrs import frozen

FailureKind: TypeAlias = Literal[
    "auth", "rate_limit", "context_too_long", "model_not_loaded", "connection", "stall", "server", "refused"
]
"""`refused`: the endpoint did not take the request for another reason (its own words say which)."""

MAX_WORDS = 600
"""Of what an endpoint said."""
MAX_TELLING = 2_000


@frozen
class Failure:
    kind: FailureKind
    message: str
    """For people: what was asked, what came back, what to do."""


@frozen
class Asking:
    """Whom and what was asked, for the words of a failure."""

    url: str
    model: str = ""


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


def refusal(asking: Asking, status: int, body: str) -> Failure:
    """The endpoint answered with another status than 200."""
    words = said(body)
    kind = _kind(status, body)
    return Failure(kind, f"{_what(kind)} {_where(asking)} answered {status}{_quoted(words)} {_advice(kind)}")


def broken_off(asking: Asking, body: str) -> Failure:
    """An error where a piece of the answer should have been: it has no status, or one in its body."""
    words = said(body)
    kind = _kind(_status_in(body) or 500, body)
    said_so = f"{_where(asking)} broke its answer off{_quoted(words)}"
    return Failure(kind, f"{_what(kind)} {said_so} {_advice(kind)}")


def unreachable(asking: Asking, reason: str) -> Failure:
    """No connection was to be had."""
    kind: FailureKind = "connection"
    return Failure(kind, f"{_what(kind)} {shown_url(asking.url)}{_quoted(reason)} {_advice(kind)}")


def cut(asking: Asking, reason: str) -> Failure:
    """The connection ended before the answer did."""
    kind: FailureKind = "connection"
    why = f" ({reason})" if reason else ""
    return Failure(
        kind,
        f"The connection to the model endpoint was lost. {_where(asking)} ended it before its answer was whole{why}. "
        "See in the endpoint's own log whether it or the model crashed.",
    )


def stalled(asking: Asking, seconds: float, *, began: bool) -> Failure:
    """Silence for so long."""
    what = "said nothing more" if began else "did not begin to answer"
    return Failure(
        "stall",
        f"The model stalled. {_where(asking)} {what} for {seconds:g} s. If it needs that long to load or to read "
        "the prompt, raise native_stall_s in [limits] of config.toml.",
    )


def nonsense(asking: Asking, found: str) -> Failure:
    """An answer that is none of this protocol."""
    return Failure(
        "server",
        f"The model endpoint did not speak its protocol. {_where(asking)} {found}. See that base_url in [model] of "
        "config.toml is the address of an OpenAI-compatible API (it mostly ends with /v1).",
    )


def not_set(config: str) -> Failure:
    """There is no endpoint in the settings."""
    return Failure("connection", no_endpoint(config))


def no_endpoint(config: str) -> str:
    """What to put where, for people; `config` is the path of config.toml."""
    return (
        f'No model endpoint is set. Put into {config}: [model] and below it base_url = "http://127.0.0.1:8080/v1" '
        "(the address of llama-swap, llama.cpp, vLLM, Ollama, LM Studio or the like), then start BooCode again."
    )


def said(body: str) -> str:
    """The words of an error's body, in one line and bounded: the message inside of JSON, nothing of a page."""
    if _PAGE.match(body):
        return "a web page"
    return " ".join(_message(_parsed(body), body).split())[:MAX_WORDS]


def shown_url(url: str) -> str:
    """Without a name, password or query that it may hold."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "base_url"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" if parts.netloc else url[:200]


def _kind(status: int, body: str) -> FailureKind:
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


def _status_in(body: str) -> int | None:
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


def _where(asking: Asking) -> str:
    return (
        f"{shown_url(asking.url)}, asked for model '{asking.model}',"
        if asking.model
        else shown_url(asking.url)
    )


def _quoted(words: str) -> str:
    return f": {words.rstrip('.')}." if words else "."


def _what(kind: FailureKind) -> str:
    match kind:
        case "auth":
            return "The model endpoint did not accept the key."
        case "rate_limit":
            return "The model endpoint takes no more requests for now."
        case "context_too_long":
            return "The conversation is longer than the model's context."
        case "model_not_loaded":
            return "The model is not there."
        case "connection":
            return "The model endpoint could not be reached."
        case "stall":
            return "The model stalled."
        case "server":
            return "The model endpoint failed."
        case "refused":
            return "The model endpoint did not take the request."


def _advice(kind: FailureKind) -> str:
    match kind:
        case "auth":
            return "Correct api_key in [model] of config.toml."
        case "rate_limit":
            return "Try again later."
        case "context_too_long":
            return (
                "Shorten the conversation with /compact, begin a new chat, or give the model a larger context "
                "where it is served; context_tokens in [native] of config.toml tells BooCode its size."
            )
        case "model_not_loaded":
            return "Choose a model that the endpoint serves, or see in the endpoint's own log why it does not load."
        case "connection":
            return "Start it, or correct base_url in [model] of config.toml."
        case "stall" | "server":
            return "See in the endpoint's own log what went wrong, and try again."
        case "refused":
            return "A parameter or message does not suit this endpoint or model; its words say which."

"""Why a model's answer ended badly: one closed list of kinds, and words for people.

What an endpoint said decides the kind (`failure_signs`); its words are always part of the message.
"""

from urllib.parse import urlsplit

from attrs import evolve, frozen

from boocode.domain.native.failure_signs import FailureKind as FailureKind
from boocode.domain.native.failure_signs import kind_of, said, status_in, window_in


@frozen
class Failure:
    kind: FailureKind
    message: str
    """For people: what was asked, what came back, what to do."""
    window: int | None = None
    """Of `context_too_long`: the window in tokens, where the endpoint says how large it is."""


@frozen
class Asking:
    """Whom and what was asked, for the words of a failure."""

    url: str
    model: str = ""


def refusal(asking: Asking, status: int, body: str) -> Failure:
    """The endpoint answered with another status than 200."""
    words = said(body)
    kind = kind_of(status, body)
    if kind == "refused" and status in (404, 405):  # it knows no such address
        return evolve(nonsense(asking, f"answered {status}: {words or 'nothing'}"), kind=kind)
    answered = f"{_where(asking)} answered {status}{_quoted(words)}"
    return Failure(kind, f"{_what(kind)} {answered} {_advice(kind)}", _window(kind, body))


def broken_off(asking: Asking, body: str) -> Failure:
    """An error where a piece of the answer should have been: it has no status, or one in its body."""
    words = said(body)
    kind = kind_of(status_in(body) or 500, body)
    said_so = f"{_where(asking)} broke its answer off{_quoted(words)}"
    return Failure(kind, f"{_what(kind)} {said_so} {_advice(kind)}", _window(kind, body))


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


def shown_url(url: str) -> str:
    """Without a name, password or query that it may hold."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "base_url"
    return (
        f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
        if parts.netloc
        else url.rpartition("@")[2][:200]
    )


def _window(kind: FailureKind, body: str) -> int | None:
    return window_in(body) if kind == "context_too_long" else None


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

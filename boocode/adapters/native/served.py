"""What an OpenAI-compatible endpoint serves: `GET …/v1/models`, and the windows of its models where it tells them.

Asked without the `openai` client, which is large: this is asked at every start. Everything is bounded.
"""

import json
from collections.abc import Mapping

import trio

from boocode.domain.native.failures import Asking, Failure, cut, nonsense, refusal, unreachable
from boocode.ports.model_endpoint import ModelFailed, ServedModel

ENDPOINT_S = 5.0
MAX_ANSWER_BYTES = 2_000_000
MAX_MODELS = 1_000
_WINDOWS = (
    "max_model_len",
    "context_length",
    "loaded_context_length",
    "context_window",
    "max_context_length",
)
"""vLLM and SGLang; OpenRouter and others; LM Studio; Groq; Mistral."""


def api_root(base_url: str) -> str:
    """`base_url` may be written with or without its `/v1`."""
    root = base_url.strip().rstrip("/")
    return root if root.endswith("/v1") else f"{root}/v1"


async def served(base_url: str, api_key: str | None = None) -> tuple[ServedModel, ...]:
    """In the endpoint's order. Raises ModelFailed in words."""
    url = f"{api_root(base_url)}/models"
    answer = await _get(url, api_key)
    entries = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(entries, list):
        raise ModelFailed(nonsense(Asking(url), "did not answer with a list of models"))
    found: dict[str, ServedModel] = {}
    for entry in entries:
        id_ = entry.get("id") if isinstance(entry, dict) else None
        if isinstance(id_, str) and id_ and len(found) < MAX_MODELS:
            found.setdefault(id_, ServedModel(id_, _window(entry)))
    return tuple(found.values())


async def _get(url: str, api_key: str | None) -> object:
    import httpx2  # some megabytes that a BooCode without an endpoint can do without

    asking = Asking(url)
    headers = {"authorization": f"Bearer {api_key}"} if api_key else {}
    try:
        with trio.fail_after(ENDPOINT_S):
            async with (
                httpx2.AsyncClient(timeout=ENDPOINT_S, trust_env=False) as http,
                http.stream("GET", url, headers=headers) as answer,
            ):
                body = bytearray()
                with trio.CancelScope() as enough:  # left otherwise, the stream would not be closed
                    async for some in answer.aiter_bytes():
                        body += some
                        if len(body) > MAX_ANSWER_BYTES:
                            enough.cancel()
                status = answer.status_code
    except trio.TooSlowError:
        raise ModelFailed(unreachable(asking, f"no answer within {ENDPOINT_S:g} s")) from None
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
        raise ModelFailed(no_answer(asking, error)) from error
    if status != 200:
        raise ModelFailed(refusal(asking, status, body.decode("utf-8", "replace")))
    if enough.cancel_called:
        raise ModelFailed(nonsense(asking, f"answered with more than {MAX_ANSWER_BYTES} bytes"))
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise ModelFailed(nonsense(asking, "did not answer with JSON")) from None


def no_answer(asking: Asking, error: BaseException) -> Failure:
    """Of what HTTP says when there is no answer."""
    import httpx2

    reason = str(error) or type(error).__name__
    if isinstance(error, httpx2.ReadError | httpx2.WriteError | httpx2.RemoteProtocolError):
        return cut(asking, reason)
    return unreachable(asking, reason)


def _window(entry: Mapping[str, object]) -> int | None:
    for name in _WINDOWS:
        if (tokens := _tokens(entry.get(name))) is not None:
            return tokens
    meta = entry.get("meta")
    return _tokens(meta.get("n_ctx")) if isinstance(meta, dict) else None


def _tokens(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None

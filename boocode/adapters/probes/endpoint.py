"""The names of the models that an OpenAI-compatible endpoint serves: `GET …/v1/models`, bounded."""

import json

import trio

from boocode.ports.probing import ProbeFailed

ENDPOINT_S = 5.0
MAX_ANSWER_BYTES = 2_000_000
MAX_MODELS = 1_000


def models_url(base_url: str) -> str:
    """`base_url` may be written with or without its `/v1`."""
    root = base_url.strip().rstrip("/")
    return f"{root}/models" if root.endswith("/v1") else f"{root}/v1/models"


async def model_names(base_url: str, api_key: str | None = None) -> tuple[str, ...]:
    """In the endpoint's order. Raises ProbeFailed in words."""
    import httpx2  # some megabytes that a BooCode without an endpoint can do without

    url = models_url(base_url)
    headers = {"authorization": f"Bearer {api_key}"} if api_key else {}
    try:
        with trio.fail_after(ENDPOINT_S):
            async with (
                httpx2.AsyncClient(timeout=ENDPOINT_S, trust_env=False) as http,
                http.stream("GET", url, headers=headers) as answer,
            ):
                if not answer.is_success:
                    raise ProbeFailed(f"{url} answered {answer.status_code}.")
                body = b""
                with trio.CancelScope() as enough:  # left otherwise, the stream would not be closed
                    async for some in answer.aiter_bytes():
                        body += some
                        if len(body) > MAX_ANSWER_BYTES:
                            enough.cancel()
                if enough.cancel_called:
                    raise ProbeFailed(f"{url} answered with more than {MAX_ANSWER_BYTES} bytes.")
    except trio.TooSlowError:
        raise ProbeFailed(f"{url} did not answer within {ENDPOINT_S:g} s.") from None
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
        raise ProbeFailed(f"{url} could not be asked: {str(error) or type(error).__name__}") from error
    return _names(url, body)


def _names(url: str, body: bytes) -> tuple[str, ...]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise ProbeFailed(f"{url} did not answer with JSON.") from None
    entries = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(entries, list):
        raise ProbeFailed(f"{url} did not answer with a list of models.")
    names = (entry.get("id") for entry in entries if isinstance(entry, dict))
    return tuple(dict.fromkeys(name for name in names if isinstance(name, str) and name))[:MAX_MODELS]

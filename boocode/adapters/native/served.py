"""What an OpenAI-compatible endpoint serves: `GET …/v1/models`, and the windows of its models where it tells them.

Asked without the `openai` client, which is large: this is asked at every start. Everything is bounded.
"""

import json
from collections.abc import Mapping
from contextlib import suppress

import trio

from boocode.adapters.native.windows import page_of_windows, window_listed, windows_on
from boocode.domain.native.failures import Asking, Failure, cut, nonsense, refusal, unreachable
from boocode.ports.model_endpoint import ModelFailed, ServedModel

ENDPOINT_S = 5.0
ELSEWHERE_S = 2.0
MAX_ANSWER_BYTES = 2_000_000
MAX_MODELS = 1_000


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
    found = {id_: entry for entry in entries if (id_ := _id(entry)) is not None}
    listed = dict(list(found.items())[:MAX_MODELS])
    windows = {id_: window_listed(entry) for id_, entry in listed.items()}
    if listed and None in windows.values():
        windows |= await _windows_elsewhere(url, api_key, listed)
    return tuple(ServedModel(id_, window) for id_, window in windows.items())


async def _windows_elsewhere(
    url: str, api_key: str | None, listed: Mapping[str, Mapping[str, object]]
) -> Mapping[str, int]:
    """Where this kind of server tells them. A server that does not, after all, tells nothing."""
    page = page_of_windows(listed)
    if page is None:
        return {}
    with suppress(ModelFailed):
        told = await _get(url.removesuffix("/v1/models") + page, api_key, ELSEWHERE_S)
        return windows_on(page, told, tuple(listed))
    return {}


def _id(entry: object) -> str | None:
    id_ = entry.get("id") if isinstance(entry, dict) else None
    return id_ if isinstance(id_, str) and id_ else None


async def _get(url: str, api_key: str | None, within_s: float | None = None) -> object:
    import httpx2  # some megabytes that a BooCode without an endpoint can do without

    asking, within_s = Asking(url), within_s or ENDPOINT_S
    headers = {"authorization": f"Bearer {api_key}"} if api_key else {}
    try:
        with trio.fail_after(within_s):
            async with (
                httpx2.AsyncClient(timeout=within_s, trust_env=False) as http,
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
        raise ModelFailed(unreachable(asking, f"no answer within {within_s:g} s")) from None
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
        raise ModelFailed(no_answer(asking, error)) from error
    if status != 200:
        words = body.decode("utf-8", "replace")
        raise ModelFailed(refusal(asking, status, words.replace(api_key, "…") if api_key else words))
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

"""A model behind an OpenAI-compatible API, asked through the `openai` client on trio.

The client sends requests and reads refusals; the stream of an answer is read here (`answer`): left early it is closed,
and the request is gone at the endpoint. Nothing is asked twice, nothing comes from the environment (OPENAI_…, proxies).
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, cast

import trio
from attrs import evolve

from boocode.adapters.native.answer import StreamedAnswer
from boocode.adapters.native.chunks import is_error, whole_text
from boocode.adapters.native.served import api_root, no_answer, served
from boocode.domain.native.failures import Asking, Failure, broken_off, nonsense, not_set, refusal, stalled
from boocode.ports.model_endpoint import ModelFailed, ModelRequest, Piece, ServedModel

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI

CONNECT_S = 10.0
IDLE_CONNECTION_S = 2.0
"""Many servers close an idle connection after 5 s: one that is used just then would fail for nothing."""
NO_KEY = "none"
"""The client insists on one; it is not sent."""


class OpenAiEndpoint:
    """The ModelEndpoint of `[model]`; `config` is the path that is named when there is none."""

    def __init__(self, base_url: str | None, api_key: str | None, stall_s: float, config: str) -> None:
        self._base_url = base_url
        self._api_key = api_key
        self._stall_s = stall_s
        self._config = config
        self._client: AsyncOpenAI | None = None
        self._is_opening = trio.Lock()

    @asynccontextmanager
    async def answer(self, request: ModelRequest) -> AsyncIterator[AsyncIterator[Piece]]:
        """Raises ModelFailed, here or from the iterator; usage and `Finished` are its last pieces."""
        asking = self._asking(request.model)
        body = {**_body(request), "stream": True, "stream_options": {"include_usage": True}}
        with self._in_words(asking):
            client = await self._opened()
            with trio.move_on_after(self._stall_s) as patience:
                response = await _post(client, body, stream=True)
        if patience.cancelled_caught:
            raise ModelFailed(stalled(asking, self._stall_s, began=False))
        pieces = StreamedAnswer(response, asking, self._stall_s, self._unsaid)
        try:
            yield pieces
        finally:
            await pieces.close()

    async def whole(self, request: ModelRequest, within_s: float) -> str:
        """The text of an answer that is not streamed, without its reasoning. Raises ModelFailed."""
        asking = self._asking(request.model)
        with self._in_words(asking):
            client = await self._opened()
            with trio.move_on_after(within_s) as patience:
                response = await _post(client, _body(request), stream=False)
        if patience.cancelled_caught:
            raise ModelFailed(stalled(asking, within_s, began=False))
        answer = _json(response)
        if is_error(answer):
            raise ModelFailed(self._unsaid(broken_off(asking, response.text)))
        text = whole_text(answer)
        if text is None:
            raise ModelFailed(nonsense(asking, "did not answer with a completion"))
        return text

    async def models(self) -> tuple[ServedModel, ...]:
        if self._base_url is None:
            raise ModelFailed(not_set(self._config))
        return await served(self._base_url, self._api_key)

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    def _asking(self, model: str) -> Asking:
        if self._base_url is None:
            raise ModelFailed(not_set(self._config))
        return Asking(self._base_url, model)

    async def _opened(self) -> "AsyncOpenAI":
        async with self._is_opening:
            if self._client is None:
                root = api_root(self._base_url or "")
                self._client = await trio.to_thread.run_sync(_client, root, self._api_key)
            return self._client

    @contextmanager
    def _in_words(self, asking: Asking) -> Iterator[None]:
        """Whatever a request fails with as ModelFailed."""
        try:
            yield
        except Exception as error:
            failure = _failure(asking, error)
            if failure is None:
                raise
            raise ModelFailed(self._unsaid(failure)) from error

    def _unsaid(self, failure: Failure) -> Failure:
        """Without the key, which some endpoints repeat."""
        if not self._api_key or self._api_key not in failure.message:
            return failure
        return evolve(failure, message=failure.message.replace(self._api_key, "…"))


def _client(base_url: str, api_key: str | None) -> "AsyncOpenAI":
    """For a thread: the imports alone take most of a second."""
    import httpx2
    from openai import AsyncOpenAI

    from boocode.adapters.native.bounded_transport import BoundedTransport

    limits = httpx2.Limits(keepalive_expiry=IDLE_CONNECTION_S)
    http = httpx2.AsyncClient(
        timeout=httpx2.Timeout(None, connect=CONNECT_S),
        transport=BoundedTransport(limits=limits, trust_env=False),
        trust_env=False,
    )
    client = AsyncOpenAI(
        base_url=base_url,
        api_key=api_key or NO_KEY,
        admin_api_key="",
        max_retries=0,
        timeout=httpx2.Timeout(None, connect=CONNECT_S),
        http_client=http,
    )
    client.organization = client.project = None
    client._custom_headers = {}  # of OPENAI_CUSTOM_HEADERS; there is no public way to leave them out
    return client


async def _post(client: "AsyncOpenAI", body: Mapping[str, object], *, stream: bool) -> "httpx2.Response":
    import httpx2
    from openai import AsyncStream, Omit

    answer = await client.post(
        "/chat/completions",
        cast_to=httpx2.Response,
        body=body,
        options={"headers": {"Authorization": Omit()}} if client.api_key == NO_KEY else {},
        stream=stream,
        stream_cls=AsyncStream[object],
    )
    return cast(httpx2.Response, answer)


def _body(request: ModelRequest) -> dict[str, object]:
    tools = {"tools": list(request.tools)} if request.tools else {}
    return {"model": request.model, "messages": list(request.messages), **tools, **request.more}


def _json(response: "httpx2.Response") -> object:
    try:
        return response.json()
    except (ValueError, RecursionError):
        return None


def _failure(asking: Asking, error: Exception) -> Failure | None:
    """None for what is a mistake of ours."""
    import httpx2
    import openai

    match error:
        case openai.APIStatusError():
            return refusal(asking, error.status_code, error.response.text)
        case openai.APIConnectionError():
            return no_answer(asking, error.__cause__ or error)
        case httpx2.HTTPError() | httpx2.InvalidURL() | OSError():
            return no_answer(asking, error)
        case _:
            return None

"""How model servers refuse, each in its own words: status and body, as llama.cpp, llama-swap, vLLM, Ollama, LM Studio
and OpenAI send them. The directives `fail NAME` and `break NAME` say them."""

from collections.abc import Mapping

from attrs import frozen


@frozen
class Refusal:
    status: int
    body: Mapping[str, object]


def _openai(status: int, message: str, kind: str, code: str | int | None = None, **more: object) -> Refusal:
    return Refusal(status, {"error": {"message": message, "type": kind, "param": None, "code": code, **more}})


REFUSALS: Mapping[str, Refusal] = {
    "auth": _openai(401, "Invalid API Key", "authentication_error", 401),
    "rate_limit": _openai(
        429,
        "Rate limit reached for requests. Please try again in 20s.",
        "requests",
        "rate_limit_exceeded",
    ),
    "context_too_long": _openai(
        400,
        "request (13392 tokens) exceeds the available context size (8192 tokens), try increasing it",
        "exceed_context_size_error",
        400,
        n_prompt_tokens=13392,
        n_ctx=8192,
    ),
    "model_not_loaded": Refusal(
        500, {"error": "unspecific error: upstream command exited prematurely", "src": "llama-swap"}
    ),
    "server": _openai(500, "CUDA error: an illegal memory access was encountered", "server_error", 500),
    "refused": _openai(
        400,
        '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
        "BadRequestError",
        400,
    ),
}
"""By the kind of failure that they are."""

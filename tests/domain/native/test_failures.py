"""What endpoints say when they do not answer, in their own words, and what it is called."""

import json

import pytest

from boocode.domain.native.failure_signs import said
from boocode.domain.native.failures import (
    Asking,
    FailureKind,
    broken_off,
    cut,
    nonsense,
    not_set,
    refusal,
    shown_url,
    stalled,
    unreachable,
)

ASKING = Asking("http://127.0.0.1:8080/v1", "qwen3-coder")


def openai(message: str, kind: str = "invalid_request_error", code: object = None) -> str:
    return json.dumps({"error": {"message": message, "type": kind, "param": None, "code": code}})


def plain(message: str) -> str:
    return json.dumps({"error": message})


REFUSED: list[tuple[str, int, str, FailureKind]] = [
    # auth
    (
        "llama.cpp",
        401,
        openai("Invalid API Key", "authentication_error", 401),
        "auth",
    ),
    (
        "OpenAI",
        401,
        openai("Incorrect API key provided: sk-abc***xyz.", code="invalid_api_key"),
        "auth",
    ),
    ("vLLM", 401, '{"error": "Unauthorized"}', "auth"),
    ("llama-swap", 401, "unauthorized: invalid or missing API key\n", "auth"),
    ("a gateway", 403, "<html><body>Forbidden</body></html>", "auth"),
    ("Gemini", 400, openai("API key not valid. Please pass a valid API key."), "auth"),
    ("LiteLLM", 401, openai("Authentication Error, No api key passed in.", "auth_error", "401"), "auth"),
    # rate limit
    (
        "OpenAI",
        429,
        openai("Rate limit reached for gpt-5 on tokens per min (TPM): Limit 30000, Used 29000.", "tokens"),
        "rate_limit",
    ),
    (
        "OpenAI, no money",
        429,
        openai("You exceeded your current quota, please check your plan.", "insufficient_quota"),
        "rate_limit",
    ),
    ("llama-swap", 429, "Too many requests", "rate_limit"),
    ("Ollama", 503, plain("server busy, please try again.  maximum pending requests exceeded"), "rate_limit"),
    ("OpenRouter", 402, openai("Insufficient credits"), "rate_limit"),
    ("Groq", 429, openai("too many tokens per minute"), "rate_limit"),
    # context
    (
        "llama.cpp",
        400,
        json.dumps(
            {
                "error": {
                    "code": 400,
                    "message": "request (13392 tokens) exceeds the available context size (8192 tokens), "
                    "try increasing it",
                    "type": "exceed_context_size_error",
                    "n_prompt_tokens": 13392,
                    "n_ctx": 8192,
                }
            }
        ),
        "context_too_long",
    ),
    (
        "llama.cpp, older",
        400,
        openai(
            "the request exceeds the available context size. try increasing the context size or enable "
            "context shift"
        ),
        "context_too_long",
    ),
    (
        "llama.cpp, midway",
        500,
        openai("Context size has been exceeded.", "server_error", 500),
        "context_too_long",
    ),
    (
        "vLLM",
        400,
        json.dumps(
            {
                "object": "error",
                "message": "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens "
                "(4000 in the messages, 1000 in the completion). Please reduce the length of the messages or "
                "completion.",
                "type": "BadRequestError",
                "param": None,
                "code": 400,
            }
        ),
        "context_too_long",
    ),
    (
        "vLLM, newer",
        400,
        openai(
            "The decoder prompt (length 40000) is longer than the maximum model length of 32768. Make sure that "
            "`max_model_len` is no smaller than the number of text tokens.",
            "BadRequestError",
            400,
        ),
        "context_too_long",
    ),
    (
        "OpenAI",
        400,
        openai("Your input exceeds the context window of this model.", code="context_length_exceeded"),
        "context_too_long",
    ),
    (
        "LM Studio",
        400,
        plain(
            "Trying to keep the first 9000 tokens when context the overflows. However, the model is loaded with "
            "context length of only 4096 tokens, which is not enough."
        ),
        "context_too_long",
    ),
    (
        "SGLang",
        400,
        openai("The input (9000 tokens) is longer than the model's context length (8192 tokens)."),
        "context_too_long",
    ),
    ("Ollama", 400, plain("the input length exceeds the context length"), "context_too_long"),
    (
        "mlx-lm",
        400,
        '{"detail": "Prompt too long: 9000 tokens exceeds max context window of 8192 tokens"}',
        "context_too_long",
    ),
    ("Groq", 413, openai("Request too large for model `llama-3.3-70b`"), "context_too_long"),
    (
        "Groq, as a limit",
        429,
        openai(
            "Please reduce the length of the messages or completion. This model's maximum context length is 8192."
        ),
        "context_too_long",
    ),
    (
        "Anthropic behind a proxy",
        400,
        openai("prompt is too long: 210000 tokens > 200000 maximum"),
        "context_too_long",
    ),
    (
        "TGI",
        422,
        '{"error":"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000"}',
        "context_too_long",
    ),
    # the model
    ("llama-swap", 400, plain("could not find real modelID for qwen3"), "model_not_loaded"),
    (
        "llama-swap, it died",
        500,
        '{"error":"unspecific error: upstream command exited prematurely","src":"llama-swap"}',
        "model_not_loaded",
    ),
    ("llama-swap, too slow", 500, "health check timed out after 120s", "model_not_loaded"),
    ("llama.cpp", 503, openai("Loading model", "unavailable_error", 503), "model_not_loaded"),
    ("vLLM", 404, openai("The model `qwen3` does not exist.", "NotFoundError", 404), "model_not_loaded"),
    ("Ollama", 404, openai("model 'qwen3' not found, try pulling it first", "api_error"), "model_not_loaded"),
    (
        "Ollama, too large",
        500,
        plain("model requires more system memory (44.0 GiB) than is available (7.6 GiB)"),
        "model_not_loaded",
    ),
    (
        "LM Studio",
        404,
        openai("No models loaded. Please load a model in the developer page or use the 'lms load' command."),
        "model_not_loaded",
    ),
    (
        "LM Studio, it fails",
        400,
        plain('Failed to load model "qwen3". Error: insufficient memory'),
        "model_not_loaded",
    ),
    (
        "OpenAI",
        404,
        openai("The model `gpt-9` does not exist or you do not have access to it.", code="model_not_found"),
        "model_not_loaded",
    ),
    # the server
    ("llama.cpp", 500, openai("CUDA error: out of memory", "server_error", 500), "server"),
    (
        "LM Studio",
        400,
        plain("The model has crashed without additional information. (Exit code: 11)"),
        "server",
    ),
    (
        "vLLM",
        500,
        openai(
            "EngineCore encountered an issue. See stack trace for the root cause.", "InternalServerError", 500
        ),
        "server",
    ),
    ("anything", 500, "", "server"),
    ("anything", 503, "Service Unavailable", "server"),
    ("nginx", 502, "<html><title>502 Bad Gateway</title></html>", "connection"),
    ("nginx", 504, "<html><title>504 Gateway Time-out</title></html>", "connection"),
    # another reason
    (
        "vLLM, no tools",
        400,
        openai('"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'),
        "refused",
    ),
    (
        "Ollama, no tools",
        400,
        openai("registry.ollama.ai/library/gemma3 does not support tools", "api_error"),
        "refused",
    ),
    (
        "llama.cpp, no template",
        500,
        openai("tools param requires --jinja flag", "server_error", 500),
        "server",
    ),
    (
        "llama.cpp, a strict template",
        400,
        openai("Conversation roles must alternate user/assistant/user/assistant/..."),
        "refused",
    ),
    ("OpenAI, a knob", 400, openai("Unrecognized request argument supplied: top_k"), "refused"),
    ("OpenAI, an argument", 400, openai("Invalid 'max_tokens': integer above maximum value."), "refused"),
    ("a web server", 404, "404 page not found", "refused"),
    ("a web server", 405, "<!doctype html><p>Method Not Allowed", "refused"),
]


@pytest.mark.parametrize(("server", "status", "body", "kind"), REFUSED)
def test_a_refusal_is_named(server: str, status: int, body: str, kind: FailureKind):
    failure = refusal(ASKING, status, body)
    assert failure.kind == kind, f"{server}: {failure.message}"


@pytest.mark.parametrize(("server", "status", "body", "kind"), REFUSED)
def test_the_words_name_who_was_asked_for_what_and_what_it_said(
    server: str, status: int, body: str, kind: FailureKind
):
    message = refusal(ASKING, status, body).message
    assert "127.0.0.1:8080/v1" in message
    assert "'qwen3-coder'" in message
    assert f"answered {status}" in message
    assert said(body).rstrip(".") in message, server


@pytest.mark.parametrize("status", [404, 405])
def test_a_server_that_knows_no_such_address_is_taken_for_a_wrong_one(status: int):
    failure = refusal(Asking("http://h/v1/models"), status, "<!doctype html><p>Not here")
    assert f"http://h/v1/models answered {status}: a web page." in failure.message
    assert "base_url in [model]" in failure.message


def test_each_kind_has_words_of_its_own_and_says_what_to_do():
    messages = {
        kind: refusal(Asking("http://h/v1"), status, body).message
        for _, status, body, kind in reversed(REFUSED)
    }
    firsts = {message.partition(".")[0] for message in messages.values()}
    assert len(firsts) == len(messages) == 7
    for kind, word in (
        ("auth", "api_key in [model]"),
        ("rate_limit", "later"),
        ("context_too_long", "/compact"),
        ("model_not_loaded", "serves"),
        ("connection", "base_url in [model]"),
        ("server", "log"),
        ("refused", "its words say which"),
    ):
        assert word in messages[kind]  # type: ignore[index]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('{"error": {"message": "Context size has been exceeded.", "code": 500}}', "context_too_long"),
        ('{"error": {"message": "Provider disconnected", "code": 502}}', "connection"),
        ('{"error": {"message": "slow down", "code": "429"}}', "rate_limit"),
        ('{"code": 500, "message": "CUDA error", "type": "server_error"}', "server"),
        ('{"object": "error", "message": "boom", "code": 400}', "refused"),
        ('{"error": "boom"}', "server"),
    ],
)
def test_an_error_in_the_middle_of_an_answer_is_named_by_its_words_and_the_status_inside(
    body: str, kind: FailureKind
):
    failure = broken_off(ASKING, body)
    assert (failure.kind, "broke its answer off" in failure.message) == (kind, True)


def test_what_has_no_status_is_named_by_what_happened():
    assert unreachable(ASKING, "Connection refused").kind == "connection"
    assert "Connection refused" in unreachable(ASKING, "Connection refused").message
    assert cut(ASKING, "").kind == "connection"
    assert nonsense(ASKING, "answered with a web page").kind == "server"
    assert not_set("/home/x/config.toml").kind == "connection"
    assert 'base_url = "' in not_set("/home/x/config.toml").message
    assert "/home/x/config.toml" in not_set("/home/x/config.toml").message


def test_a_stall_says_how_long_it_was_and_which_setting_is_meant():
    before, amid = stalled(ASKING, 90.0, began=False), stalled(ASKING, 90.0, began=True)
    assert before.kind == amid.kind == "stall"
    for failure in (before, amid):
        assert "90 s" in failure.message
        assert "native_stall_s in [limits]" in failure.message
    assert before != amid


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"error": {"message": "a\\n  b"}}', "a b"),
        ('{"error": "a"}', "a"),
        ('{"detail": [{"msg": "a", "loc": ["body"]}]}', "a"),
        ('[{"error": {"message": "a"}}]', "a"),
        ('{"error": {"message": "{\\"error\\": {\\"message\\": \\"inner\\"}}"}}', "inner"),
        ("plain words", "plain words"),
        ("<!DOCTYPE html><p>no", "a web page"),
        ("", ""),
        ("{}", "{}"),
        ("x" * 10_000, "x" * 600),
        ("[" * 50_000, "[" * 600),
    ],
)
def test_the_words_of_a_body_are_found_and_bounded(body: str, words: str):
    assert said(body) == words


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://user:hunter2@models.example:8080/v1?key=hunter2", "http://models.example:8080/v1"),
        ("https://h/v1", "https://h/v1"),
        ("http://[::1]:80/v1", "http://[::1]:80/v1"),
        ("nonsense", "nonsense"),
        ("user:hunter2@models.example", "models.example"),
        ("http://[", "base_url"),
    ],
)
def test_an_address_is_shown_without_what_is_secret_in_it(url: str, shown: str):
    assert shown_url(url) == shown
    assert "hunter2" not in refusal(Asking(url), 500, "").message


def test_a_conversation_that_a_refusal_repeats_names_nothing():
    said_back = {"msg": "Field required", "loc": ["body", "messages"], "input": "rate limit: model not found"}
    assert refusal(ASKING, 422, json.dumps({"detail": [said_back]})).kind == "refused"


def test_a_long_body_takes_no_time():
    for text in ("model " * 200_000, "context " * 200_000, "input 1" * 200_000):
        refusal(ASKING, 500, openai(text))
        refusal(ASKING, 500, text)


WINDOWS = {
    "llama.cpp": 8192,
    "vLLM": 4096,
    "vLLM, newer": 32768,
    "LM Studio": 4096,
    "SGLang": 8192,
    "mlx-lm": 8192,
    "Groq, as a limit": 8192,
}
"""Those of the refusals above that say how large the window is."""


@pytest.mark.parametrize(("server", "status", "body", "kind"), REFUSED)
def test_the_window_is_known_when_a_refusal_tells_it(server: str, status: int, body: str, kind: FailureKind):
    window = refusal(ASKING, status, body).window
    assert window == (WINDOWS.get(server) if kind == "context_too_long" else None), server


def test_the_window_is_known_from_an_error_in_the_middle_too():
    error = {"message": "Context size has been exceeded.", "code": 500, "n_ctx": 2048}
    assert broken_off(ASKING, json.dumps({"error": error})).window == 2048

"""How large the windows of an endpoint's models are: each kind of server tells it in another place.

    vLLM, SGLang, llama-swap, OpenRouter, …   in the list of models
    llama.cpp                                 there as `meta.n_ctx`; older builds on /props, for the model that runs
    Ollama                                    /api/ps, for the models that are loaded
    LM Studio                                 /api/v0/models, for the models that are loaded

What a model was trained for is no window: a server may give it less.
"""

from collections.abc import Iterator, Mapping

MOST_TOKENS = 10**9
"""A larger window is a mistake."""
_LISTED = ("max_model_len", "context_length", "context_window", "max_context_length")
_PROPS, _OLLAMA, _LM_STUDIO = "/props", "/api/ps", "/api/v0/models"
_PAGES = {"llamacpp": _PROPS, "library": _OLLAMA, "organization_owner": _LM_STUDIO}
"""By what the kind of server says owns its models."""


def window_listed(entry: Mapping[str, object]) -> int | None:
    """From an entry of the list of models, in tokens."""
    for name in _LISTED:
        if (tokens := _tokens(entry.get(name))) is not None:
            return tokens
    return _tokens(_mapping(entry.get("meta")).get("n_ctx"))


def page_of_windows(listed: Mapping[str, Mapping[str, object]]) -> str | None:
    """The path, from the root of the server, where it tells more; None when there is none that is known."""
    owner = next(iter(listed.values())).get("owned_by")
    page = _PAGES.get(owner) if isinstance(owner, str) else None
    return None if page == _PROPS and len(listed) > 1 else page


def windows_on(page: str, told: object, ids: tuple[str, ...]) -> Mapping[str, int]:
    """What is told there of the models of these ids."""
    match page:
        case "/props":
            settings = _mapping(_mapping(told).get("default_generation_settings"))
            windows = {ids[0]: _tokens(settings.get("n_ctx"))}
        case "/api/ps":
            running = _mappings(_mapping(told).get("models"))
            windows = {str(each.get("name")): _tokens(each.get("context_length")) for each in running}
        case _:
            loaded = _mappings(_mapping(told).get("data"))
            windows = {str(each.get("id")): _tokens(each.get("loaded_context_length")) for each in loaded}
    return {id_: tokens for id_, tokens in windows.items() if tokens is not None and id_ in ids}


def _tokens(value: object) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool)
    return value if isinstance(value, int) and is_count and 0 < value < MOST_TOKENS else None


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _mappings(value: object) -> Iterator[Mapping[str, object]]:
    for each in value if isinstance(value, list) else ():
        yield _mapping(each)

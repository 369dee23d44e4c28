"""What the agents' own settings files tell of models: pure, and tolerant, for the files belong to others.

    opencode   opencode.json(c)   provider.ID.models.MODEL → `ID/MODEL`; provider.ID.options.baseURL
    qwen       settings.json      modelProviders.KIND[].id → `id(KIND)`; [].baseUrl
    goose      config.yaml        GOOSE_MODEL; OPENAI_HOST
    claude     settings.json      model

An agent's variables (OPENAI_MODEL and the like) count as its settings too. What does not fit is skipped.
"""

import json
import re
from collections.abc import Iterator, Mapping

from attrs import frozen

from boocode.contracts.resources import Model
from boocode.domain.probing import Nearby

_COMMENT_OR_STRING = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_TRAILING_COMMA_OR_STRING = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[}\]])')
_YAML_PAIR = re.compile(
    r"""^([A-Z][A-Z0-9_]*):\s*(?:"([^"]*)"|'([^']*)'|([^#\n]*?))\s*(?:#.*)?$""", re.MULTILINE
)
_MODEL_VARIABLES = {"qwen": "OPENAI_MODEL", "goose": "GOOSE_MODEL", "claude": "ANTHROPIC_MODEL"}
_URL_VARIABLES = ("OPENAI_BASE_URL", "OPENAI_HOST", "OPENAI_API_BASE")


@frozen
class AgentSettings:
    """`models` in the form that the agent takes; `endpoints`: base URL → what goes before its models' names."""

    models: tuple[Model, ...] = ()
    endpoints: tuple[tuple[str, str], ...] = ()


def settings_paths(program: str, env: Mapping[str, str]) -> tuple[str, ...]:
    """Where the agent of this program name keeps its settings, the weakest first; `env` is the agent's own."""
    home = env.get("HOME", "")
    config = env.get("XDG_CONFIG_HOME") or f"{home}/.config"
    match program:
        case "opencode":
            named = env.get("OPENCODE_CONFIG")
            own = tuple(
                f"{config}/opencode/{name}" for name in ("config.json", "opencode.json", "opencode.jsonc")
            )
            return (*own, named) if named else own
        case "qwen":
            return (f"{home}/.qwen/settings.json",)
        case "goose":
            return (f"{config}/goose/config.yaml",)
        case "claude":
            return (f"{env.get('CLAUDE_CONFIG_DIR') or f'{home}/.claude'}/settings.json",)
        case _:
            return ()


def agent_settings(
    program: str, transport: str, texts: tuple[str, ...], env: Mapping[str, str]
) -> AgentSettings:
    """From the contents of `settings_paths`, those that are there, and the agent's variables."""
    models: dict[str, Model] = {}
    endpoints: dict[str, str] = {env[name]: "" for name in _URL_VARIABLES if env.get(name)}
    if program == "opencode" and env.get("OPENCODE_CONFIG_CONTENT"):
        texts = (*texts, env["OPENCODE_CONFIG_CONTENT"])
    for text in texts:
        found = _read(program, transport, text)
        models |= {model.id: model for model in found.models}
        endpoints |= dict(found.endpoints)
    variable = env.get(_MODEL_VARIABLES.get(program, ""))
    if variable and not models:
        models[variable] = Model(variable, variable)
    return AgentSettings(tuple(models.values()), tuple(endpoints.items()))


def _read(program: str, transport: str, text: str) -> AgentSettings:
    match program:
        case "opencode":
            return _opencode(_json(text))
        case "qwen":
            return _qwen(_json(text), transport)
        case "goose":
            return _goose(text)
        case "claude":
            name = _json(text).get("model")
            return AgentSettings((Model(name, name),)) if isinstance(name, str) and name else AgentSettings()
        case _:
            return AgentSettings()


def _opencode(config: Mapping[str, object]) -> AgentSettings:
    enabled, disabled = config.get("enabled_providers"), config.get("disabled_providers")
    models: list[Model] = []
    endpoints: list[tuple[str, str]] = []
    for id_, raw in _mapping(config.get("provider")).items():
        if (isinstance(enabled, list) and id_ not in enabled) or (
            isinstance(disabled, list) and id_ in disabled
        ):
            continue
        provider = _mapping(raw)
        url = _mapping(provider.get("options")).get("baseURL")
        if isinstance(url, str):
            endpoints.append((url, f"{id_}/"))
        for name, model in _mapping(provider.get("models")).items():
            models.append(Model(f"{id_}/{name}", _label(_mapping(model).get("name"), name)))
    return AgentSettings(tuple(models), tuple(endpoints))


def _qwen(config: Mapping[str, object], transport: str) -> AgentSettings:
    models: list[Model] = []
    endpoints: list[tuple[str, str]] = []
    for kind, entries in _mapping(config.get("modelProviders")).items():
        for entry in _mappings(entries):
            id_, url = entry.get("id"), entry.get("baseUrl")
            if isinstance(url, str):
                endpoints.append((url, ""))
            if isinstance(id_, str) and id_:
                taken = f"{id_}({kind})" if transport == "acp" else id_
                models.append(Model(taken, _label(entry.get("name"), id_)))
    return AgentSettings(tuple(models), tuple(endpoints))


def _goose(text: str) -> AgentSettings:
    """Its settings are flat; only the top level is looked at."""
    pairs = {match[1]: match[2] or match[3] or match[4] or "" for match in _YAML_PAIR.finditer(text)}
    name, host = pairs.get("GOOSE_MODEL"), pairs.get("OPENAI_HOST")
    return AgentSettings((Model(name, name),) if name else (), ((host, ""),) if host else ())


def nearby_models(settings: AgentSettings, base_url: str, names: tuple[str, ...]) -> Nearby:
    """With the endpoint's models as this agent would call them; without, when it does not use that endpoint.

    Those with a provider's name before them (opencode's) stay beside what the agent tells; others have names of
    their own there.
    """
    wanted = endpoint_root(base_url)
    prefix = next((prefix for url, prefix in settings.endpoints if endpoint_root(url) == wanted), None)
    if prefix is None:
        return Nearby(settings.models)
    served = tuple(Model(prefix + name, name) for name in names)
    return Nearby(settings.models, served) if prefix else Nearby((*settings.models, *served))


def endpoint_root(url: str) -> str:
    """The same for all ways to write one OpenAI-compatible endpoint, with or without `/v1`."""
    return (
        url.strip().rstrip("/").removesuffix("/v1").rstrip("/").replace("//localhost", "//127.0.0.1").lower()
    )


def _json(text: str) -> Mapping[str, object]:
    """JSON with comments and trailing commas, as opencode takes it; anything else is empty."""
    plain = _COMMENT_OR_STRING.sub(lambda match: match[1] or "", text)
    plain = _TRAILING_COMMA_OR_STRING.sub(lambda match: match[1] or "", plain)
    try:
        return _mapping(json.loads(plain))
    except (ValueError, RecursionError):
        return {}


def _mapping(raw: object) -> Mapping[str, object]:
    return raw if isinstance(raw, Mapping) else {}


def _mappings(raw: object) -> Iterator[Mapping[str, object]]:
    for item in raw if isinstance(raw, list) else ():
        yield _mapping(item)


def _label(raw: object, otherwise: str) -> str:
    return raw if isinstance(raw, str) and raw else otherwise

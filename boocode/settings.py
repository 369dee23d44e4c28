"""Settings: one frozen value from `config.toml` and the environment, checked before anything starts.

Order of precedence: command line, environment, `config.toml` in the home, defaults. An unknown key or a wrong
type stops the start with the file and the key in the message; nothing is guessed.
"""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import attrs
import msgspec
from attrs import field, frozen

from boocode.bundled_claude import with_claude_found
from boocode.domain.native.failures import shown_url
from boocode.domain.native.profiles import Leave
from boocode.ports.agents import ProviderSpec
from boocode.providers import Provider, keeping_state, merge_providers
from boocode.settings_error import SettingsError as SettingsError

CONFIG_NAME = "config.toml"
SHORTEST_LEASE_S = 1.0
"""A shorter one would be lost by every pause of the machine."""
SMALLEST_WINDOW = 2_000
"""Tokens; less does not hold the agent's own prompt and tools."""


@frozen
class Server:
    host: str = "127.0.0.1"
    port: int = 9502


@frozen
class Database:
    url: str | None = None
    patience_s: float = 20.0


@frozen
class Pool:
    max_warm: int = 8
    idle_ttl_s: float = 900.0


@frozen
class Dispatch:
    max_parallel: int = 24
    lease_s: float = 30.0


@frozen
class Worktrees:
    """Of sessions that were deleted."""

    grace_s: float = 3600.0
    look_s: float = 300.0


@frozen
class Limits:
    turn_stall_s: float = 180.0
    turn_quiet_s: float = 30.0
    agent_initialize_s: float = 30.0
    agent_session_s: float = 60.0
    agent_cancel_s: float = 5.0
    native_stall_s: float = 90.0
    permission_timeout_s: float = 600.0


@frozen
class Permissions:
    on_timeout: Literal["deny", "allow"] = "deny"


@frozen
class Model:
    """An OpenAI-compatible endpoint."""

    base_url: str | None = None
    api_key: str | None = None
    default: str | None = None
    fast: str | None = None


@frozen
class Native:
    """BooCode's own agent."""

    mode: Leave = "edit"
    edits: Literal["pending", "worktree"] = "pending"
    """pending: each edit is a pending change at once; worktree: when the turn is over."""
    context_tokens: int | None = None
    """Of the model's window; None = what the endpoint tells."""
    max_steps: int = 50
    """Model calls of one turn."""
    allowed_read_paths: tuple[str, ...] = ()
    """Folders outside of the project that it may read; `~` is the home folder of who runs BooCode."""
    command_timeout_s: float = 600.0


@frozen
class Config:
    """The shape of `config.toml`: a table for each field."""

    server: Server = Server()
    database: Database = Database()
    pool: Pool = Pool()
    dispatch: Dispatch = Dispatch()
    worktrees: Worktrees = Worktrees()
    limits: Limits = Limits()
    permissions: Permissions = Permissions()
    model: Model = Model()
    native: Native = Native()
    providers: dict[str, Provider] = field(factory=dict)


@frozen
class Settings:
    home: Path
    config: Config
    providers: tuple[ProviderSpec, ...]
    token: str | None = None
    """From BOOCODE_TOKEN; None = the one kept in the home."""
    database_url: str | None = None
    host: str = "127.0.0.1"
    port: int = 9502
    json: bool = False


def default_home(environ: Mapping[str, str]) -> Path:
    if home := environ.get("BOOCODE_HOME"):
        return Path(home).expanduser().absolute()
    data = environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(data).expanduser().absolute() / "boocode"


def load_settings(
    environ: Mapping[str, str] = os.environ,
    *,
    home: Path | None = None,
    host: str | None = None,
    port: int | None = None,
    database_url: str | None = None,
    json: bool = False,
) -> Settings:
    """Reads everything; arguments are the command line's and win. Raises SettingsError."""
    where = home.expanduser().absolute() if home is not None else default_home(environ)
    config = read_config(where / CONFIG_NAME)
    if port is None:
        port = (
            _port(environ["BOOCODE_PORT"], "BOOCODE_PORT")
            if "BOOCODE_PORT" in environ
            else config.server.port
        )
    return Settings(
        home=where,
        config=config,
        providers=tuple(
            with_claude_found(keeping_state(spec, where), environ)
            for spec in merge_providers(config.providers, where / CONFIG_NAME)
        ),
        token=environ.get("BOOCODE_TOKEN") or None,
        database_url=database_url or environ.get("DATABASE_URL") or config.database.url,
        host=host or config.server.host,
        port=port,
        json=json,
    )


def read_config(path: Path) -> Config:
    """A missing file is an empty one. Raises SettingsError on bad TOML, unknown keys, wrong types and values."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Config()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}.") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}.") from error
    _refuse_unknown(data, Config, path, ())
    try:
        config = msgspec.convert(data, Config)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{path}: {_people(str(error))}") from error
    _refuse_out_of_range(config, path)
    return config


def _port(text: str, name: str) -> int:
    if text.isascii() and text.isdigit() and int(text) <= 65535:
        return int(text)
    raise SettingsError(f"{name} is {text!r}; it must be a port number from 0 to 65535 (0 picks a free one).")


def _refuse_unknown(data: object, cls: Any, path: Path, at: tuple[str, ...]) -> None:
    if not isinstance(data, dict):
        return
    if get_origin(cls) is dict:
        for key, value in data.items():
            _refuse_unknown(value, get_args(cls)[1], path, (*at, key))
        return
    if not attrs.has(cls):
        return
    hints = get_type_hints(cls)
    for key, value in data.items():
        if key not in hints:
            known = ", ".join(hints)
            table = f"[{'.'.join(at)}]" if at else "the file"
            raise SettingsError(f"{path}: {table} has an unknown key '{key}'. Known are: {known}.")
        _refuse_unknown(value, hints[key], path, (*at, key))


def _refuse_out_of_range(config: Config, path: Path) -> None:
    checks = (
        ("server.port", config.server.port, 0 <= config.server.port <= 65535, "from 0 to 65535"),
        ("pool.max_warm", config.pool.max_warm, config.pool.max_warm >= 1, "at least 1"),
        ("pool.idle_ttl_s", config.pool.idle_ttl_s, config.pool.idle_ttl_s > 0, "more than 0 seconds"),
        (
            "dispatch.max_parallel",
            config.dispatch.max_parallel,
            config.dispatch.max_parallel >= 1,
            "at least 1",
        ),
        (
            "database.patience_s",
            config.database.patience_s,
            config.database.patience_s >= 0,
            "0 seconds or more",
        ),
        (
            "dispatch.lease_s",
            config.dispatch.lease_s,
            config.dispatch.lease_s >= SHORTEST_LEASE_S,
            f"at least {SHORTEST_LEASE_S:g} seconds",
        ),
        ("worktrees.grace_s", config.worktrees.grace_s, config.worktrees.grace_s >= 0, "0 seconds or more"),
        ("worktrees.look_s", config.worktrees.look_s, config.worktrees.look_s > 0, "more than 0 seconds"),
        *_model_checks(config.model),
        *_native_checks(config.native),
        *(
            (f"limits.{name}", limit, limit > 0, "more than 0 seconds")
            for name, limit in attrs.asdict(config.limits).items()
        ),
    )
    for key, found, fits, wanted in checks:
        if not fits:
            raise SettingsError(f"{path}: {key} is {found}; it must be {wanted}.")


def _model_checks(model: Model) -> Iterator[tuple[str, object, bool, str]]:
    url, key = model.base_url, model.api_key
    if url is not None:
        is_web = url.strip().startswith(("http://", "https://"))
        yield (
            "model.base_url",
            repr(shown_url(url)),
            is_web,
            "an address that begins with http:// or https://",
        )
    if key is not None:
        fits = key.isascii() and key.isprintable()
        yield "model.api_key", "not what can be sent", fits, "of plain letters, digits and signs, on one line"


def _native_checks(native: Native) -> Iterator[tuple[str, object, bool, str]]:
    window, steps, seconds = native.context_tokens, native.max_steps, native.command_timeout_s
    fits = window is None or window >= SMALLEST_WINDOW
    yield "native.context_tokens", window, fits, f"at least {SMALLEST_WINDOW} tokens"
    yield "native.max_steps", steps, steps >= 1, "at least 1"
    yield "native.command_timeout_s", seconds, seconds > 0, "more than 0 seconds"
    for path in native.allowed_read_paths:
        yield (
            "native.allowed_read_paths",
            repr(path),
            path.startswith(("/", "~/")),
            "absolute, or begin with ~/",
        )


def _people(error: str) -> str:
    """msgspec's «Expected `int`, got `str` - at `$.server.port`» as «server.port: expected int, found str»."""
    match = re.fullmatch(r"(?P<what>.*?) - at `\$\.?(?P<key>.*?)`", error)
    what = match["what"] if match else error
    what = (
        what.replace("Expected", "expected")
        .replace("got", "found")
        .replace("Invalid", "invalid")
        .replace("`", "")
    )
    return f"{match['key']}: {what}." if match else f"{what}."

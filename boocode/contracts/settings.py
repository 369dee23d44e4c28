"""What people set in the web UI, and what they are told of how BooCode is set up."""

from typing import Literal, TypeAlias

from attrs import frozen

Theme: TypeAlias = Literal["dark", "light", "system"]
DiffView: TypeAlias = Literal["unified", "side_by_side"]
SendKey: TypeAlias = Literal["enter", "mod_enter"]


@frozen
class UiSettings:
    """Follows a person from browser to browser; what belongs to one browser (layout, drafts) is not here."""

    theme: Theme = "dark"
    diff_view: DiffView = "unified"
    send_key: SendKey = "enter"
    """What sends a prompt; the other one makes a line."""
    notifications: bool = False
    show_reasoning: bool = False
    """Whether reasoning is shown unfolded."""
    default_agent: str | None = None
    """For new chats; null: the first that is installed."""


@frozen
class ConfigFact:
    """One setting of `config.toml` as it counts now. Secrets, commands and addresses of others are not among them."""

    key: str
    """Table and name: `limits.turn_stall_s`."""
    value: str | int | float | bool
    is_default: bool


@frozen
class About:
    """How this BooCode is set up. Paths are those of the machine that it runs on."""

    version: str
    home: str
    config_file: str
    """It may not exist: then everything is as by default."""
    database: Literal["embedded", "own"]
    """`own`: a PostgreSQL that somebody gave to BooCode."""
    url: str
    """Where the edge listens, without the token."""
    facts: tuple[ConfigFact, ...]

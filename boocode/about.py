"""What people are told of how this BooCode is set up: nothing that is a secret, or could hold one.

Commands, environments and addresses of agents, models and databases are left out: they may carry keys.
"""

from collections.abc import Iterator

import attrs

from boocode.contracts.settings import About, ConfigFact
from boocode.settings import CONFIG_NAME, Config, Settings
from boocode.version import __version__

_TABLES = ("pool", "dispatch", "worktrees", "limits", "permissions", "native")


def about(settings: Settings, url: str) -> About:
    """`url`: where the edge listens."""
    return About(
        version=__version__,
        home=str(settings.home),
        config_file=str(settings.home / CONFIG_NAME),
        database="own" if settings.database_url else "embedded",
        url=url,
        facts=tuple(_facts(settings.config)),
    )


def _facts(config: Config) -> Iterator[ConfigFact]:
    default = Config()
    for name in _TABLES:
        table = getattr(config, name)
        for field in attrs.fields(type(table)):
            value = getattr(table, field.name)
            is_default = value == getattr(getattr(default, name), field.name)
            yield ConfigFact(f"{name}.{field.name}", _plain(value), is_default)


def _plain(value: object) -> str | int | float | bool:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return value if isinstance(value, str | int | float | bool) else "not set"

"""The settings of the web UI: a row for each that was ever set, under `ui.NAME`, its value as JSON.

A row of another version, or one that does not fit any more, counts as not set.
"""

from typing import Any

import attrs
import msgspec

from boocode.adapters.postgres.database import Unit
from boocode.adapters.postgres.part import StorePart
from boocode.adapters.postgres.rows import to_json
from boocode.adapters.postgres.text import storable
from boocode.contracts.requests import SettingsChange
from boocode.contracts.settings import UiSettings

PREFIX = "ui."
_NAMES = tuple(field.name for field in attrs.fields(UiSettings))


class UiSettingsStore(StorePart):
    async def ui_settings(self) -> UiSettings:
        return await self._database.unit(read_settings)

    async def change_ui_settings(self, change: SettingsChange) -> UiSettings:
        async def work(unit: Unit) -> UiSettings:
            for name in _NAMES:  # always in this order: two never wait in a circle
                value = getattr(change, name)
                if value is not msgspec.UNSET:
                    await unit.run("setting_set", PREFIX + name, storable(to_json(value)))
            return await read_settings(unit)

        return await self._database.transaction(work)


async def read_settings(unit: Unit) -> UiSettings:
    stored = {row["key"].removeprefix(PREFIX): row["value"] for row in await unit.rows("settings_of_ui")}
    settings = UiSettings()
    for name in _NAMES:
        if name in stored:
            settings = _with(settings, name, stored[name])
    return settings


def _with(settings: UiSettings, name: str, text: str) -> UiSettings:
    try:
        plain: dict[str, Any] = {**attrs.asdict(settings), name: msgspec.json.decode(text)}
        return msgspec.convert(plain, UiSettings)
    except msgspec.MsgspecError:
        return settings

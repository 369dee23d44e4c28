"""What people set in the web UI, and how this BooCode is set up."""

from msgspec import UNSET

from boocode.contracts.requests import SettingsChange
from boocode.contracts.settings import About, UiSettings
from web.deps import EdgeDeps
from web.routes.messages import check_agent
from web.routing import Call, Route


async def get_settings(deps: EdgeDeps, _: Call[None, None]) -> UiSettings:
    return await deps.store.ui_settings()


async def change_settings(deps: EdgeDeps, call: Call[SettingsChange, None]) -> UiSettings:
    """Every window hears of it by `settings_updated`."""
    agent = call.body.default_agent
    if agent is not UNSET and agent is not None:
        check_agent(deps, agent, "default_agent")
    return await deps.store.change_ui_settings(call.body)


async def about(deps: EdgeDeps, _: Call[None, None]) -> About:
    return deps.about()


ROUTES = (
    Route("GET", "/api/settings", get_settings, "The settings of the web UI", UiSettings),
    Route(
        "PATCH", "/api/settings", change_settings, "Change some settings of the web UI", UiSettings,
        body=SettingsChange, errors=(422,),
    ),
    Route("GET", "/api/about", about, "How this BooCode is set up; nothing secret", About),
)  # fmt: skip

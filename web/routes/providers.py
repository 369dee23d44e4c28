"""The agents on this machine."""

from boocode.contracts.resources import Provider
from boocode.ports.names import PROBER
from boocode.ports.probing import RefreshProviders
from web.deps import EdgeDeps
from web.routing import Call, Route

REFRESH_TIMEOUT_S = 55.0
"""Longer than a round of the prober, and the end of what it had started."""


async def list_providers(deps: EdgeDeps, _: Call[None, None]) -> tuple[Provider, ...]:
    return deps.providers()


async def refresh_providers(deps: EdgeDeps, _: Call[None, None]) -> tuple[Provider, ...]:
    return await deps.system.whereis(PROBER).call(RefreshProviders(), REFRESH_TIMEOUT_S)


ROUTES = (
    Route("GET", "/api/providers", list_providers, "What is known of each agent", tuple[Provider, ...]),
    Route(
        "POST", "/api/providers/refresh", refresh_providers, "Look for the agents again", tuple[Provider, ...]
    ),
)

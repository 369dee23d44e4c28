"""Whether BooCode takes work, and the description of the API."""

from boocode.contracts.resources import Health
from web.deps import EdgeDeps
from web.routing import Answer, Call, Route


async def health(deps: EdgeDeps, _: Call[None, None]) -> Answer:
    state = deps.health()
    return Answer(state, 200 if state.status == "ok" else 503)


async def openapi(deps: EdgeDeps, _: Call[None, None]) -> object:
    from web.openapi import description

    return description(deps.version)


ROUTES = (
    Route("GET", "/api/health", health, "Whether BooCode takes work", Health, other_statuses=(503,)),
    Route("GET", "/openapi.json", openapi, "This description", dict[str, object]),
)

"""Whether a claimed task can run at all, decided before anything is started."""

from collections.abc import Collection, Mapping
from typing import Generic, TypeVar

from attrs import frozen

from boocode.domain.events import Failed

P = TypeVar("P")


@frozen
class Runnable(Generic[P]):
    provider: P


def find_provider(
    agent: str, transport_of: Mapping[str, str], providers: Mapping[str, P], runnable: Collection[str]
) -> Runnable[P] | Failed:
    """The provider that runs `agent`, or why none can. `transport_of`: provider id → its transport; `runnable`:
    the transports that there is a backend for."""
    provider = providers.get(agent)
    if provider is None:
        known = ", ".join(sorted(providers))
        words = (
            f"There is no agent '{agent}'. Known are: {known}. Add it to config.toml as [providers.{agent}]."
        )
        return Failed("agent_start_failed", words)
    transport = transport_of[agent]
    if transport not in runnable:
        spoken = ", ".join(f"'{each}'" for each in sorted(runnable))
        words = f"The agent '{agent}' is set to speak '{transport}'; this version runs agents that speak {spoken}."
        return Failed("agent_start_failed", words)
    return Runnable(provider)

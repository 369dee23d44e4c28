"""What BooCode's own agent is given: its parts, joined."""

from collections.abc import Sequence

import trio
from attrs import frozen

from boocode.adapters.native.briefing import Briefings
from boocode.kernel import KernelError
from boocode.ports.model_endpoint import ModelEndpoint
from boocode.ports.native import (
    Briefing,
    MakeTools,
    NativeMemory,
    NativeNews,
    NativePlace,
    NewsSource,
)
from boocode.ports.native_tools import NativeTool
from boocode.ports.store import StoreError

MISSING = "Some of the agent's tools are missing in this turn: {error}"


@frozen
class JoinedWorld:
    """A NativeWorld. Of two tools of one name the source that comes first has it; one that fails leaves the others."""

    endpoint: ModelEndpoint
    memory: NativeMemory
    briefings: Briefings
    sources: tuple[MakeTools, ...] = ()
    news_sources: tuple[NewsSource, ...] = ()

    async def brief(self, place: NativePlace) -> Briefing:
        return await self.briefings.brief(place)

    async def tools(self, place: NativePlace) -> tuple[tuple[NativeTool, ...], tuple[str, ...]]:
        made: dict[int, tuple[tuple[NativeTool, ...], tuple[str, ...]]] = {}

        async def make(at: int, source: MakeTools) -> None:
            try:
                made[at] = await source(place)
            except (KernelError, StoreError, OSError) as error:
                made[at] = ((), (MISSING.format(error=error),))

        async with trio.open_nursery() as nursery:
            for at, source in enumerate(self.sources):
                nursery.start_soon(make, at, source)
        tools: dict[str, NativeTool] = {}
        warnings: list[str] = []
        for at in range(len(self.sources)):
            warnings += made[at][1]
            for tool in made[at][0]:
                if tools.setdefault(tool.offer.name, tool) is not tool:
                    warnings.append(f"There are two tools {tool.offer.name}; one is left out.")
        return tuple(tools.values()), tuple(warnings)

    async def news(self, place: NativePlace) -> tuple[NativeNews, ...]:
        return tuple([each for source in self.news_sources for each in await source.news(place)])

    async def told(self, place: NativePlace, keys: Sequence[str]) -> None:
        for source in self.news_sources:
            await source.told(place, keys)

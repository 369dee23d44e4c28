"""What BooCode's own agent is given, joined of its parts."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import trio

from boocode.adapters.native.briefing import Briefings
from boocode.adapters.native.world import JoinedWorld
from boocode.domain.native.conversation import Told
from boocode.kernel import KernelError
from boocode.ports.native import MakeTools, NativeChoices, NativeNews, NativePlace, NewsSource
from tests.actors.native_kit import HeldMemory, Tool

PLACE = NativePlace(cast(Any, SimpleNamespace()), "c1", "/nowhere", NativeChoices())


def source(*tools: Tool, warnings: tuple[str, ...] = (), after: trio.Event | None = None) -> MakeTools:
    async def make(place: NativePlace) -> tuple[tuple[Tool, ...], tuple[str, ...]]:
        if after is not None:
            await after.wait()
        return tools, warnings

    return make


def failing(error: Exception) -> MakeTools:
    async def make(place: NativePlace) -> tuple[tuple[Tool, ...], tuple[str, ...]]:
        raise error

    return make


def world(tmp_path: Path, *sources: MakeTools, news: tuple[NewsSource, ...] = ()) -> JoinedWorld:
    endpoint: Any = SimpleNamespace()
    return JoinedWorld(endpoint, HeldMemory(), Briefings(tmp_path), sources, news)


async def test_tools_come_in_the_order_of_their_sources_whoever_is_ready_first(tmp_path: Path) -> None:
    ready = trio.Event()

    def opening(then: Callable[[], None]) -> MakeTools:
        async def make(place: NativePlace) -> Awaitable[Any]:
            then()
            return await source(Tool("b"), warnings=("of b",))(place)

        return cast(MakeTools, make)

    joined = world(tmp_path, source(Tool("a"), warnings=("of a",), after=ready), opening(ready.set))
    with trio.fail_after(10):
        tools, warnings = await joined.tools(PLACE)
    assert [tool.offer.name for tool in tools] == ["a", "b"]
    assert warnings == ("of a", "of b")


async def test_of_two_tools_of_one_name_the_first_is_taken_and_people_are_told(tmp_path: Path) -> None:
    first, second = Tool("a"), Tool("a")
    tools, warnings = await world(tmp_path, source(first), source(second)).tools(PLACE)
    assert [tool is first for tool in tools] == [True]
    assert "two tools a" in warnings[0]


async def test_a_source_that_fails_leaves_the_others(tmp_path: Path) -> None:
    joined = world(tmp_path, failing(KernelError("its actor is gone")), source(Tool("b")))
    tools, warnings = await joined.tools(PLACE)
    assert [tool.offer.name for tool in tools] == ["b"]
    assert "its actor is gone" in warnings[0]


class Papers:
    def __init__(self, *keys: str) -> None:
        self._keys = keys
        self.heard: list[str] = []

    async def news(self, place: NativePlace) -> tuple[NativeNews, ...]:
        return tuple(NativeNews(Told(key, key), key) for key in self._keys)

    async def told(self, place: NativePlace, keys: Any) -> None:
        self.heard += keys


async def test_every_source_of_news_is_asked_and_hears_what_was_told(tmp_path: Path) -> None:
    one, two = Papers("a"), Papers("b", "c")
    joined = world(tmp_path, news=(one, two))
    assert [each.notice for each in await joined.news(PLACE)] == ["a", "b", "c"]
    await joined.told(PLACE, ["b"])
    assert (one.heard, two.heard) == (["b"], ["b"])

"""Probing BooCode's own agent: there is nothing to start, only an endpoint that is there, away or not set."""

from pathlib import Path

import pytest
from attrs import evolve

from boocode.adapters.postgres import PostgresStore
from boocode.adapters.probes.native import NativeAsker
from boocode.domain.native.profiles import LEAVES
from boocode.ports.probing import Askers
from boocode.providers import NATIVE
from tests.actors.prober_kit import Place, probing
from tests.kit.model_endpoint import serve_model

NOBODY = "http://127.0.0.1:1"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def asking(place: Place, url: str) -> Askers:
    return {NATIVE.transport: NativeAsker(place.folder, url, None, None, "edit")}


async def test_it_offers_the_models_of_the_endpoint(place: Place, store: PostgresStore):
    async with (
        serve_model() as model,
        probing(place, store, NATIVE, base_url=model.url, askers=asking(place, model.url)) as scene,
    ):
        await scene.until_quiet()
        found = scene.providers["boocode"]
    assert (found.installed, found.error, found.transport) == (True, None, "native")
    assert [each.id for each in found.models] == ["scripted-1", "scripted-2"]
    assert (found.modes, found.default_mode, found.default_model) == (LEAVES, "edit", "scripted-1")


async def test_models_of_config_are_added(place: Place, store: PostgresStore):
    spec = evolve(NATIVE, models=("alias",))
    async with (
        serve_model() as model,
        probing(place, store, spec, base_url=model.url, askers=asking(place, model.url)) as scene,
    ):
        await scene.until_quiet()
        assert [each.id for each in scene.providers["boocode"].models] == [
            "scripted-1",
            "scripted-2",
            "alias",
        ]


async def test_without_an_endpoint_it_is_not_there_and_says_what_to_put_where(
    place: Place, store: PostgresStore
):
    async with probing(place, store, NATIVE, askers=asking(place, NOBODY)) as scene:
        assert not scene.announced[0][0].installed
        await scene.until_quiet()
        found = scene.providers["boocode"]
    assert not found.installed
    assert found.error is not None
    for word in ("config.toml", "[model]", 'base_url = "http'):
        assert word in found.error


async def test_an_endpoint_that_is_away_is_told_and_what_it_served_before_still_offered(
    place: Place, store: PostgresStore
):
    async with (
        serve_model() as model,
        probing(place, store, NATIVE, base_url=model.url, askers=asking(place, model.url)) as scene,
    ):
        await scene.until_quiet()
    async with probing(place, store, NATIVE, base_url=NOBODY, askers=asking(place, NOBODY)) as scene:
        await scene.until_quiet()
        found = scene.providers["boocode"]
    assert found.installed
    assert found.error is not None
    assert "could not be reached" in found.error
    assert [each.id for each in found.models] == ["scripted-1", "scripted-2"]


async def test_each_start_asks_anew_what_is_served(place: Place, store: PostgresStore):
    async with serve_model() as model:
        for name in ("first", "second"):
            model.pages["/v1/models"] = {"data": [{"id": name}]}
            async with probing(
                place, store, NATIVE, base_url=model.url, askers=asking(place, model.url)
            ) as scene:
                await scene.until_quiet()
                assert [each.id for each in scene.providers["boocode"].models] == [name]

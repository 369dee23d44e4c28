"""What BooCode's own agent offers: asked of a real endpoint and a home."""

from pathlib import Path

import pytest
from attrs import evolve

from boocode.adapters.probes.native import NativeAsker
from boocode.domain.native.profiles import LEAVES
from boocode.ports.probing import ProbeFailed
from boocode.providers import NATIVE
from boocode.version import __version__
from tests.kit.model_endpoint import serve_model


async def test_its_models_are_the_endpoints_and_its_modes_boocodes(tmp_path: Path):
    async with serve_model() as model:
        model.key = "sekret"
        told = await NativeAsker(tmp_path, model.url, "sekret", None, "edit")(NATIVE)
    assert [each.id for each in told.models] == ["scripted-1", "scripted-2"]
    assert (told.default_model, told.default_mode) == ("scripted-1", "edit")
    assert told.modes == LEAVES
    assert told.version == __version__
    assert "high" in told.thinking
    assert {"help", "compact"} <= {command.name for command in told.commands}


async def test_the_model_of_the_settings_is_the_default_even_as_an_alias(tmp_path: Path):
    async with serve_model() as model:
        second = await NativeAsker(tmp_path, model.url, None, "scripted-2", "ask")(NATIVE)
        alias = await NativeAsker(tmp_path, model.url, None, "coder", "ask")(NATIVE)
    assert [each.id for each in second.models] == ["scripted-2", "scripted-1"]
    assert (second.default_model, second.default_mode) == ("scripted-2", "ask")
    assert [each.id for each in alias.models] == ["coder", "scripted-1", "scripted-2"]


async def test_profiles_of_the_home_are_modes(tmp_path: Path):
    (tmp_path / "AGENTS.md").write_text("# Reviewer\nYou review.\n# Writer\nYou write.\n")
    async with serve_model() as model:
        told = await NativeAsker(tmp_path, model.url, None, None, "edit")(NATIVE)
    assert told.modes == (*LEAVES, "Reviewer", "Writer")


async def test_an_endpoint_that_is_away_is_told_in_words(tmp_path: Path):
    with pytest.raises(ProbeFailed, match=r"could not be reached.*base_url in \[model\]"):
        await NativeAsker(tmp_path, "http://127.0.0.1:1", None, None, "edit")(NATIVE)


async def test_the_first_model_of_its_own_entry_is_its_default(tmp_path: Path):
    spec = evolve(NATIVE, id="small", models=("scripted-2", "other"))
    async with serve_model() as model:
        told = await NativeAsker(tmp_path, model.url, None, "scripted-1", "ask")(spec)
    assert told.default_model == "scripted-2"

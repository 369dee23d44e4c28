"""The names of an endpoint's models, for agents that are only told of them."""

import pytest

from boocode.adapters.probes.endpoint import model_names
from boocode.ports.probing import ProbeFailed
from tests.kit.model_endpoint import serve_model


async def test_an_endpoint_names_its_models():
    async with serve_model() as model:
        assert await model_names(model.url) == ("scripted-1", "scripted-2")


async def test_one_that_is_away_is_told_in_words():
    with pytest.raises(ProbeFailed, match="could not be reached"):
        await model_names("http://127.0.0.1:1")

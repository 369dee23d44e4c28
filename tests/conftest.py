"""Fixtures for every test: the probe and guarded trees. Parts add theirs in `tests/<part>/conftest.py`."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import hypothesis
import pytest

from tests.kit.probe import Probe

if TYPE_CHECKING:
    from tests.kit.trees import Trees

# The same programs at every run, so that a green run stays green; HYPOTHESIS_PROFILE=explore looks for
# new ones and prints the blob that repeats a failure.
hypothesis.settings.register_profile(
    "repeat", derandomize=True, database=None, print_blob=True, deadline=None
)
hypothesis.settings.register_profile("explore", database=None, print_blob=True, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeat"))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "case(number): the kernel rule of that number, 1-76")


@pytest.fixture
def probe() -> Probe:
    """An empty diary."""
    return Probe()


@pytest.fixture
async def tree() -> AsyncIterator[Trees]:
    """Opens supervision trees and fails on what outlives them; pure tests do not load the kernel for it."""
    from tests.kit.trees import guarded_trees

    async with guarded_trees() as trees:
        yield trees

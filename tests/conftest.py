"""Fixtures for every test: the probe and guarded trees. Parts add theirs in `tests/<part>/conftest.py`."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from tests.kit.probe import Probe
from tests.kit.scratch import in_memory

if TYPE_CHECKING:
    from tests.kit.trees import Trees

# The same programs at every run, so that a green run stays green; HYPOTHESIS_PROFILE=explore looks for
# new ones and prints the blob that repeats a failure.
hypothesis.settings.register_profile(
    "repeat", derandomize=True, database=None, print_blob=True, deadline=None
)
hypothesis.settings.register_profile("explore", database=None, print_blob=True, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeat"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--agents",
        nargs="?",
        const="",
        metavar="NAME",
        help="run the tests of real agents, and only those; with NAME those of agents whose name begins so",
    )
    parser.addoption(
        "--contract-results", metavar="FILE", help="keep what came of the backends' contract in this file"
    )


def pytest_configure(config: pytest.Config) -> None:
    name = config.getoption("--agents")
    if name and os.path.exists(name.partition("::")[0]):
        raise pytest.UsageError(f"--agents takes the name of an agent: write {name} before it")
    _keep_files_in_memory()
    _compile_once(config)
    _keep_sockets_together(config)
    config.addinivalue_line("markers", "case(number): the kernel rule of that number, 1-76")
    config.addinivalue_line("markers", "row(row): the row of the backends' contract")
    config.addinivalue_line(
        "markers", "real_agent(name): needs that agent installed; runs with --agents only"
    )


def _keep_files_in_memory() -> None:
    """A server on a busy disk takes three times as long to start. Who names a place for the files gets it."""
    memory = in_memory()
    if memory is not None:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))


def _compile_once(config: pytest.Config) -> None:
    """Who wants no bytecode beside the sources would have each of a few hundred programs compile them all anew: what
    the tests start keeps it in a folder of this run."""
    if os.environ.get("PYTHONDONTWRITEBYTECODE") and "PYTHONPYCACHEPREFIX" not in os.environ:
        del os.environ["PYTHONDONTWRITEBYTECODE"]
        folder = tempfile.mkdtemp(prefix="boocode-pycache-", dir=in_memory())
        os.environ["PYTHONPYCACHEPREFIX"] = folder
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


def _keep_sockets_together(config: pytest.Config) -> None:
    """A killed server leaves the place of its database's socket to a later one: here they all go with the run."""
    folder = tempfile.mkdtemp(prefix="boocode-run-")
    os.chmod(folder, 0o711)  # where root may not use namespaces, another user has to reach it
    os.environ["XDG_RUNTIME_DIR"] = folder
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests of real agents are for `make test-agents`; all others are not, but for the contract itself."""
    wanted: str | None = config.getoption("--agents")
    others = [item for item in items if not _is_wanted(item, wanted)]
    items[:] = [item for item in items if _is_wanted(item, wanted)]
    config.hook.pytest_deselected(items=others)


def _is_wanted(item: pytest.Item, wanted: str | None) -> bool:
    marker = item.get_closest_marker("real_agent")
    if wanted is None:
        return marker is None
    if marker is None:
        return not wanted and item.get_closest_marker("row") is not None
    return str(marker.args[0]).startswith(wanted)


@pytest.fixture
def probe() -> Probe:
    """An empty diary."""
    return Probe()


@pytest.fixture(scope="session")
def made_cluster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a PostgreSQL cluster that no server has run on, to be copied; nothing may start in it."""
    from tests.kit.clusters import make_cluster

    home = tmp_path_factory.mktemp("made")
    make_cluster(home)
    return home


@pytest.fixture
async def tree() -> AsyncIterator[Trees]:
    """Opens supervision trees and fails on what outlives them; pure tests do not load the kernel for it."""
    from tests.kit.trees import guarded_trees

    async with guarded_trees() as trees:
        yield trees

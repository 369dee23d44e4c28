"""A home and a repository for tests of the whole."""

from pathlib import Path

import pytest

from tests.kit.clusters import copy_cluster
from tests.kit.postgres import database_url, postgres_server  # noqa: F401
from tests.kit.repositories import make_repository

LEASE_S = 5.0


@pytest.fixture
def home(tmp_path: Path, made_cluster: Path) -> Path:
    """Of a BooCode that has its cluster already: most tests are not about the first start."""
    path = tmp_path / "home"
    path.mkdir(mode=0o700)
    copy_cluster(made_cluster, path)
    return path


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repository", {"README.md": "# Example\n"}).root


@pytest.fixture
def homes(tmp_path: Path) -> tuple[Path, Path]:
    """Both know the same practice conversations, as two BooCodes of one person know those of any other agent."""
    made = (tmp_path / "a", tmp_path / "b")
    for home in made:
        home.mkdir()
        (home / "config.toml").write_text(
            f"[dispatch]\nlease_s = {LEASE_S}\n"
            f'[providers.practice]\nenv = {{ BOOCODE_PRACTICE_STATE = "{tmp_path / "practice"}" }}\n'
        )
    return made

"""A home and a repository for tests of the whole."""

from pathlib import Path

import pytest

from tests.kit.postgres import database_url, postgres_server  # noqa: F401
from tests.kit.repositories import make_repository


@pytest.fixture
def home(tmp_path: Path) -> Path:
    path = tmp_path / "home"
    path.mkdir()
    return path


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repository", {"README.md": "# Example\n"}).root

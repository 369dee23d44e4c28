"""The sources of generated methods are not kept; those of files are."""

import linecache
import subprocess
import sys
import traceback
from collections.abc import Iterator

import pytest
from attrs import frozen

from boocode.generated_sources import keep_no_generated_sources

SERVE = """
import linecache
from boocode.cli.main import main

main(["serve", "--help"], standalone_mode=False)
import boocode.app
print([name for name in linecache.cache if name.startswith("<attrs generated")])
"""


@pytest.fixture
def cache() -> Iterator[None]:
    cache = linecache.cache
    linecache.cache = dict(cache)
    yield
    linecache.cache = cache


def test_a_server_keeps_none() -> None:
    done = subprocess.run([sys.executable, "-c", SERVE], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.usefixtures("cache")
def test_a_traceback_shows_the_lines_of_files_and_names_generated_methods() -> None:
    def told() -> str:
        @frozen
        class Point:
            x: int
            y: int

            def __attrs_post_init__(self) -> None:
                raise ValueError("no such point")

        with pytest.raises(ValueError, match="no such point") as raised:
            Point(1, 2)
        return "".join(traceback.format_exception(raised.value))

    kept = told()
    linecache.clearcache()
    keep_no_generated_sources()
    keep_no_generated_sources()
    not_kept = told()
    assert "self.__attrs_post_init__()" in kept
    assert "self.__attrs_post_init__()" not in not_kept
    assert "in __init__" in not_kept
    assert 'raise ValueError("no such point")' in not_kept

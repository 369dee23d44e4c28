"""What the build is made of, and how it is served."""

import gzip
import json
import re

import httpx2
import pytest

from tests.kit.browsing import Place, built_ui

FIRST_JS = 70_000
FIRST_CSS = 15_000
LAZY_JS = 60_000
"""Bytes, compressed."""


def packed(name: str) -> int:
    return len(gzip.compress((built_ui() / name).read_bytes(), 9, mtime=0))


def first_load() -> list[str]:
    """What the first page loads before it can be used."""
    return re.findall(r'(?:src|href)="/(assets/[^"]+)"', (built_ui() / "index.html").read_text())


def test_the_first_load_stays_within_its_budget():
    names = first_load()
    assert sum(packed(name) for name in names if name.endswith(".js")) <= FIRST_JS
    assert sum(packed(name) for name in names if name.endswith(".css")) <= FIRST_CSS


def test_every_lazy_chunk_stays_within_its_budget():
    chunks = {name.relative_to(built_ui()).as_posix() for name in (built_ui() / "assets").glob("*.js")}
    sizes = {name: packed(name) for name in chunks - set(first_load())}
    assert {name: size for name, size in sizes.items() if size > LAZY_JS} == {}


def test_assets_are_kept_by_browsers_and_the_index_is_not(place: Place):
    headers = {"authorization": f"Bearer {place.token}"}
    index = httpx2.get(place.url, headers=headers)
    assert index.headers["cache-control"] == "no-cache"
    for name in first_load():
        asset = httpx2.get(f"{place.url}/{name}", headers=headers)
        assert "immutable" in asset.headers["cache-control"]
        assert asset.status_code == 200
        again = httpx2.get(f"{place.url}/{name}", headers={**headers, "if-none-match": asset.headers["etag"]})
        assert again.status_code == 304


@pytest.mark.parametrize("path", ["assets/../index.html", "assets/nothing.js", "assets/%2e%2e/index.html"])
def test_nothing_else_can_be_asked_for(place: Place, path: str):
    answer = httpx2.get(f"{place.url}/{path}", headers={"authorization": f"Bearer {place.token}"})
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_route")


def test_the_policy_of_the_page_names_no_place_but_its_own(place: Place):
    answer = httpx2.get(place.url, headers={"authorization": f"Bearer {place.token}"})
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert "unsafe" not in json.dumps(policy)

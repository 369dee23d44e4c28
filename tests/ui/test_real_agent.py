"""The whole path with a real agent: opencode, against a scripted model on loopback."""

import json
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.actors.opencode_kit import PROGRAM, installed, private_home
from tests.kit.browsing import Place, serving_place, watched_page
from tests.kit.scripted_model import scripted_model
from tests.ui.hands import Mouse
from tests.ui.journey import walk
from tools.agents import environment

pytestmark = installed
ASKS_BEFORE_EDITS = "careful"
PROBE_S = 60


def test_the_whole_path_with_opencode(browser: Any, tmp_path: Path):
    with scripted_model() as url:
        env = {**environment("opencode", url), **private_home(tmp_path / "own")}
        lines = [f"{name} = {json.dumps(value)}" for name, value in env.items()]
        command = f"command = {json.dumps([str(PROGRAM), 'serve'])}"
        config = "\n".join(["[providers.opencode]", command, "[providers.opencode.env]", *lines]) + "\n"
        with serving_place(tmp_path, config=config) as place:
            place.api("PATCH", "settings", {"default_agent": "opencode"})
            wait_until_probed(place)
            with watched_page(browser, place.door) as page:
                walk(
                    page,
                    place.repository(),
                    Mouse(),
                    "write hello.txt: hello from a model then say done",
                    before=lambda: choose_mode(page),
                    yes="Allow once",
                    file="hello.txt",
                    text="hello from a model",
                )


def wait_until_probed(place: Place) -> None:
    deadline = time.monotonic() + PROBE_S
    while time.monotonic() < deadline:
        (opencode,) = (each for each in place.api("GET", "providers") if each["id"] == "opencode")
        if ASKS_BEFORE_EDITS in opencode["modes"]:
            return
        time.sleep(0.2)
    raise AssertionError(f"opencode was not probed within {PROBE_S} s: {opencode['error']}")


def choose_mode(page: Any) -> None:
    page.get_by_role("button", name="Mode:").click()
    page.get_by_role("option", name=ASKS_BEFORE_EDITS).click()
    expect(page.get_by_role("button", name=f"Mode: {ASKS_BEFORE_EDITS}")).to_be_visible()

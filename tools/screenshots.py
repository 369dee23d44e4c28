"""Pictures of the web UI: `python -m tools.screenshots [--docs]`. A real server, the practice agent, headless Chromium.

Every main view, dark and light, desktop and phone, goes into `screenshots/`, which git ignores. With `--docs` those
that the docs show are taken anew instead.
"""

import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import frozen
from playwright.sync_api import Browser, Page, ViewportSize

from tests.kit.browsing import Place, running_browser, serving_place

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "screenshots"
DOCS = ROOT / "docs" / "images"
SIZES: Mapping[str, ViewportSize] = {
    "desktop": {"width": 1280, "height": 800},
    "phone": {"width": 390, "height": 844},
}
THEMES = ("dark", "light")
FILES = {"README.md": "# Greeter\n", "greeter/__init__.py": "", "greeter/words.py": 'HELLO = "hi"\n'}
WORK = (
    "think about a friendly greeting then plan Look at the words, Write the program, Run it"
    " then edit greeter/words.py replacing hi with hello then create hello.py that prints hello then read hello.py"
)
TURN_S = 60


@frozen
class Scene:
    """What the pictures show: a session with changes, and a chat that waits for an answer."""

    place: Place
    session: str
    chat: str
    asking: str

    def views(self) -> Mapping[str, str]:
        """Name → address."""
        return {
            "chat": f"#/chat/{self.chat}",
            "question": f"#/chat/{self.asking}",
            "review": f"#/session/{self.session}/review",
            "inbox": "#/inbox",
            "supervision": "#/supervision",
            "providers": "#/providers",
            "settings": "#/settings",
        }


def set_the_scene(place: Place) -> Scene:
    repository = place.repository(FILES)
    session, chat = place.chat(repository, "Greet people")
    place.prompt(chat, WORK)
    _, asking = place.chat(repository, "Try the tests")
    place.prompt(asking, "run python3 -m unittest")
    return Scene(place, session, chat, asking)


def take(scene: Scene, browser: Browser, target: Path, names: Sequence[str], theme: str, size: str) -> None:
    scene.place.api("PATCH", "settings", {"theme": theme})
    context = browser.new_context(viewport=SIZES[size], device_scale_factor=1, reduced_motion="reduce")
    page = context.new_page()
    page.goto(scene.place.door)
    for name in names:
        page.goto(f"{scene.place.url}/{scene.views()[name]}")
        _settle(page)
        page.screenshot(path=str(target / f"{name}-{theme}-{size}.png"))
    context.close()


def _settle(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(900)


def for_docs(scene: Scene, browser: Browser) -> None:
    """A chat with its changes beside it, and the supervision page."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(scene.place.door)
    page.goto(f"{scene.place.url}/#/chat/{scene.chat}")
    _settle(page)
    page.keyboard.press("Control+\\")
    page.goto(f"{scene.place.url}/{scene.views()['review']}")
    _settle(page)
    page.screenshot(path=str(DOCS / "ui.png"))
    context.close()
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(scene.place.door)
    page.goto(f"{scene.place.url}/#/supervision")
    _settle(page)
    page.screenshot(path=str(DOCS / "supervision.png"))
    context.close()


def main(arguments: list[str]) -> None:
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="me-") as folder,
        serving_place(Path(folder)) as place,
        running_browser() as browser,
    ):
        scene = set_the_scene(place)
        page = browser.new_page()
        page.goto(place.door)
        page.goto(f"{place.url}/{scene.views()['question']}")
        page.get_by_role("group", name="Question:").wait_for(timeout=TURN_S * 1000)
        page.close()
        if "--docs" in arguments:
            for_docs(scene, browser)
            return
        for theme in THEMES:
            for size in SIZES:
                take(scene, browser, FOLDER, tuple(scene.views()), theme, size)
    print(f"The pictures are in {FOLDER}.")


if __name__ == "__main__":
    main(sys.argv[1:])

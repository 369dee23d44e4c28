"""Pictures of the page for the docs: `make screenshots`. A real server, the practice agent, headless Chromium."""

import sys
import tempfile
from pathlib import Path

import trio
from playwright.sync_api import Page, ViewportSize, sync_playwright

from tests.kit.driving import new_session, prompt
from tests.kit.repositories import make_repository
from tests.kit.server import running_server

TARGET = Path(__file__).parent.parent / "docs" / "images"
CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run", "--hide-scrollbars"),
)
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
PROMPT = "think about a friendly greeting then create hello.py that prints hello then read hello.py"


def _shoot(door: str, chat: str, target: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        for name, size, where in (
            ("page", DESKTOP, f"#/chat/{chat}"),
            ("tree", DESKTOP, "#/tree"),
            ("phone", PHONE, f"#/chat/{chat}"),
        ):
            page = browser.new_page(viewport=size, device_scale_factor=1)
            page.goto(door)
            page.goto(f"{door.split('?')[0]}{where}")
            _settle(page)
            page.screenshot(path=str(target / f"{name}.png"))
            page.close()
        browser.close()


def _settle(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(700)


async def _take(target: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="me-") as folder:
        home = Path(folder) / "home"
        home.mkdir()
        shop = make_repository(Path(folder) / "greeter", {"README.md": "# Greeter\n"}).root
        async with running_server(home) as server:
            session = await new_session(server.client, shop, "Greet people")
            chat = session["chats"][0]["id"]
            await prompt(server.client, chat, PROMPT, changes=True)
            await trio.to_thread.run_sync(_shoot, f"{server.url}/?token={server.token}", chat, target)


def main() -> None:
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    target.mkdir(parents=True, exist_ok=True)
    trio.run(_take, target)
    sys.stdout.write("".join(f"wrote {path}\n" for path in sorted(target.glob("*.png"))))


if __name__ == "__main__":
    main()

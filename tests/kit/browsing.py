"""A real server with repositories beside it, and a real browser, for tests of what people see."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
from attrs import define, field

import tests.kit.fault_agent
from tools.ui import DIST, build

CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Else the browser itself looks for its maker's servers, whatever the page does.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
SLOW_MS = 20_000
"""How long anything may take on a busy machine."""
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
FAULT_AGENT = str(tests.kit.fault_agent.__file__)
Json = dict[str, Any]


def fault(*words: str) -> list[str]:
    """The command of an agent that misbehaves in this way; see fault_agent.py."""
    return [sys.executable, FAULT_AGENT, *words]


def built_ui() -> Path:
    """The web UI of these sources: built now, if it was not; in BOOCODE_UI_DIST where that is set."""
    folder = Path(os.environ.get("BOOCODE_UI_DIST", DIST))
    build(folder)
    return folder


@define
class Place:
    """A server and its folder of repositories. It can be stopped and started again at the same address."""

    folder: Path
    url: str = ""
    token: str = ""
    pid: int = 0
    count: int = 0
    _server: "subprocess.Popen[bytes] | None" = None
    _environ: Mapping[str, str] = field(factory=dict)

    @property
    def door(self) -> str:
        """The address that signs in."""
        return f"{self.url}/?token={self.token}"

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def start(self) -> None:
        port = self.url.rpartition(":")[2] or "0"
        environ = {**os.environ, **self._environ, "BOOCODE_HOME": str(self.home)}
        environ.pop("DATABASE_URL", None)
        with (self.folder / "server.log").open("ab") as log:
            self._server = subprocess.Popen(
                [sys.executable, "-m", "boocode", "serve", "--port", port, "--json"],
                stdout=subprocess.PIPE,
                stderr=log,
                env=environ,
            )
        assert self._server.stdout is not None
        with self._server.stdout as stdout:
            line = stdout.readline()
        assert line, (self.folder / "server.log").read_text()
        ready = json.loads(line)
        self.url, self.token, self.pid = f"http://127.0.0.1:{ready['port']}", ready["token"], ready["pid"]

    def stop(self) -> None:
        assert self._server is not None
        self._server.send_signal(signal.SIGTERM)
        assert self._server.wait(30) == 0

    def repository(self, files: Mapping[str, str] | None = None) -> Path:
        """A git repository with one commit: a README, or these files."""
        self.count += 1
        path = self.folder / f"project{self.count}"
        path.mkdir()
        for name, text in (files or {"README.md": "# hello\n"}).items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_text(text)
        for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "start"]):
            self.git(path, *command)
        return path

    def git(self, path: Path, *arguments: str) -> str:
        command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments]
        return subprocess.run(command, cwd=path, check=True, capture_output=True, text=True).stdout

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON of the answer, None without one; `path` is below /api/."""
        headers = {"authorization": f"Bearer {self.token}"}
        answer = httpx2.request(method, f"{self.url}/api/{path}", json=body, headers=headers, timeout=30)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def session(self, repository: Path | None = None, title: str | None = None) -> Json:
        """A project with one session of one chat."""
        project = self.api("POST", "projects", {"path": str(repository or self.repository())})
        made: Json = self.api(
            "POST", "sessions", {"project_id": project["id"], **({} if title is None else {"title": title})}
        )
        return made

    def chat(self, repository: Path | None = None, title: str | None = None) -> tuple[str, str]:
        """The ids of a new session and of its chat."""
        session = self.session(repository, title)
        return session["id"], session["chats"][0]["id"]

    def prompt(self, chat_id: str, text: str, agent: str = "practice", **more: str) -> Json:
        """Posts a prompt, as another client would."""
        posted: Json = self.api("POST", f"chats/{chat_id}/messages", {"text": text, "agent": agent, **more})
        return posted


@contextmanager
def serving_place(
    folder: Path,
    providers: Mapping[str, Sequence[str]] | None = None,
    config: str = "",
    ui: Path | None = None,
) -> Iterator[Place]:
    """`providers`: id → command of ACP agents beside the built-in ones. `config`: more lines of config.toml. `ui`:
    where the web UI is looked for, when not where it was built."""
    place = Place(folder, environ={"BOOCODE_UI_DIST": str(ui or built_ui())})
    place.home.mkdir()
    tables = [
        f'[providers.{name}]\nlabel = "{name.title()}"\ncommand = {json.dumps(list(command))}\n'
        for name, command in (providers or {}).items()
    ]
    (place.home / "config.toml").write_text("\n".join((config, *tables)))
    place.start()
    try:
        yield place
    finally:
        place.stop()


@contextmanager
def running_browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    # The database driver's bridge has replaced what asyncio makes its loops with; the browser's needs a plain one.
    bridged = asyncio.get_event_loop_policy()
    asyncio.set_event_loop_policy(asyncio.DefaultEventLoopPolicy())
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
            yield browser
            browser.close()
    finally:
        asyncio.set_event_loop_policy(bridged)


@contextmanager
def watched_page(browser: Any, door: str, **options: Any) -> Iterator[Any]:
    """A signed-in page of a fresh profile; `options` are Playwright's of a context. What it complains about is an
    error at the end."""
    context = browser.new_context(**{"viewport": DESKTOP, **options})
    context.set_default_timeout(SLOW_MS)
    complaints: list[str] = []
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("console", lambda said: complaints.append(said.text) if _is_complaint(said) else None)
    page = context.new_page()
    page.goto(door)
    yield page
    context.close()
    assert complaints == [], complaints


def _is_complaint(message: Any) -> bool:
    """Refused requests are shown on the page; what the browser itself objects to is a fault."""
    return (
        message.type == "error"
        and "Failed to load resource" not in message.text
        and "WebSocket" not in message.text
    )

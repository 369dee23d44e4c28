"""How a test uses the supervision page, and what it measures there."""

import time
from typing import Any

from tests.kit.browsing import Place

COUNT_FRAMES = """
const Native = WebSocket;
window.heard = [];
window.ended = 0;
window.WebSocket = class extends Native {
  constructor(...a) {
    super(...a);
    this.addEventListener("message", ({ data }) => {
      const at = performance.now();
      const value = JSON.parse(data);
      const frames = Array.isArray(value) ? value : [value];
      for (const frame of frames) {
        if (frame.type === "unsubscribed" && frame.topic === "supervision") window.ended += 1;
        if (!frame.type?.startsWith("supervision")) continue;
        const entry = { type: frame.type, at, nodes: frame.nodes?.length ?? 0, done: null };
        window.heard.push(entry);
        const channel = new MessageChannel();
        channel.port1.onmessage = () => { entry.done = performance.now(); };
        requestAnimationFrame(() => channel.port2.postMessage(0));
      }
    });
  }
};
"""
"""Notes each frame of the topic `supervision`: when it came, and when the screen frame that drew it was over. `ended`:
how often the server said that it follows no more."""
UPDATES = "heard.filter((frame) => frame.nodes > 20 && frame.done)"
"""Samples with something to draw that have been drawn."""
SAMPLED = "() => heard.some((frame) => frame.type === 'supervision_sample')"
SILENCE_MS = 2_500
"""Some samples would have come in it."""
HIDE = """() => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
SHOW = """() => {
  delete document.hidden;
  document.dispatchEvent(new Event("visibilitychange"));
}"""
TIME_OPENING = """async () => {
  const ways = [...document.querySelectorAll("a, button")];
  const place = ways.find((one) => one.textContent.trim().startsWith("Supervision"));
  const began = performance.now();
  place.click();
  while (document.querySelectorAll("[role=treegrid] [role=row]").length < 10) await new Promise(requestAnimationFrame);
  const channel = new MessageChannel();
  await new Promise((done) => {
    channel.port1.onmessage = done;
    requestAnimationFrame(() => channel.port2.postMessage(0));
  });
  return performance.now() - began;
}"""


def go_to(page: Any, view: str) -> None:
    """By the way at the side."""
    page.get_by_role("button", name=view, exact=True).click()


def opened(page: Any) -> Any:
    """The tree, drawn."""
    page.get_by_role("link", name="Supervision").or_(
        page.get_by_role("button", name="Supervision")
    ).first.click()
    tree = page.get_by_role("treegrid", name="Actors")
    tree.wait_for()
    return tree


def row(page: Any, name: str) -> Any:
    """The row whose actor has this name."""
    return page.get_by_role("row").filter(has=page.get_by_text(name, exact=True))


def find(page: Any, text: str) -> None:
    page.get_by_role("searchbox", name="Filter actors").fill(text)


def details(page: Any, name: str) -> Any:
    return page.get_by_role("group", name=f"Actor {name}", exact=True)


def node(place: Place, path: str) -> Any:
    found = place.api("GET", "supervision")["root"]
    for name in path.split("/")[1:]:
        found = next(child for child in found["children"] if child["name"] == name)
    return found


def pid_of_agent(place: Place, chat_id: str) -> int:
    """Of the process that runs a turn of the chat, once it does."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        for agent in node(place, "root/engine/sessions")["children"]:
            parts = {child["name"]: child for child in agent["children"]}
            if (
                chat_id in agent["name"]
                and "session" in parts
                and (parts["session"]["subject"] or {})["task_id"]
            ):
                return int(parts["process"]["process"]["pid"])
        time.sleep(0.05)
    raise AssertionError("no agent was given the turn")

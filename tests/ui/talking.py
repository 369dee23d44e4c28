"""A chat in the page: opening it, and what can be read off it."""

import json
from pathlib import Path
from typing import Any

from tests.kit.browsing import Place

WATCH = """
window.copied = [];
navigator.clipboard.writeText = async (text) => void copied.push(text);
window.sockets = [];
window.WebSocket = class extends WebSocket {
  constructor(...given) { super(...given); sockets.push(this); }
};
window.delays = [];
addEventListener("keydown", (event) => delays.push(performance.now() - event.timeStamp), { capture: true });
"""
"""What the page copies, its sockets from now on, and how long keys waited for it, in milliseconds."""


def open_chat(page: Any, place: Place, chat_id: str) -> Any:
    """Has the page show this chat, and is told what it does; its conversation."""
    page.add_init_script(WATCH)
    page.evaluate(WATCH)
    page.goto(f"{place.url}/#/chat/{chat_id}")
    return log_of(page)


def log_of(page: Any) -> Any:
    return page.get_by_role("region", name="Conversation")


def answers(page: Any) -> Any:
    return log_of(page).locator("article").filter(has=page.get_by_role("button", name="Copy this answer"))


def copied(page: Any, message: Any) -> str:
    """The text of a prompt or an answer, as it is put on the clipboard."""
    count: int = page.evaluate("copied.length")
    message.get_by_role("button", name="Copy this").first.click()
    page.wait_for_function("count => copied.length > count", arg=count)
    return str(page.evaluate("copied.at(-1)"))


def wait_for_end(page: Any, place: Place, chat_id: str) -> str:
    """Until the last prompt is answered, there and here; the server's text of the answer."""
    while True:
        last = place.api("GET", f"chats/{chat_id}/messages?limit=1")["items"][0]
        if last["role"] == "assistant" and last["status"] != "streaming":
            break
        page.wait_for_timeout(50)
    stored = len(place.api("GET", f"chats/{chat_id}/messages?limit=100")["items"])
    page.wait_for_function(
        """count => document.querySelectorAll("article").length === count
          && !document.querySelector("article[aria-busy]")""",
        arg=stored,
    )
    return str(last["text"])


def shown(page: Any) -> list[str]:
    """What stands in the conversation, message by message, but for how long ago it was."""
    script = """messages => messages.map(message => {
      const copy = message.cloneNode(true);
      copy.querySelectorAll("time, .message-more").forEach(node => node.remove());
      return copy.textContent;
    })"""
    found: list[str] = log_of(page).locator("article").evaluate_all(script)
    return found


def echo(place: Place, chat_id: str, text: str, size: int = 0, pause_ms: float = 0) -> None:
    """Has the echo agent say a text in pieces of `size` characters, one every `pause_ms`."""
    if len(text) < 100_000:
        place.prompt(chat_id, f"#echo {size or len(text)} {pause_ms}\n{text}", "echo")
        return
    path = Path(place.folder) / f"said-{len(text)}.txt"
    path.write_text(text)
    place.prompt(chat_id, f"#file {path} {size or len(text)} {pause_ms}", "echo")


def updates(place: Place, chat_id: str, *bodies: dict[str, Any]) -> None:
    """Has the echo agent send these ACP updates."""
    place.prompt(chat_id, json.dumps(bodies), "echo")


def said(text: str) -> dict[str, Any]:
    return {"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": text}}


def settle(page: Any, *, grows: bool = False) -> None:
    """Until nothing moves: the wheel glides for a while, and heights are estimates until they are drawn. `grows`:
    text is streaming, and the height says nothing."""
    page.wait_for_function(
        """grows => new Promise(done => {
          const log = document.querySelector('.chat-log');
          let last = '', same = 0;
          const look = () => {
            const now = `${log.scrollTop} ${grows || log.scrollHeight}`;
            same = now === last ? same + 1 : 0;
            last = now;
            same > 5 ? done(true) : requestAnimationFrame(look);
          };
          look();
        })""",
        arg=grows,
    )

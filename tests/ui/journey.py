"""The whole path of a person: a new project, a prompt, a question, the diff, apply, and the way back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.ui.hands import Hands

RUNS_MS = 60_000


def walk(
    page: Any,
    repository: Path,
    hands: Hands,
    prompt: str,
    *,
    yes: str,
    file: str,
    text: str,
    before: Callable[[], None] = lambda: None,
) -> None:
    """`prompt` asks for leave with an option named `yes`, and makes `file` with that `text`; `before` is done before
    it. Each step is found by what stands on the screen."""
    add_project(page, repository, hands)
    before()
    send(page, hands, prompt)
    question = page.get_by_role("group", name="Question:")
    question.wait_for(timeout=RUNS_MS)
    hands.use(question.get_by_role("button", name=yes, exact=True))
    expect(page.get_by_role("button", name="Stop")).to_be_hidden(timeout=RUNS_MS)
    assert not (repository / file).exists(), "nothing reaches the project before it is applied"

    hands.use(page.get_by_role("button", name="Changes").first)
    review = page.get_by_role("region", name="Review")
    expect(review.get_by_text(text, exact=True).first).to_be_visible()
    hands.use(review.get_by_role("button", name="Apply all"))
    expect(review.get_by_text("Nothing waits for you")).to_be_visible()
    assert text in (repository / file).read_text()

    hands.use(review.get_by_role("tab", name="Checkpoints"))
    hands.use(review.get_by_role("button", name="Restore").first)
    dialog = page.get_by_role("alertdialog")
    expect(dialog.get_by_text(file).first).to_be_visible()
    hands.use(dialog.get_by_role("button", name="Restore"))
    expect(dialog).to_be_hidden()
    expect(review.get_by_role("button", name="Go back to").first).to_be_visible()
    assert text in (repository / file).read_text(), "a restore does not touch the project"


def add_project(page: Any, repository: Path, hands: Hands) -> None:
    """From the first screen to the prompt of a chat."""
    hands.write(page.get_by_label("Path of the project"), str(repository))
    hands.use(page.get_by_role("button", name="Add project", exact=True))
    page.get_by_label("What shall the agent do?").wait_for()


def send(page: Any, hands: Hands, prompt: str) -> None:
    hands.write(page.get_by_label("What shall the agent do?"), prompt)
    hands.use(page.get_by_role("button", name="Send"))

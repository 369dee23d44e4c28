"""The page's ways back in a real browser: hunks, rewind, restore and the way back from it, risks before a deletion."""

from pathlib import Path
from typing import Any

import pytest

from tests.web.test_page import (  # noqa: F401
    Place,
    answers,
    browser,
    open_chat,
    page,
    place,
    prompt,
    pytestmark,
    wait_for_end,
)

NOTES = "alpha\n" + "".join(f"line {n}\n" for n in range(30)) + "omega\n"
EDIT_BOTH = "edit notes.txt replacing alpha with ALPHA then edit notes.txt replacing omega with OMEGA"


def users(page: Any) -> Any:  # noqa: F811
    return page.locator("article.user:not([hidden])")


def a_chat(page: Any, place: Place) -> tuple[str, str, Path]:  # noqa: F811
    """Ids of a session and its chat, opened, and the repository, which has a long file."""
    repository = place.repository()
    (repository / "notes.txt").write_text(NOTES)
    place.git(repository, "add", ".")
    place.git(repository, "commit", "-q", "-m", "notes")
    project = place.api("POST", "projects", {"path": str(repository)})
    session = place.api(
        "POST", "sessions", {"project_id": project["id"], "title": f"Safety {repository.name}"}
    )
    chat_id = session["chats"][0]["id"]
    open_chat(page, place, chat_id)
    return session["id"], chat_id, repository


def worktree(place: Place, session_id: str) -> Path:  # noqa: F811
    return Path(place.api("GET", f"sessions/{session_id}/worktree")["path"])


def show_changes(page: Any) -> None:  # noqa: F811
    """The panel stands beside the conversation where something waits; else it is behind a tab."""
    tab = page.get_by_role("button", name="Changes", exact=True)
    if tab.is_visible():
        tab.click()


def test_a_hunk_is_applied_and_rewound_by_buttons(page, place):  # noqa: F811
    _, _, repository = a_chat(page, place)
    prompt(page, EDIT_BOTH)
    page.get_by_role("button", name="Apply hunk 1 of notes.txt").click()
    page.get_by_role("button", name="Apply hunk 1 of notes.txt").wait_for(state="detached")
    assert (repository / "notes.txt").read_text() == NOTES.replace("alpha", "ALPHA")
    page.locator(".line.add:has-text('OMEGA')").wait_for()
    page.get_by_text("1 change applied").click()
    page.get_by_role("button", name="Rewind notes.txt").click()
    page.get_by_text("1 change applied").wait_for(state="detached")
    assert (repository / "notes.txt").read_text() == NOTES
    page.get_by_role("button", name="Reject notes.txt").click()
    page.wait_for_selector(".file", state="detached")


def test_a_changed_base_is_told_and_how_the_lines_were_found(page, place):  # noqa: F811
    _, _, repository = a_chat(page, place)
    prompt(page, "edit notes.txt replacing omega with OMEGA")
    page.wait_for_selector(".line.add:has-text('OMEGA')")
    assert page.get_by_text("The file has changed in your project since").count() == 0
    (repository / "notes.txt").write_text("mine\n" + NOTES)
    page.reload()
    page.get_by_text("The file has changed in your project since").wait_for()
    page.get_by_role("button", name="Apply notes.txt").click()
    page.wait_for_selector(".file", state="detached")
    assert (repository / "notes.txt").read_text() == "mine\n" + NOTES.replace("omega", "OMEGA")
    # Lines of a person that were written over what was applied are never lost.
    (repository / "notes.txt").write_text("mine\n" + NOTES.replace("omega", "my omega"))
    show_changes(page)
    page.get_by_text("1 change applied").click()
    page.get_by_role("button", name="Rewind notes.txt").click()
    page.wait_for_selector("[role=alert]:has-text('notes.txt')")
    assert "my omega" in (repository / "notes.txt").read_text()


def test_a_prompt_offers_the_way_back_and_the_way_back_from_it(page, place):  # noqa: F811
    session_id, chat_id, _ = a_chat(page, place)
    prompt(page, "create one.txt with the text one")
    wait_for_end(page)
    prompt(page, "create two.txt with the text two")
    wait_for_end(page, 2)
    other = page.context.new_page()
    other.goto(f"{place.url}/#/chat/{chat_id}")
    other.locator("article.assistant").nth(1).wait_for()
    root = worktree(place, session_id)
    button = users(page).nth(1).get_by_role("button", name="Restore to here")
    button.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Will be deleted: 1 file").wait_for()
    assert "two.txt" in dialog.inner_text()
    assert "2 messages will leave this chat" in dialog.inner_text()
    dialog.get_by_role("button", name="Cancel").click()
    assert (root / "two.txt").exists()
    button.click()
    dialog.get_by_role("button", name="Restore").click()
    for window in (page, other):
        window.get_by_text("Restored.", exact=True).wait_for()
        assert users(window).count() == 1
        assert window.locator("article.assistant:not([hidden])").count() == 1
    assert not (root / "two.txt").exists()
    # A page that was opened since never saw what comes back.
    fresh = page.context.new_page()
    fresh.goto(f"{place.url}/#/chat/{chat_id}")
    users(fresh).nth(0).wait_for()
    fresh.get_by_role("button", name="Go back").click()
    fresh.get_by_role("dialog").get_by_text("2 messages will come back").wait_for()
    fresh.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Go back").click()
    for window in (page, other, fresh):
        users(window).nth(1).wait_for()
        window.locator("article.assistant:not([hidden]) >> nth=1").wait_for()
        shown = window.locator("article:not([hidden])")
        assert [node.get_attribute("class").split()[1] for node in shown.all()] == ["user", "assistant"] * 2
        assert ["two.txt" in text for text in shown.all_text_contents()] == [False, False, True, True]
    assert (root / "two.txt").read_text() == "two\n"
    page.reload()
    users(page).nth(1).get_by_role("button", name="Restore to here").wait_for()
    other.close()
    fresh.close()


def test_a_prompt_without_a_checkpoint_offers_none_and_a_running_turn_refuses(page, place):  # noqa: F811
    a_chat(page, place)
    prompt(page, "say one")
    wait_for_end(page)
    prompt(page, "count to 100000 every 20 ms")
    answers(page).nth(1).locator("text=/\\b5\\b/").wait_for()
    prompt(page, "say three")  # it waits: there is nothing to go back to yet
    users(page).nth(2).get_by_role("button", name="Edit this prompt").wait_for()
    assert users(page).nth(2).get_by_role("button", name="Restore to here").count() == 0
    users(page).nth(0).get_by_role("button", name="Restore to here").click()
    page.get_by_role("dialog").get_by_role("button", name="Restore").click()
    page.wait_for_selector("[role=alert]:has-text('in this session')")
    assert users(page).count() == 3
    users(page).nth(2).get_by_role("button", name="Take this prompt back").click()
    page.get_by_role("button", name="Stop").click()
    wait_for_end(page, 2)


def test_the_way_back_can_be_walked_with_the_keyboard_alone(page, place):  # noqa: F811
    session_id, _, _ = a_chat(page, place)
    prompt(page, "create keys.txt with the text keys")
    wait_for_end(page)
    page.locator(".file").wait_for()
    users(page).get_by_role("button", name="Restore to here").focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_text("Will be deleted: 1 file").wait_for()
    tab_to(page, "Restore")
    page.keyboard.press("Enter")
    page.get_by_text("Restored.", exact=True).wait_for()
    page.get_by_text("What shall be done?").wait_for()
    assert not (worktree(place, session_id) / "keys.txt").exists()
    tab_to(page, "Go back")
    page.keyboard.press("Enter")
    users(page).wait_for()
    assert (worktree(place, session_id) / "keys.txt").exists()


def tab_to(page: Any, label: str) -> None:  # noqa: F811
    for _ in range(80):
        if page.evaluate("document.activeElement.textContent") == label:
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{label} cannot be reached")


def test_the_risks_are_told_before_a_session_goes_and_can_be_put_aside(page, place):  # noqa: F811
    session_id, _, repository = a_chat(page, place)
    prompt(page, "create dear.txt with the text dear then edit notes.txt replacing alpha with ALPHA")
    page.locator(".file").nth(1).wait_for()
    root = worktree(place, session_id)
    page.get_by_role("button", name=f"Delete session Safety {repository.name}").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("1 changed file, 1 new file").wait_for()
    assert "2 changes that you have not judged yet" in dialog.inner_text()
    assert page.evaluate("document.activeElement.textContent") == "Cancel"
    dialog.get_by_role("button", name="Stash").click()
    ref = dialog.locator("code").inner_text()
    assert not (root / "dear.txt").exists()
    assert place.git(repository, "show", f"{ref}:dear.txt") == "dear\n"
    dialog.get_by_role("button", name="Delete").click()
    page.get_by_role("link", name=f"Safety {repository.name}").wait_for(state="detached")
    assert str(root) in [each["path"] for each in place.api("GET", "worktrees")]

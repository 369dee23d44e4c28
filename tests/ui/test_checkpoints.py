"""Going back in the web UI: told in words first, done, and gone back on, here and in other windows."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.kit.browsing import Place
from tests.ui.composing import composer


def prompts(page: Any) -> Any:
    return page.get_by_role("article", name="Your prompt")


def answers(page: Any) -> Any:
    return page.get_by_role("article", name=re.compile("^Answer of"))


def a_chat(page: Any, place: Place, *texts: str) -> tuple[str, str, Path]:
    """The ids of a session and of its chat, opened, after these prompts; and its worktree."""
    session_id, chat_id = place.chat()
    page.goto(f"{place.url}/#/chat/{chat_id}")
    for number, text in enumerate(texts):
        place.prompt(chat_id, text)
        expect(answers(page)).to_have_count(number + 1)
        expect(answers(page).last).not_to_have_attribute("aria-busy", "true")
    path = Path(place.api("GET", f"sessions/{session_id}/worktree")["path"]) if texts else place.folder
    return session_id, chat_id, path


ONE, TWO = "create one.txt with the text one", "create two.txt with the text two"


def test_restore_preview_and_way_back(page: Any, place: Place) -> None:
    _, chat_id, root = a_chat(page, place, ONE, TWO)
    other = page.context.new_page()
    other.goto(f"{place.url}/#/chat/{chat_id}")
    expect(answers(other)).to_have_count(2)
    restore = prompts(page).nth(1).get_by_role("button", name="Restore to here")
    restore.click()
    dialog = page.get_by_role("alertdialog", name="Go back to before this prompt?")
    expect(dialog).to_contain_text("1 file will be deleted")
    expect(dialog.get_by_role("listitem")).to_have_text(["two.txt"])
    expect(dialog).to_contain_text("2 messages will leave this chat.")
    dialog.get_by_role("button", name="Cancel").click()
    expect(restore).to_be_focused()
    assert (root / "two.txt").exists()
    restore.click()
    dialog.get_by_role("button", name="Restore", exact=True).click()
    for window in (page, other):
        expect(prompts(window)).to_have_count(1)
        expect(answers(window)).to_have_count(1)
        expect(window.get_by_text("This chat was taken back to an earlier point.")).to_be_visible()
    assert not (root / "two.txt").exists()
    assert (root / "one.txt").exists()
    # What was said stands in the composer, to be said otherwise.
    expect(composer(page)).to_have_value(TWO)
    expect(composer(page)).to_be_focused()
    # At once, where it was done; there is no second question.
    page.get_by_role("region", name="Notices").get_by_role("button", name="Go back").click()
    for window in (page, other):
        expect(prompts(window)).to_have_count(2)
        expect(answers(window)).to_have_count(2)
    assert (root / "two.txt").read_text() == "two\n"
    expect(composer(page)).to_have_value("")
    other.close()


def test_a_prompt_that_was_gone_back_on_takes_no_other_words_place(page: Any, place: Place) -> None:
    a_chat(page, place, ONE)
    composer(page).fill("half a thought")
    prompts(page).get_by_role("button", name="Restore to here").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Restore", exact=True).click()
    expect(prompts(page)).to_have_count(0)
    expect(composer(page)).to_be_focused()
    expect(composer(page)).to_have_value("half a thought")
    page.get_by_role("region", name="Notices").get_by_role("button", name="Go back").click()
    expect(prompts(page)).to_have_count(1)
    expect(composer(page)).to_have_value("half a thought")


def test_the_way_back_survives_a_reload_and_is_told_before_it_is_gone(page: Any, place: Place) -> None:
    _, chat_id, root = a_chat(page, place, ONE)
    prompts(page).get_by_role("button", name="Restore to here").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Restore", exact=True).click()
    expect(prompts(page)).to_have_count(0)
    page.reload()
    page.get_by_role("main").get_by_role("button", name="Go back").click()
    dialog = page.get_by_role("alertdialog", name="Go back to what was before the restore?")
    expect(dialog).to_contain_text("1 file will be written")
    expect(dialog).to_contain_text("2 messages will come back.")
    dialog.get_by_role("button", name="Restore", exact=True).click()
    expect(prompts(page)).to_have_count(1)
    assert (root / "one.txt").read_text() == "one\n"
    # A turn that finds something new has a checkpoint of its own: the way back is one among others then.
    place.prompt(chat_id, TWO)
    expect(answers(page)).to_have_count(2)
    expect(page.get_by_text("This chat was taken back")).to_have_count(0)


def test_all_checkpoints_are_listed_and_each_can_be_restored(page: Any, place: Place) -> None:
    session_id, _, root = a_chat(page, place, ONE, TWO)
    page.goto(f"{place.url}/#/session/{session_id}/review")
    review = page.get_by_role("region", name="Review", exact=True)
    review.get_by_role("tab", name="Checkpoints").click()
    rows = review.get_by_role("list", name="Checkpoints").get_by_role("listitem")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text(f"Before “{TWO}”")
    expect(rows.nth(1)).to_contain_text(f"Before “{ONE}”")
    rows.nth(1).get_by_role("button", name="Restore: ").click()
    dialog = page.get_by_role("alertdialog")
    expect(dialog).to_contain_text("2 files will be deleted")
    expect(dialog).to_contain_text("4 messages will leave this chat.")
    restore(dialog, review)
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("Before going back")
    assert not list(root.glob("*.txt"))
    rows.nth(1).get_by_role("button", name="Restore: ").click()
    expect(dialog).to_contain_text("1 file will be written")
    restore(dialog, review)
    expect(rows).to_have_count(4)
    assert [path.name for path in root.glob("*.txt")] == ["one.txt"]
    # The first safety checkpoint can be reached although it is not the latest any more.
    review.get_by_role("button", name="Show: All").click()
    page.get_by_role("option", name=re.compile("^Ways back")).click()
    expect(rows).to_have_count(2)
    expect(rows.nth(0).get_by_role("button")).to_have_text("Go back")
    rows.nth(1).get_by_role("button", name="Restore: ").click()
    restore(dialog, review)
    expect(rows).to_have_count(3)
    assert sorted(path.name for path in root.glob("*.txt")) == ["one.txt", "two.txt"]
    rows.nth(2).get_by_role("button", name="Restore: ").click()
    expect(page.get_by_text("Everything is as it was then already.")).to_be_visible()
    assert dialog.count() == 0


def restore(dialog: Any, review: Any) -> None:
    """Says yes, and waits for the end: the safety checkpoint is listed before the files are written."""
    dialog.get_by_role("button", name="Restore", exact=True).click()
    expect(dialog).to_have_count(0)
    expect(review.locator("[aria-busy]")).to_have_count(0)


def test_what_stays_is_told_in_the_preview(page: Any, place: Place) -> None:
    session_id, _, root = a_chat(page, place, ONE)
    review = page.get_by_role("region", name="Review", exact=True)
    (root / ".gitignore").write_text("*.log\n")
    (root / "build.log").write_text("built\n")
    nested = root / "inner"
    nested.mkdir()
    place.git(nested, "init", "-q")
    place.git(root, "commit", "-q", "--allow-empty", "-m", "mine")
    page.goto(f"{place.url}/#/session/{session_id}/review")
    review.get_by_role("tab", name="Checkpoints").click()
    review.get_by_role("button", name="Take a checkpoint").click()
    rows = review.get_by_role("list", name="Checkpoints").get_by_role("listitem")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("by you")
    rows.nth(1).get_by_role("button", name="Restore: ").click()
    dialog = page.get_by_role("alertdialog")
    expect(dialog).to_contain_text("inner (nested repository)")
    expect(dialog).to_contain_text("1 commit made since: it stays on the branch.")
    expect(dialog).to_contain_text("Your project is not touched.")
    restore(dialog, review)
    expect(rows).to_have_count(3)
    assert (root / "build.log").read_text() == "built\n"
    assert nested.is_dir()


def test_a_running_turn_is_not_overwritten(page: Any, place: Place) -> None:
    _, chat_id, root = a_chat(page, place, ONE)
    place.prompt(chat_id, "count to 100000 every 20 ms")
    expect(answers(page).nth(1)).to_contain_text("5")
    prompts(page).nth(0).get_by_role("button", name="Restore to here").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Restore", exact=True).click()
    expect(page.get_by_role("region", name="Notices").get_by_role("alert")).to_contain_text(
        "is at work in this session. Wait until it is done, or cancel it, and try again."
    )
    assert (root / "one.txt").exists()
    place.api("POST", f"chats/{chat_id}/cancel")
    expect(answers(page).nth(1)).not_to_have_attribute("aria-busy", "true")


def test_a_prompt_without_a_checkpoint_offers_none(page: Any, place: Place) -> None:
    _, chat_id, _ = a_chat(page, place, "say one")
    place.prompt(chat_id, "count to 100000 every 20 ms")
    place.prompt(chat_id, "say three")
    expect(prompts(page).first.get_by_role("button", name="Restore to here")).to_be_visible()
    expect(page.get_by_text("say three")).to_be_visible()
    waiting = page.get_by_role("article").filter(has_text="say three")
    assert waiting.get_by_role("button", name="Restore to here").count() == 0
    place.api("POST", f"chats/{chat_id}/cancel")


def test_the_worktree_is_shown_and_put_aside(page: Any, place: Place) -> None:
    session_id, chat_id = place.chat()
    page.goto(f"{place.url}/#/session/{session_id}/review")
    review = page.get_by_role("region", name="Review", exact=True)
    review.get_by_role("tab", name="Worktree").click()
    expect(review).to_contain_text("This session has no worktree yet. It gets one with its first prompt.")
    place.prompt(chat_id, ONE)
    expect(review).to_contain_text("1 new file, 1 change that you have not decided on.")
    info = place.api("GET", f"sessions/{session_id}/worktree")
    expect(review).to_contain_text(info["path"])
    expect(review).to_contain_text(info["branch"])
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    review.get_by_role("button", name="Copy the path").click()
    expect(page.get_by_text("Copied the path.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == info["path"]
    review.get_by_role("button", name="Stash").click()
    dialog = page.get_by_role("alertdialog", name="Put all of it aside?")
    expect(dialog).to_contain_text("Changed and new files are kept by a git ref")
    dialog.get_by_role("button", name="Stash").click()
    command = review.get_by_text(re.compile("^git stash apply --index refs/boocode/salvage/"))
    expect(command).to_be_visible()
    root = Path(info["path"])
    assert not (root / "one.txt").exists()
    place.git(root, *command.inner_text().split()[1:])
    assert (root / "one.txt").read_text() == "one\n"

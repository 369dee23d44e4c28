"""Changes in the web UI: seen as they are, decided on hunk by hunk, file by file or at once, and taken back."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.kit.browsing import PHONE, Place, watched_page
from tests.ui.tree import wait_until

NOTES = "alpha\n" + "".join(f"line {n}\n" for n in range(30)) + "omega\n"
EDIT_BOTH = "edit notes.txt replacing alpha with ALPHA then edit notes.txt replacing omega with OMEGA"


def a_session(place: Place, **files: str) -> tuple[str, str, Path]:
    """Ids of a session and of its chat, and the repository, which has a long file."""
    repository = place.repository({"notes.txt": NOTES, **files})
    return *place.chat(repository, f"Review {repository.name}"), repository


def show(page: Any, place: Place, session_id: str) -> Any:
    """Opens the review; returns it."""
    page.goto(f"{place.url}/#/session/{session_id}/review")
    review = page.get_by_role("region", name="Review", exact=True)
    expect(review).to_be_visible()
    return review


def file(review: Any, name: str) -> Any:
    return review.get_by_role(
        "region", name=re.compile(rf"file {re.escape(name)}$|permissions {re.escape(name)}$")
    )


def worktree(place: Place, session_id: str) -> Path:
    return Path(place.api("GET", f"sessions/{session_id}/worktree")["path"])


def filled(page: Any, place: Place, session_id: str, chat_id: str, prompt: str, name: str) -> Any:
    """A review in which this file waits, told of by a frame: the page is there before the prompt."""
    review = show(page, place, session_id)
    expect(review.get_by_text("Nothing waits for you")).to_be_visible()
    place.prompt(chat_id, prompt)
    expect(file(review, name)).to_be_visible()
    return review


def test_apply_one_hunk(page: Any, place: Place) -> None:
    session_id, chat_id, repository = a_session(place)
    review = filled(page, place, session_id, chat_id, EDIT_BOTH, "notes.txt")
    notes = file(review, "notes.txt")
    expect(notes.get_by_text("by practice")).to_be_visible()
    expect(notes.get_by_role("group", name=re.compile("^Hunk"))).to_have_count(2)
    notes.get_by_role("button", name="Apply hunk 1 of notes.txt").click()
    expect(page.get_by_text("Hunk 1 of notes.txt is applied.")).to_be_attached()
    expect(notes.get_by_role("group", name="Hunk 1 of 1 of notes.txt")).to_contain_text("OMEGA")
    assert (repository / "notes.txt").read_text() == NOTES.replace("alpha", "ALPHA")
    # What it had is back with one click, and waits no more: it was decided on.
    review.get_by_role("button", name="Undo the last apply").click()
    expect(page.get_by_text("notes.txt taken out of your project.").first).to_be_attached()
    assert (repository / "notes.txt").read_text() == NOTES


def test_base_changed_notice(page: Any, place: Place) -> None:
    session_id, chat_id, repository = a_session(place)
    review = filled(
        page, place, session_id, chat_id, "edit notes.txt replacing omega with OMEGA", "notes.txt"
    )
    notice = review.get_by_text("has changed in your project since")
    expect(notice).to_have_count(0)
    (repository / "notes.txt").write_text("mine\n" + NOTES)
    page.reload()
    expect(notice).to_be_visible()
    review.get_by_role("button", name="See whether it still fits").click()
    expect(review.get_by_text("It still fits")).to_be_visible()
    assert (repository / "notes.txt").read_text() == "mine\n" + NOTES
    review.get_by_role("button", name="Apply notes.txt").click()
    expect(review.get_by_text("Nothing waits for you")).to_be_visible()
    assert (repository / "notes.txt").read_text() == "mine\n" + NOTES.replace("omega", "OMEGA")
    review.get_by_role("button", name="Show what was applied").click()
    expect(file(review, "notes.txt").get_by_text("Applied", exact=True)).to_be_visible()
    expect(file(review, "notes.txt").get_by_text("exact", exact=True)).to_be_visible()


def test_apply_reject_and_rewind_per_file_and_all(page: Any, place: Place) -> None:
    session_id, chat_id, repository = a_session(place)
    making = " then ".join(f"create {name}.txt with the text {name}" for name in ("a", "b", "c", "d"))
    review = filled(page, place, session_id, chat_id, making, "d.txt")
    file(review, "a.txt").get_by_role("button", name="Apply a.txt").click()
    expect(file(review, "a.txt")).to_have_count(0)
    file(review, "b.txt").get_by_role("button", name="Reject b.txt").click()
    expect(file(review, "b.txt")).to_have_count(0)
    assert sorted(path.name for path in repository.glob("?.txt")) == ["a.txt"]
    review.get_by_role("button", name="Apply all").click()
    expect(review.get_by_text("Nothing waits for you")).to_be_visible()
    assert sorted(path.name for path in repository.glob("?.txt")) == ["a.txt", "c.txt", "d.txt"]
    show_state(page, review, "Applied")
    expect(review.get_by_role("button", name=re.compile("^Take back"))).to_have_count(3)
    review.get_by_role("button", name="Take back a.txt").click()
    expect(file(review, "a.txt")).to_have_count(0)
    assert sorted(path.name for path in repository.glob("?.txt")) == ["c.txt", "d.txt"]
    # The last apply was of two files at once, and so is its undoing.
    review.get_by_role("button", name="Undo the last apply").click()
    expect(review.get_by_text("Nothing of that kind")).to_be_visible()
    assert not list(repository.glob("?.txt"))
    show_state(page, review, "Taken back")
    expect(file(review, "c.txt")).to_be_visible()
    show_state(page, review, "Rejected")
    expect(file(review, "b.txt")).to_be_visible()
    place.prompt(chat_id, "create e.txt with the text e then create f.txt with the text f")
    show_state(page, review, "Waiting")
    expect(file(review, "f.txt")).to_be_visible()
    review.get_by_role("button", name="Reject all").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Reject all").click()
    expect(review.get_by_text("Nothing waits for you")).to_be_visible()
    assert not list(repository.glob("?.txt"))


def show_state(page: Any, review: Any, label: str) -> None:
    review.get_by_role("button", name=re.compile("^Show: ")).click()
    page.get_by_role("option", name=re.compile(f"^{label}")).click()


def test_conflicts_are_named_in_words_and_the_others_can_be_applied(page: Any, place: Place) -> None:
    session_id, chat_id, repository = a_session(place)
    prompt = "edit notes.txt replacing omega with OMEGA then create new.txt with the text new"
    review = filled(page, place, session_id, chat_id, prompt, "notes.txt")
    (repository / "notes.txt").write_text(NOTES.replace("omega", "my own end"))
    review.get_by_role("button", name="Apply all").click()
    alert = review.get_by_role("alert")
    expect(alert).to_contain_text("Nothing was applied. One file is in the way:")
    expect(alert).to_contain_text("notes.txt You have changed it too:")
    expect(alert).to_contain_text("Ask the agent to do it again on top of your file, or reject it.")
    assert not (repository / "new.txt").exists()
    alert.get_by_role("button", name="Apply the other one").click()
    expect(file(review, "new.txt")).to_have_count(0)
    expect(file(review, "notes.txt")).to_be_visible()
    assert (repository / "new.txt").read_text() == "new\n"
    # It stays, and says by itself why it cannot be applied.
    expect(file(review, "notes.txt")).to_contain_text("Applying it would be refused: notes.txt (changed:")
    expect(file(review, "notes.txt")).to_contain_text("nothing that you wrote is overwritten")
    # The same holds on the way out: what a person wrote since is never lost.
    (repository / "new.txt").write_text("mine\n")
    review.get_by_role("button", name="Undo the last apply").click()
    expect(alert).to_contain_text("Nothing was taken back. One file is in the way:")
    alert.get_by_role("button", name="Close this notice").click()
    expect(alert).to_have_count(0)
    assert (repository / "new.txt").read_text() == "mine\n"
    assert "my own end" in (repository / "notes.txt").read_text()


def test_a_running_turn_refuses_plainly(page: Any, place: Place) -> None:
    session_id, chat_id, repository = a_session(place)
    review = filled(page, place, session_id, chat_id, "create one.txt with the text one", "one.txt")
    place.prompt(chat_id, "count to 100000 every 20 ms")
    expect(review.get_by_text("An agent is at work in this session")).to_be_visible()
    review.get_by_role("button", name="Apply one.txt").click()
    expect(review.get_by_role("alert")).to_contain_text("practice is at work in this session")
    assert not (repository / "one.txt").exists()
    place.api("POST", f"chats/{chat_id}/cancel")
    expect(review.get_by_text("An agent is at work in this session")).to_have_count(0)
    review.get_by_role("button", name="Apply one.txt").click()
    expect(review.get_by_text("Nothing waits for you")).to_be_visible()
    assert (repository / "one.txt").read_text() == "one\n"


def lines(review: Any, role: str) -> list[str]:
    """Also those that are out of sight, which have no text as it is drawn."""
    found: list[str] = review.get_by_role(role).all_text_contents()
    return found


def test_unified_and_side_by_side_show_the_same_lines(page: Any, place: Place) -> None:
    session_id, chat_id, _ = a_session(place)
    prompt = f"{EDIT_BOTH} then append tail to notes.txt"
    review = filled(page, place, session_id, chat_id, prompt, "notes.txt")
    expect(review.get_by_role("insertion")).to_have_count(3)
    unified = [lines(review, "insertion"), lines(review, "deletion")]
    assert unified == [["ALPHA", "OMEGA", "tail"], ["alpha", "omega"]]
    review.get_by_role("button", name="Side by side").click()
    expect(review.get_by_role("button", name="Side by side")).to_have_attribute("aria-pressed", "true")
    beside = review.get_by_role("deletion").first.evaluate(
        "node => [...node.parentElement.querySelectorAll('del, ins')].map(each => each.textContent)"
    )
    assert beside == ["alpha", "ALPHA"]
    assert [lines(review, "insertion"), lines(review, "deletion")] == unified
    page.reload()
    expect(review.get_by_role("button", name="Side by side")).to_have_attribute("aria-pressed", "true")
    page.set_viewport_size(PHONE)
    expect(review.get_by_role("button", name="Side by side")).to_have_count(0)
    expect(review.get_by_role("insertion")).to_have_count(3)
    assert [lines(review, "insertion"), lines(review, "deletion")] == unified
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_binary_rename_mode_links_and_odd_names(page: Any, place: Place) -> None:
    session_id, chat_id, repository = a_session(
        place, **{"run.sh": "echo\n", "old.txt": NOTES, "turned.txt": "x\n"}
    )
    place.prompt(chat_id, "say ready")
    review = show(page, place, session_id)
    expect(page.get_by_text("An agent is at work")).to_have_count(0)
    root = wait_for_worktree(review, place, session_id)
    (root / "picture.bin").write_bytes(b"\0\1\2")
    (root / "run.sh").chmod(0o755)
    (root / "old.txt").rename(root / "new name.txt")
    (root / "link").symlink_to("notes.txt")
    (root / "turned.txt").unlink()
    (root / "turned.txt").symlink_to("notes.txt")
    (root / "no-newline.txt").write_text("one\ntwo")
    (root / "dos.txt").write_bytes(b"one\r\ntwo\n")
    (root / "hidden.txt").write_text("if a\u202e b\n")
    (root / "line\nbreak.txt").write_text("odd\n")
    (root / "wide.txt").write_text("x" * 30_000 + "\n")
    with open(os.fsencode(root) + b"/caf\xe9.txt", "wb") as odd:
        odd.write(b"caf\xe9\n")
    place.prompt(chat_id, "say done")
    expect(file(review, "picture.bin")).to_contain_text("A binary file: there are no lines to show.")
    expect(file(review, "run.sh")).to_contain_text("It was an ordinary file and becomes an executable file.")
    expect(file(review, "old.txt → new name.txt")).to_contain_text("Renamed, with not a byte changed.")
    expect(file(review, "link")).to_contain_text("It is a symbolic link.")
    expect(file(review, "turned.txt")).to_contain_text("It is a symbolic link.")
    assert lines(file(review, "turned.txt"), "deletion") == ["x"]
    expect(file(review, "no-newline.txt")).to_contain_text("twono newline at the end")
    expect(file(review, "dos.txt").get_by_role("insertion").first).to_have_text("oneCR")
    expect(file(review, "hidden.txt")).to_contain_text("if aU+202E b")
    expect(file(review, '"caf\\351.txt"')).to_be_visible()
    expect(review.get_by_role("button", name="Apply line\nbreak.txt")).to_be_visible()
    wide = file(review, "wide.txt").get_by_role("button", name="… 28,000 more characters")
    wide.click()
    assert len(file(review, "wide.txt").get_by_role("insertion").text_content()) == 30_000
    review.get_by_role("button", name="Apply all").click()
    expect(review.get_by_text("Nothing waits for you")).to_be_visible()
    assert (repository / "picture.bin").read_bytes() == b"\0\1\2"
    assert os.access(repository / "run.sh", os.X_OK)
    assert (repository / "new name.txt").read_text() == NOTES
    assert os.readlink(repository / "turned.txt") == "notes.txt"
    assert os.path.exists(os.fsencode(repository) + b"/caf\xe9.txt")
    assert (repository / "line\nbreak.txt").exists()


def wait_for_worktree(review: Any, place: Place, session_id: str) -> Path:
    """It is made by the first turn, and is there once that one's checkpoint is."""
    review.get_by_role("tab", name="Checkpoints").click()
    expect(review.get_by_role("list", name="Checkpoints").get_by_role("listitem")).to_have_count(1)
    review.get_by_role("tab", name="Changes").click()
    return worktree(place, session_id)


def test_keys_go_from_hunk_to_hunk_and_decide(page: Any, place: Place) -> None:
    session_id, chat_id, repository = a_session(place)
    prompt = f"{EDIT_BOTH} then create aaa.txt with the text one then create zzz.txt with the text two"
    review = filled(page, place, session_id, chat_id, prompt, "zzz.txt")
    expect(review.get_by_role("insertion")).to_have_count(4)
    names = [
        "Hunk 1 of 1 of aaa.txt",
        "Hunk 1 of 2 of notes.txt",
        "Hunk 2 of 2 of notes.txt",
        "Hunk 1 of 1 of zzz.txt",
    ]
    for name in names:
        page.keyboard.press("j")
        expect(review.get_by_role("group", name=name)).to_be_focused()
    page.keyboard.press("k")
    expect(review.get_by_role("group", name=names[2])).to_be_focused()
    page.keyboard.press("p")
    expect(file(review, "notes.txt")).to_be_focused()
    page.keyboard.press("n")
    expect(file(review, "zzz.txt")).to_be_focused()
    page.keyboard.down("r")
    expect(file(review, "zzz.txt")).to_have_count(0)
    expect(file(review, "notes.txt")).to_be_focused()
    page.keyboard.down("r")  # held, it says nothing of the next file
    page.keyboard.up("r")
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(review.get_by_role("group", name="Hunk 1 of 1 of notes.txt")).to_be_focused()
    assert (repository / "notes.txt").read_text() == NOTES.replace("alpha", "ALPHA")
    page.keyboard.press("u")
    expect(page.get_by_text("notes.txt taken out of your project.").first).to_be_attached()
    assert (repository / "notes.txt").read_text() == NOTES
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("textbox", name="Your comment")).to_be_focused()
    page.keyboard.type("keep omega jar")
    page.keyboard.press("Control+Enter")
    expect(dialog).to_have_count(0)
    draft = page.evaluate("id => localStorage.getItem('boocode.draft.' + id)", chat_id)
    assert re.match(r"notes\.txt:\d+-\d+\n", draft)
    assert "> -omega\n> +OMEGA\n\nkeep omega jar" in draft
    page.get_by_role("button", name="Open the chat").first.click()
    expect(page.get_by_role("textbox").first).to_have_value(re.compile("keep omega jar"))


def test_a_comment_on_a_line_joins_what_is_written_already(page: Any, place: Place) -> None:
    session_id, chat_id, _ = a_session(place)
    page.goto(f"{place.url}/#/chat/{chat_id}")
    composer = page.get_by_role("textbox").first
    composer.fill("First of all")
    review = filled(page, place, session_id, chat_id, EDIT_BOTH, "notes.txt")
    review.locator("[data-side=new][data-n='32']").click()
    dialog = page.get_by_role("dialog", name="Comment on notes.txt, line 32")
    expect(dialog).to_contain_text("+OMEGA")
    dialog.get_by_role("textbox", name="Your comment").fill("why so loud?")
    dialog.get_by_role("button", name="Add to the prompt").click()
    page.get_by_role("region", name="Notices").get_by_role("button", name="Open the chat").click()
    expect(composer).to_have_value("First of all\n\nnotes.txt:32\n> +OMEGA\n\nwhy so loud?")


def test_a_diff_of_5000_lines_and_a_list_of_500_files_open_quickly(page: Any, place: Place) -> None:
    session_id, chat_id, _ = a_session(place)
    place.prompt(chat_id, "say ready")
    review = show(page, place, session_id)
    root = wait_for_worktree(review, place, session_id)
    (root / "aaa-long.txt").write_text("".join(f"long {n}\n" for n in range(5000)))
    for n in range(500):
        (root / f"many{n:03}.txt").write_text(f"file {n}\n")
    place.prompt(chat_id, "say done")
    # By roles, each look at this many elements would keep the page busy for a second.
    expect(page.locator("[data-path='many499.txt']")).to_be_attached()
    page.reload()
    expect(page.locator("ins").first).to_be_visible()
    opened_ms = page.evaluate(
        """async () => {
          const nothing = () => location.hash = '#/welcome';
          const frame = () => new Promise(requestAnimationFrame);
          const hash = location.hash;
          nothing();
          while (document.querySelector('.diff-row')) await frame();
          const start = performance.now();
          location.hash = hash;
          while (document.querySelectorAll('.diff-row').length < 50) await frame();
          return performance.now() - start;
        }"""
    )
    assert opened_ms < 5000
    long, last = (page.locator(f"[data-path='{name}.txt']") for name in ("aaa-long", "many499"))
    expect(long.locator("ins")).to_have_count(5000)
    assert last.locator("ins").count() == 0

    def is_drawn() -> bool:
        last.scroll_into_view_if_needed()  # again, while what is above it grows as it is drawn
        return int(last.locator("ins").count()) == 1

    wait_until(page, is_drawn)
    expect(last.locator("ins")).to_have_text("file 499")


@pytest.mark.parametrize("size", [None, PHONE], ids=["desktop", "phone"])
def test_the_review_needs_no_sideways_scrolling(browser: Any, place: Place, size: Any) -> None:
    session_id, chat_id, _ = a_session(place)
    with watched_page(browser, place.door, **({"viewport": size} if size else {})) as page:
        filled(page, place, session_id, chat_id, EDIT_BOTH, "notes.txt")
        page.wait_for_selector(".diff-row")
        overflowing = page.evaluate(
            "[...document.querySelectorAll('*')].filter(each => each.scrollWidth > each.clientWidth + 1"
            " && ['auto', 'scroll'].includes(getComputedStyle(each).overflowX)).map(each => each.className)"
        )
        assert overflowing == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


CODE = 'def greet(name):\n    """Says\n    hello."""\n    return 1  # once\n'
COLOURED = """kind => [...(CSS.highlights.get(`code-${kind}`) ?? [])].map(
    range => range.startContainer.data.slice(range.startOffset, range.endOffset))"""


def test_code_is_coloured_and_the_lines_stay_what_they_are(page: Any, place: Place) -> None:
    session_id, chat_id, _ = a_session(place, **{"greet.py": CODE})
    review = filled(page, place, session_id, chat_id, "edit greet.py replacing once with twice", "greet.py")

    def coloured(kind: str) -> list[str]:
        return [text.strip() for text in page.evaluate(COLOURED, kind)]

    wait_until(page, lambda: "def" in coloured("keyword"))
    assert sorted(coloured("keyword")) == ["def", "greet", "return", "return"]
    assert sorted(coloured("number")) == ["1", "1"]
    # A text over several lines, and none on the strong ground of what is other than before.
    assert sorted(coloured("string")) == ['"""Says', 'hello."""']
    assert coloured("comment") == ["#", "#"]
    diff = file(review, "greet.py")
    assert lines(diff, "insertion") == ["    return 1  # twice"]
    expect(diff.get_by_role("insertion").locator("mark")).to_have_text("twice")

    review.get_by_role("button", name="Side by side").click()
    wait_until(page, lambda: coloured("keyword").count("def") == 2)
    assert sorted(coloured("keyword")) == ["def", "def", "greet", "greet", "return", "return"]
    review.get_by_role("button", name="Apply all").click()
    wait_until(page, lambda: not coloured("keyword"))

"""The frame of the page: tabs, panes, keys, palette, theme, phone, and what it says while the server is away."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.kit.browsing import PHONE, Place, watched_page

VIEWS = ("inbox", "supervision", "providers", "settings", "welcome")


def goto(page: Any, place: Place, view: str) -> None:
    page.goto(f"{place.url}/#/{view}")


def tab(page: Any, name: str) -> Any:
    return page.get_by_role("tab", name=name, exact=True)


def chats(place: Place, *titles: str) -> list[str]:
    """The views of new chats, each alone in a session of this title."""
    repository = place.repository()
    return [f"chat/{place.chat(repository, title)[1]}" for title in titles]


def expect_tabs(page: Any, *names: str) -> None:
    expect(page.get_by_role("tab")).to_have_text(list(names))


def press_and_wait(page: Any, keys: str, done: Callable[[], None]) -> None:
    page.keyboard.press(keys)
    done()


def test_split_resize_tabs_and_layout_after_reload(page: Any, place: Place):
    first, second = chats(place, "layout one", "layout two")
    goto(page, place, first)
    goto(page, place, second)
    goto(page, place, "inbox")
    expect(page.get_by_role("tab")).to_have_count(3)
    expect(tab(page, "Inbox")).to_have_attribute("aria-selected", "true")

    page.keyboard.press("Control+\\")
    expect(page.get_by_role("tablist")).to_have_count(2)
    line = page.get_by_role("separator", name="Width of the panes")
    expect(line).to_have_attribute("aria-valuenow", "50")
    line.focus()
    page.keyboard.press("ArrowRight")
    expect(line).to_have_attribute("aria-valuenow", "52")
    page.keyboard.press("Shift+ArrowRight")
    expect(line).to_have_attribute("aria-valuenow", "72")
    page.keyboard.press("End")
    expect(line).to_have_attribute("aria-valuenow", "90")
    page.keyboard.press("Enter")
    expect(line).to_have_attribute("aria-valuenow", "50")

    box = line.bounding_box()
    left = page.get_by_role("tablist").first.bounding_box()["x"]
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 300)
    page.mouse.down()
    page.mouse.move(left + 300, box["y"] + 310, steps=3)
    page.mouse.up()
    expect(line).not_to_have_attribute("aria-valuenow", "50")
    share = line.get_attribute("aria-valuenow")

    page.reload()
    expect(page.get_by_role("tablist")).to_have_count(2)
    expect(page.get_by_role("separator", name="Width of the panes")).to_have_attribute("aria-valuenow", share)
    expect(page.get_by_role("tablist").first.get_by_role("tab")).to_have_text(["layout one", "layout two"])
    expect(page.get_by_role("tablist").last.get_by_role("tab")).to_have_text(["Inbox"])
    expect(page).to_have_url(re.compile("#/inbox$"))


def test_a_pane_goes_with_its_last_tab_and_another_is_closed_with_its_tabs_kept(page: Any, place: Place):
    (first,) = chats(place, "pane one")
    goto(page, place, first)
    page.keyboard.press("Control+\\")
    expect(page.get_by_role("heading", name="An empty pane")).to_be_visible()
    page.get_by_role("button", name="Open the inbox").click()
    expect(page.get_by_role("tablist")).to_have_count(2)
    page.keyboard.press("Alt+w")
    expect(page.get_by_role("tablist")).to_have_count(1)
    expect(tab(page, "pane one")).to_be_focused()

    page.keyboard.press("Control+Shift+|")
    expect(page.get_by_role("separator", name="Height of the panes")).to_be_visible()
    page.get_by_role("button", name="Close this pane").click()
    expect(page.get_by_role("separator", name="Height of the panes")).to_have_count(0)


def test_dividing_a_pane_keeps_what_it_shows(page: Any, place: Place):
    """The same elements stay: a text field keeps what is in it."""
    (first,) = chats(place, "kept")
    goto(page, place, first)
    body = page.get_by_role("tabpanel", name="kept")
    handle = body.element_handle()
    page.keyboard.press("Control+\\")
    expect(page.get_by_role("heading", name="An empty pane")).to_be_visible()
    assert handle.evaluate("element => element.isConnected")


def test_tabs_are_one_stop_of_the_keyboard(page: Any, place: Place):
    views = chats(place, "tab a", "tab b", "tab c")
    for view in views:
        goto(page, place, view)
    tab(page, "tab c").focus()
    press_and_wait(page, "Home", lambda: expect(tab(page, "tab a")).to_be_focused())
    expect(tab(page, "tab a")).to_have_attribute("aria-selected", "true")
    press_and_wait(page, "ArrowLeft", lambda: expect(tab(page, "tab c")).to_be_focused())
    press_and_wait(page, "ArrowRight", lambda: expect(tab(page, "tab a")).to_be_focused())
    assert page.locator("[role=tab][tabindex='0']").count() == 1

    page.keyboard.press("Control+Shift+ArrowRight")
    expect(tab(page, "tab a")).to_be_focused()
    expect_tabs(page, "tab b", "tab a", "tab c")
    press_and_wait(page, "Delete", lambda: expect(tab(page, "tab c")).to_be_focused())
    expect_tabs(page, "tab b", "tab c")


def test_tabs_are_sorted_and_closed_by_pointer(page: Any, place: Place):
    for view in chats(place, "drag a", "drag b", "drag c"):
        goto(page, place, view)
    expect(page.get_by_role("tab")).to_have_count(3)
    tab(page, "drag c").drag_to(tab(page, "drag a"), target_position={"x": 5, "y": 10})
    expect(page.get_by_role("tab").first).to_have_text("drag c")
    expect_tabs(page, "drag c", "drag a", "drag b")
    tab(page, "drag c").get_by_title("Close").click()
    expect(page.get_by_role("tab")).to_have_count(2)
    tab(page, "drag a").click(button="middle")
    expect(page.get_by_role("tab")).to_have_count(1)


def test_a_tab_is_dragged_to_another_pane(page: Any, place: Place):
    for view in chats(place, "pull a", "pull b", "pull c"):
        goto(page, place, view)
    page.keyboard.press("Control+\\")
    expect(page.get_by_role("tablist")).to_have_count(2)
    tab(page, "pull a").drag_to(tab(page, "pull c"), target_position={"x": 5, "y": 10})
    expect(page.get_by_role("tablist").nth(1).get_by_role("tab")).to_have_count(2)
    expect_tabs(page, "pull b", "pull a", "pull c")


def test_alt_and_a_number_shows_a_tab(page: Any, place: Place):
    for view in chats(place, "number one", "number two"):
        goto(page, place, view)
    expect(page.get_by_role("tab")).to_have_count(2)
    page.keyboard.press("Alt+1")
    expect(tab(page, "number one")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Alt+2")
    expect(tab(page, "number two")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Alt+7")
    expect(tab(page, "number two")).to_have_attribute("aria-selected", "true")


def test_the_address_names_the_view_and_back_and_forward_follow(page: Any, place: Place):
    session, chat = place.chat(title="addressed")
    for view in (f"chat/{chat}", f"session/{session}/review", "supervision"):
        goto(page, place, view)
        expect(page).to_have_url(f"{place.url}/#/{view}")
    expect(tab(page, "Changes: addressed")).to_be_visible()
    expect(page).to_have_title("Supervision · BooCode")
    page.go_back()
    expect(page).to_have_url(f"{place.url}/#/session/{session}/review")
    expect(tab(page, "Changes: addressed")).to_have_attribute("aria-selected", "true")
    page.go_back()
    expect(tab(page, "addressed")).to_have_attribute("aria-selected", "true")
    expect(page).to_have_title("addressed · BooCode")
    page.go_forward()
    expect(tab(page, "Changes: addressed")).to_have_attribute("aria-selected", "true")
    goto(page, place, "no/such/view")
    expect(page).to_have_url(f"{place.url}/#/session/{session}/review")


def test_the_palette_opens_chats_and_runs_commands(page: Any, place: Place):
    chats(place, "palette target")
    goto(page, place, "settings")
    expect(tab(page, "Settings")).to_be_visible()
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="A chat, a view or a command")
    expect(field).to_be_focused()
    page.keyboard.type("target pal")
    expect(page.get_by_role("dialog").get_by_role("option")).to_have_text(
        [re.compile("palette target"), re.compile("Changes: palette target")]
    )
    page.keyboard.press("Enter")
    expect(tab(page, "palette target")).to_have_attribute("aria-selected", "true")

    page.keyboard.press("Control+k")
    expect(field).to_be_focused()
    page.keyboard.type("no such thing at all")
    expect(page.get_by_text("Nothing fits")).to_be_visible()
    field.fill("pane below")
    page.keyboard.press("Enter")
    expect(page.get_by_role("separator", name="Height of the panes")).to_be_visible()


def test_the_palette_has_the_next_letter_already_when_it_is_opened_first(page: Any, place: Place):
    with page.expect_response(re.compile(r"/assets/Palette-.*\.js$")):
        page.reload()
    page.wait_for_load_state("networkidle")
    # Before anything else happens in the page, as when somebody writes on.
    role = page.evaluate(
        """() => {
          dispatchEvent(new KeyboardEvent("keydown", { key: "k", ctrlKey: true }));
          return new Promise((done) => setTimeout(() => done(document.activeElement.role)));
        }"""
    )
    assert role == "combobox"


def test_the_palette_is_opened_by_a_button_too(page: Any, place: Place):
    button = page.get_by_role("navigation").get_by_role("button", name="Search and commands")
    expect(button).to_have_attribute("title", "Search and commands (Ctrl+K)")
    button.click()
    expect(page.get_by_role("dialog").get_by_role("combobox")).to_be_focused()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()


def test_the_palette_stays_where_it_is_while_one_writes(page: Any, place: Place):
    page.keyboard.press("Control+k")
    field = page.get_by_role("dialog").get_by_role("combobox")
    expect(field).to_be_focused()
    before = field.bounding_box()
    page.keyboard.type("nothing is called so")
    expect(page.get_by_text("Nothing fits")).to_be_visible()
    assert field.bounding_box() == before


def test_the_palette_gives_the_focus_back(page: Any, place: Place):
    goto(page, place, "settings")
    tab(page, "Settings").focus()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(tab(page, "Settings")).to_be_focused()


def test_the_sheet_of_keys_names_the_keys(page: Any, place: Place):
    goto(page, place, "settings")
    tab(page, "Settings").focus()
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keys")
    for words in ("Ctrl+K", "Ctrl+B", "Ctrl+\\", "Alt+1…9"):
        expect(sheet.get_by_text(words, exact=True)).to_be_visible()
    page.keyboard.press("Control+b")
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(page.get_by_role("navigation").first).to_be_visible()


def test_the_sidebar_goes_and_comes_and_keeps_its_width(page: Any, place: Place):
    line = page.get_by_role("separator", name="Width of the sidebar")
    before = int(line.get_attribute("aria-valuenow"))
    line.focus()
    page.keyboard.press("ArrowRight")
    expect(line).to_have_attribute("aria-valuenow", str(before + 10))
    page.keyboard.press("Control+b")
    expect(page.get_by_role("navigation")).to_have_count(0)
    page.reload()
    page.get_by_role("button", name="Show the sidebar").click()
    expect(page.get_by_role("navigation").first).to_be_visible()
    expect(line).to_have_attribute("aria-valuenow", str(before + 10))


def test_the_theme_is_dark_light_or_the_systems(page: Any, place: Place):
    def ground() -> str:
        return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    page.emulate_media(color_scheme="dark")
    seen = {}
    try:
        for theme, look in (("dark", "dark"), ("light", "light"), ("system", "dark")):
            place.api("PATCH", "settings", {"theme": theme})
            page.reload()
            expect(page.locator(f"html[data-theme={look}]")).to_be_visible()
            seen[theme] = ground()
        page.emulate_media(color_scheme="light")
        expect(page.locator("html[data-theme=light]")).to_be_visible()
        assert seen == {"dark": "rgb(22, 19, 15)", "light": ground(), "system": "rgb(22, 19, 15)"}
        assert ground() != seen["dark"]
        place.api("PATCH", "settings", {"theme": "dark"})
        expect(page.locator("html[data-theme=dark]")).to_be_visible()
    finally:
        place.api("PATCH", "settings", {"theme": "dark"})


def test_no_view_scrolls_sideways_on_a_phone(browser: Any, place: Place):
    session, chat = place.chat(title="a title that is much too long to be shown in one line of a phone")
    with watched_page(browser, place.door, viewport=PHONE, has_touch=True, is_mobile=True) as page:
        for view in (*VIEWS, f"chat/{chat}", f"session/{session}/review"):
            goto(page, place, view)
            expect(page.get_by_role("tabpanel").first).to_be_visible()
            expect(page.get_by_text("Loading", exact=False)).to_have_count(0)
            wide = page.evaluate(
                """() => [...document.querySelectorAll('html, body, main, .pane-body, .page')]
                .filter(element => element.scrollWidth > element.clientWidth)
                .map(element => element.className || element.tagName)"""
            )
            assert (view, wide) == (view, [])


def test_a_phone_shows_one_pane_one_row_of_tabs_and_a_drawer(browser: Any, place: Place):
    first, second = chats(place, "phone one", "phone two")
    with watched_page(browser, place.door, viewport=PHONE, has_touch=True, is_mobile=True) as page:
        expect(page.get_by_role("navigation")).to_have_count(0)
        menu = page.get_by_role("button", name="Projects and chats")
        menu.tap()
        expect(page.get_by_role("navigation").first).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("navigation")).to_have_count(0)
        expect(menu).to_be_focused()

        goto(page, place, first)
        goto(page, place, second)
        expect(page.get_by_role("tablist")).to_have_count(1)
        tab(page, "phone one").tap()
        expect(page.get_by_role("tabpanel", name="phone one")).to_be_visible()
        menu.tap()
        page.get_by_role("navigation").first.get_by_text("phone two").first.tap()
        expect(page.get_by_role("navigation")).to_have_count(0)
        expect(page.get_by_role("tabpanel", name="phone two")).to_be_visible()

        page.set_viewport_size({"width": 1000, "height": 700})
        page.keyboard.press("Control+\\")
        expect(page.get_by_role("tablist")).to_have_count(2)
        page.set_viewport_size(PHONE)
        expect(page.get_by_role("tablist")).to_have_count(1)
        expect(page.get_by_role("tab")).to_have_count(2)


def test_a_lost_server_is_spoken_of_and_comes_back_by_itself(browser: Any, place: Place):
    is_away = False
    sockets: list[Any] = []

    def serve(socket: Any) -> None:
        if is_away:
            socket.close()
        else:
            socket.connect_to_server()
            sockets.append(socket)

    with watched_page(browser, "about:blank") as page:
        page.route_web_socket("**/api/ws", serve)
        page.goto(place.door)
        banner = page.get_by_role("region", name="Connection")
        page.wait_for_function("document.querySelector('nav')")
        expect(banner).to_have_count(0)
        is_away = True
        for socket in sockets:
            socket.close()
        expect(banner).to_contain_text("BooCode cannot be reached. Trying again…")
        is_away = False
        expect(banner).to_have_count(0)
        expect(page.get_by_role("status", name="Announcements")).to_contain_text("BooCode is there again")


def test_a_part_that_cannot_be_loaded_says_so_and_is_tried_again(page: Any, place: Place):
    page.route("**/assets/SettingsView-*.js", lambda route: route.abort())
    goto(page, place, "settings")
    expect(page.get_by_role("alert").get_by_text("could not be loaded")).to_be_visible()
    expect(page.get_by_role("button", name="Reload the page")).to_be_visible()
    page.unroute("**/assets/SettingsView-*.js")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()


def test_a_view_that_fails_again_and_again_can_be_closed(browser: Any, place: Place):
    context = browser.new_context()  # not watched: the fault is told on the console, too
    page = context.new_page()
    page.route("**/api/about", lambda route: route.fulfill(json={}))
    page.goto(place.door)
    goto(page, place, "settings")
    expect(page.get_by_text("Settings met a fault of this page")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Settings met a fault of this page")).to_be_visible()
    page.get_by_role("button", name="Close this tab").click()
    expect(tab(page, "Settings")).to_have_count(0)
    goto(page, place, "inbox")
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    context.close()


@pytest.mark.parametrize(
    "kept", ["{", "7", '{"root": {"is": "split"}}', '{"root": {"is": "pane", "views": [{"kind": "arena"}]}}']
)
def test_a_layout_that_cannot_be_read_is_begun_anew(page: Any, place: Place, kept: str):
    page.evaluate(
        "kept => { for (const store of [localStorage, sessionStorage]) store.setItem('boocode.layout', kept) }",
        kept,
    )
    # Leaves without the page storing what it shows.
    page.goto("about:blank")
    page.goto(place.url)
    expect(page.get_by_role("main").get_by_role("heading").first).to_be_visible()
    goto(page, place, "inbox")
    expect(tab(page, "Inbox")).to_be_visible()


def test_reduced_motion_stops_what_moves(page: Any, place: Place):
    _, chat = place.chat(title="moving")
    goto(page, place, f"chat/{chat}")
    place.prompt(chat, "count to 400 slowly for 60 s")
    ring = tab(page, "moving").locator(".status-working")
    expect(ring).to_be_visible()
    moving = "document.getAnimations().filter(each => each.playState === 'running').length"
    assert page.evaluate(moving) > 0
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(moving) == 0
    expect(ring).to_be_visible()
    place.api("POST", f"chats/{chat}/cancel")


def test_a_menu_is_walked_by_arrows_and_letters_and_gives_the_focus_back(page: Any, place: Place):
    goto(page, place, "inbox")
    goto(page, place, "settings")
    button = page.get_by_role("button", name="Tab and pane")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("menuitem").last).to_be_focused()
    page.keyboard.press("s")
    expect(page.get_by_role("menuitem", name="Split: a pane to the right")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)
    expect(button).to_be_focused()
    page.keyboard.press("ArrowDown")
    # The menu gives its first item the focus when it is drawn: not between going to another one and Enter.
    expect(page.get_by_role("menuitem").first).to_be_focused()
    page.get_by_role("menuitem", name="Move the tab left").press("Enter")
    expect_tabs(page, "Settings", "Inbox")
    expect(button).to_be_focused()


def test_a_pane_that_is_closed_hands_the_focus_on(page: Any, place: Place):
    goto(page, place, "inbox")
    goto(page, place, "settings")
    page.keyboard.press("Control+\\")
    expect(page.get_by_role("tablist")).to_have_count(2)
    page.get_by_role("button", name="Tab and pane").last.press("Enter")
    expect(page.get_by_role("menuitem").first).to_be_focused()
    page.get_by_role("menuitem", name="Close the pane, keep its tabs").press("Enter")
    expect_tabs(page, "Inbox", "Settings")
    expect(tab(page, "Inbox")).to_be_focused()


def test_keys_are_not_heard_while_an_input_method_composes(page: Any, place: Place):
    goto(page, place, "settings")
    expect(tab(page, "Settings")).to_be_visible()
    press = """isComposing => window.dispatchEvent(
        new KeyboardEvent("keydown", {key: "k", code: "KeyK", ctrlKey: true, isComposing}))"""
    page.evaluate(press, True)
    page.evaluate("() => new Promise(requestAnimationFrame)")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.evaluate(press, False)
    expect(page.get_by_role("dialog")).to_be_visible()


def test_tabs_of_what_was_deleted_meanwhile_are_closed(page: Any, place: Place):
    repository = place.repository()
    session, gone = place.chat(repository, "stale gone")
    _, kept = place.chat(repository, "stale kept")
    for view in (f"chat/{gone}", f"session/{session}/review", f"chat/{kept}"):
        goto(page, place, view)
    expect_tabs(page, "stale gone", "Changes: stale gone", "stale kept")
    page.goto("about:blank")
    place.api("DELETE", f"sessions/{session}")
    page.goto(place.url)
    expect_tabs(page, "stale kept")


def test_the_title_counts_the_questions_that_wait(page: Any, place: Place):
    _, chat = place.chat(title="asks")
    goto(page, place, f"chat/{chat}")
    place.prompt(chat, "run ls")
    expect(page).to_have_title(re.compile(r"^\(\d+\) asks · BooCode$"))
    place.api("POST", f"chats/{chat}/cancel")


def test_a_pane_is_not_divided_into_what_cannot_be_used(page: Any, place: Place):
    goto(page, place, "inbox")
    lines = page.get_by_role("separator", name="Width of the panes")
    for count in (1, 2):
        page.keyboard.press("Control+\\")
        expect(lines).to_have_count(count)
    page.keyboard.press("Control+\\")
    expect(page.get_by_text("This pane is too small to be divided.")).to_be_visible()
    expect(lines).to_have_count(2)
    page.get_by_role("button", name="Close this notice").click()
    expect(page.get_by_text("This pane is too small")).to_have_count(0)

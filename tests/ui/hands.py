"""Ways of using a page: with the mouse, by touch, or with the keyboard alone."""

from typing import Any, Protocol

from playwright.sync_api import expect

MOST_TABS = 150
IN_THE_SAME_TABS = """node => { const tabs = node.closest('[role=tablist]');
    return tabs !== null && tabs === document.activeElement.closest('[role=tablist]'); }"""


class Hands(Protocol):
    def use(self, target: Any) -> None:
        """Presses a button, follows a link, chooses a tab."""

    def write(self, target: Any, text: str) -> None:
        """Fills a field; it keeps the focus."""


class Mouse:
    def use(self, target: Any) -> None:
        target.click()

    def write(self, target: Any, text: str) -> None:
        target.click()
        target.fill(text)


class Touch:
    def use(self, target: Any) -> None:
        target.tap()

    def write(self, target: Any, text: str) -> None:
        target.tap()
        target.fill(text)


class Keyboard:
    """Reaches everything with Tab, from wherever the focus is; within tab lists with the arrows."""

    def use(self, target: Any) -> None:
        self.reach(target)
        expect(target).to_be_enabled()
        target.page.keyboard.press("Enter")

    def write(self, target: Any, text: str) -> None:
        self.reach(target)
        target.page.keyboard.type(text)

    def reach(self, target: Any) -> None:
        target.wait_for()
        page = target.page
        for _ in range(MOST_TABS):
            if is_focused(target):
                return
            page.keyboard.press("ArrowRight" if target.evaluate(IN_THE_SAME_TABS) else "Tab")
        raise AssertionError(f"{target} is not reached by {MOST_TABS} tabs; the focus is on {focused(page)}")


def is_focused(target: Any) -> bool:
    return bool(target.evaluate("node => node === document.activeElement"))


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.outerHTML.slice(0, 120)"))

"""What a command wrote, for a reader without a screen."""

import pytest

from boocode.domain.native.command_output import for_model, plain


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("plain\ttext\n", "plain\ttext\n"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b[?25l\x1b[2K\x1b[1Ggone", "gone"),
        ("\x1b]8;;http://x\x07link\x1b]8;;\x07", "link"),
        ("\x1b]0;title\x1b\\text", "text"),
        ("\x1b(Btext", "text"),
        ("a\r\nb\r\n", "a\nb\n"),
        ("10%\r50%\r100%\ndone", "100%\ndone"),
        ("10%\r100%\r", "100%"),
        ("N\bNA\bA", "NA"),
        ("bell\x07 nul\x00", "bell nul"),
        ("\x1b", ""),
        ("\b\b", ""),
    ],
)
def test_what_only_a_screen_understands_is_gone(written: str, read: str) -> None:
    assert plain(written) == read


def test_a_short_output_is_given_as_it_is() -> None:
    assert for_model("\n one\ntwo\n", 100) == " one\ntwo"


def test_a_long_output_keeps_its_beginning_and_more_of_its_end() -> None:
    text = for_model("".join(f"line {number}\n" for number in range(1_000)), 500)
    head, _, tail = text.partition("[")
    assert head.startswith("line 0\nline 1\n")
    assert tail.endswith("line 998\nline 999")
    assert "characters left out]\n" in tail
    assert len(tail) > 3 * len(head)
    assert len(text) < 600


def test_one_endless_line_is_cut_too() -> None:
    text = for_model("x" * 10_000, 500)
    assert len(text) < 600
    assert text.startswith("[9,600 characters left out]\n")


def test_an_output_that_lost_its_beginning_says_so() -> None:
    assert for_model("end", 100, beginning_is_gone=True) == "[the beginning was too much to keep]\nend"
    cut = for_model("one\ntwo\nthree\nfour", 10, beginning_is_gone=True)
    assert cut == "[14 characters left out, and more before them]\nfour"


def test_equal_lines_in_a_row_are_counted() -> None:
    assert for_model("a\n" * 3 + "b\n" * 50 + "c", 1_000) == "a\na\na\nb\n[the same line 49 more times]\nc"

"""What a model is asked for by the scribe: bounded, whatever a turn held."""

from boocode.contracts.resources import Part
from boocode.domain.native.scribing import (
    MOST_CALLS,
    MOST_LABELS,
    SHOWN_CHARS,
    label_question,
    runs_to_label,
    summary_question,
    title_question,
    wants_summary,
)


def call(title: str, **more: object) -> Part:
    return Part("tool", tool_call_id=title, title=title, **more)  # type: ignore[arg-type]


def test_a_long_prompt_is_shown_by_its_ends() -> None:
    text = title_question("begin " + "x" * 100_000 + " end").text
    assert "begin" in text
    assert "end" in text
    assert len(text) < SHOWN_CHARS + 200
    assert len(summary_question("p" * 100_000, "a" * 100_000).text) < 2 * SHOWN_CHARS


def test_calls_are_listed_with_the_places_that_their_titles_do_not_name() -> None:
    run = (
        call("Read a.py", locations=("a.py", "/w/b.py")),
        call("Run\ntests", status="failed"),
        call("", kind="edit"),
    )
    assert "- Read a.py (/w/b.py)\n- Run tests [failed]\n- edit\n" in label_question(run).text


def test_of_a_long_run_the_ends_are_listed() -> None:
    run = tuple(call(f"Read {n}") for n in range(100))
    lines = [line for line in label_question(run).text.splitlines() if line.startswith("- ")]
    assert len(lines) == MOST_CALLS + 1
    assert (lines[0], lines[-1], f"- … {100 - MOST_CALLS} more …" in lines) == ("- Read 0", "- Read 99", True)


def test_of_many_runs_the_longest_get_a_label_in_their_order() -> None:
    runs = tuple(tuple(call(f"{n}.{m}") for m in range(2 + n % 5)) for n in range(40))
    chosen = runs_to_label(runs)
    assert len(chosen) == MOST_LABELS
    assert min(map(len, chosen)) == 5
    assert list(chosen) == sorted(chosen, key=runs.index)
    assert runs_to_label(runs[:3]) == runs[:3]


def test_an_answer_that_is_a_short_line_needs_no_summary() -> None:
    assert not wants_summary(" Done. \n")
    assert not wants_summary("")
    assert wants_summary("Done.\nAnd more.")
    assert wants_summary("x" * 200)

"""Sub-tasks in words."""

import pytest
from attrs import evolve

from boocode.contracts.resources import Part, Task
from boocode.domain.native.sub_tasks import (
    ANSWER_CHARS,
    bounded,
    first_words,
    in_the_end,
    in_the_end_for_people,
    key_of,
    last_words,
    listed,
    meanwhile,
    task_of,
)

TASK = Task(
    id="task_1", project_id="p", session_id="s", chat_id="c", parent_task_id="t", arena_id=None, state="completed",
    agent="boocode", model=None, input="find the bug\nin a.py", output_summary="short", error=None,
    input_tokens=None, output_tokens=None, cost=None, created_at="", started_at=None, ended_at=None,
)  # fmt: skip


def text(words: str) -> Part:
    return Part("text", text=words)


TOOL = Part("tool", title="Read")


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((), ""),
        ((text("all "), text("of it")), "all of it"),
        ((text("first"), TOOL, text(" last ")), "last"),
        ((text("said"), TOOL), "said"),
        ((text("one "), TOOL, text("two"), TOOL, text("  ")), "one two"),
        ((Part("reasoning", text="hm"), Part("notice", text="look"), text("fine")), "fine"),
    ],
)
def test_the_answer_is_what_was_said_behind_the_last_tool(parts: tuple[Part, ...], expected: str) -> None:
    assert last_words(parts) == expected


def test_a_long_answer_keeps_its_two_ends_and_says_what_is_left_out() -> None:
    long = "a" * 4_000 + "b" * 4_000
    told = in_the_end(TASK, long)
    assert "[… 2000 characters left out …]" in told
    assert told.endswith("b" * 2_000)
    assert len(told) < ANSWER_CHARS + 300
    assert bounded("short", 5) == "short"


def test_a_parent_is_told_who_did_what_and_how_it_went() -> None:
    assert in_the_end(TASK, "In line 3.") == (
        "Sub-task task_1 (boocode) is completed.\nIt was asked: find the bug in a.py\nIts answer:\nIn line 3."
    )
    failed = evolve(TASK, state="failed", error="no\nmodel", output_summary=None)
    assert in_the_end(failed, "").splitlines()[0] == "Sub-task task_1 (boocode) failed: no model"
    assert in_the_end(failed, "").endswith("It said nothing.")
    assert "was cancelled." in in_the_end(evolve(TASK, state="cancelled"), "half")
    assert "What it had said until then:\nhalf" in in_the_end(evolve(TASK, state="cancelled"), "half")


def test_without_its_message_the_summary_in_the_task_is_told() -> None:
    assert in_the_end(TASK, "").endswith("Its answer:\nshort")


def test_people_read_which_sub_task_it_was() -> None:
    assert "“find the bug in a.py”: it is completed." in in_the_end_for_people(TASK)


def test_meanwhile_it_is_said_what_it_waits_for() -> None:
    assert "waits in the queue for 3 s" in meanwhile(evolve(TASK, state="pending"), 3.2)
    assert "waits for a person's answer" in meanwhile(evolve(TASK, state="blocked"), 3.2)
    assert meanwhile(evolve(TASK, state="running"), 61.0, "Read a.py").splitlines() == [
        "Sub-task task_1 (boocode) is at work for 61 s.",
        "Its last step: Read a.py",
    ]


def test_a_line_of_a_list_names_id_state_agent_and_prompt() -> None:
    assert listed(TASK) == "task_1 | completed | boocode | find the bug in a.py"
    assert first_words("a b c", 4) == "a b…"


def test_keys_lead_back_to_their_tasks_and_others_do_not() -> None:
    assert task_of(key_of("task_1")) == "task_1"
    assert task_of("weather") is None

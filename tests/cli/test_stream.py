"""A turn on the terminal: what goes to stdout, what to stderr, what is left out."""

import io
import json
from typing import Any

from boocode.cli.stream import StreamPrinter


def shown(*frames: dict[str, Any], only: str | None = None, as_json: bool = False) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    printer = StreamPrinter(as_json=as_json, only=only, out=out, err=err)
    for frame in frames:
        printer.show(frame)
    return out.getvalue(), err.getvalue()


def delta(text: str, message_id: str = "m") -> dict[str, Any]:
    return {"type": "message_delta", "message_id": message_id, "kind": "text", "text": text}


def tool(status: str, type_: str = "tool_update") -> dict[str, Any]:
    return {
        "type": type_,
        "message_id": "m",
        "part": {"tool_call_id": "t", "title": "Write a.txt", "status": status},
    }


def test_only_the_agents_text_is_on_stdout():
    out, err = shown(delta("Hel"), tool("running", "tool_call"), delta("lo."), tool("completed"))
    assert out == "Hel\nlo.\n"
    assert err == "  · Write a.txt\n  ✓ Write a.txt\n"


def test_nothing_that_others_wrote_steers_the_terminal():
    """A file or a pipe gets the agent's text as it is."""
    evil = "\x1b]0;t\x07\r\u202e"
    title = tool("running", "tool_call")
    title["part"]["title"] = f"one{evil}\n? two"
    question = {
        "type": "permission_requested",
        "message_id": "m",
        "title": f"rm -rf{evil}\nls",
        "options": [{"id": "yes", "label": f"No{evil}"}],
    }
    reasoning = {**delta(evil + "\n"), "kind": "reasoning"}
    frames = (title, question, {"type": "notice", "message_id": "m", "text": f"a\nb{evil}"}, reasoning)
    out, err = shown(*frames, delta(evil))
    assert out == evil
    assert not any(each in err for each in "\x1b\x07\r\u202e")
    assert "? rm -rf\\x1b]0;t\\x07\\r\\u202e\\nls\n" in err
    assert "! a\nb" in err
    screen = Screen()
    StreamPrinter(out=screen, err=io.StringIO()).show(delta(f"a\n\tb{evil}"))
    assert screen.getvalue() == "a\n\tb\\x1b]0;t\\x07\\r\\u202e"


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_an_unchanged_tool_is_not_told_twice():
    _, err = shown(tool("running", "tool_call"), tool("running"), tool("running"))
    assert err == "  · Write a.txt\n"


def test_the_end_completes_the_line_and_names_a_cause():
    done = {"type": "message_complete", "message_id": "m", "status": "error", "error": "It broke."}
    assert shown(delta("abc"), done) == ("abc\n", "error: It broke.\n")
    fine = {"type": "message_complete", "message_id": "m", "status": "complete", "error": None}
    assert shown(delta("abc"), fine) == ("abc\n", "")


def test_frames_of_other_messages_are_left_out_when_one_is_followed():
    assert shown(delta("mine"), delta("other", "x"), only="m")[0] == "mine"


def test_json_prints_each_frame_of_the_log_as_it_came():
    frame = {"topic": "chat:c", "seq": 1, **delta("é")}
    out, err = shown({"type": "subscribed", "topic": "chat:c", "last_seq": 0}, frame, as_json=True)
    assert json.loads(out) == frame
    assert out.count("\n") == 1
    assert err == ""


def test_a_cancelled_turn_says_what_it_took_to_end_it():
    done = {"type": "message_complete", "message_id": "m", "status": "cancelled", "cause": "cancelled"}
    for rung, words in (
        ("asked", "stopped when it was asked"),
        ("killed", "was killed"),
        (None, "cancelled"),
    ):
        assert words in shown({**done, "rung": rung})[1]


def test_a_quiet_agent_and_one_that_ended_by_itself_are_told():
    status = {"type": "agent_status_updated", "chat_id": "c", "agent": "mine", "status": "working"}
    assert shown(status) == ("", "")
    assert "mine is quiet" in shown({**status, "quiet_since": "2026-01-01T00:00:00.000Z"})[1]
    assert "It exited." in shown({**status, "status": "error", "reason": "It exited."})[1]


def resolved(outcome: str, **more: Any) -> dict[str, Any]:
    return {"type": "permission_resolved", "outcome": outcome, **more}


def test_a_deadline_and_a_policy_are_told_as_what_they_are():
    _, err = shown(
        resolved("selected:ja", answered_by="person"),
        resolved("timed_out:nein", answered_by="deadline"),
        resolved("withdrawn:The turn is over.", answered_by=None),
        resolved("selected:ja", answered_by="policy", title="Read a.txt"),
    )
    assert err.splitlines() == [
        "  question closed: ja",
        "  question closed: nobody answered in time, so: nein",
        "  question closed: no longer needed: The turn is over.",
        "  allowed by the project's policy: Read a.txt",
    ]


def test_who_follows_a_whole_chat_sees_queued_prompts_change():
    edited = {"type": "message_updated", "message": {"id": "u", "role": "user", "text": "better"}}
    removed = {"type": "message_removed", "message_id": "u"}
    _, err = shown(edited, removed)
    assert err == "> (edited) better\n> (a queued prompt was taken back)\n"
    assert shown(edited, removed, only="m") == ("", "")


def test_a_restore_says_what_left_the_chat_and_the_way_back():
    restored = {
        "type": "checkpoint_restored", "checkpoint": {"created_at": "2026-01-01T00:00:00Z"}, "safety_id": "ckpt_2",
        "hidden_messages": ["a", "b"], "shown_messages": [],
    }  # fmt: skip
    _, err = shown(restored)
    assert "2 messages left the chat" in err
    assert "boocode restore ckpt_2" in err
    assert shown(restored, only="m") == ("", "")

"""The end of a turn: exactly one, whatever the outcome, with everything that hangs on it."""

import pytest

from boocode.adapters.postgres import PostgresLog, PostgresStore
from boocode.adapters.postgres.endings import SUMMARY_CHARS, summary_of
from boocode.contracts.resources import Part, PermissionOption
from boocode.domain.events import Cancelled, Completed, Failed, Interrupted, Outcome
from boocode.ports.log_sink import AppendFrames, Settle
from boocode.ports.store import ClaimedTask, NewPermission
from tests.adapters.postgres.scenes import Pen, a_chat, delta, read, settlement


async def claimed_task(store: PostgresStore, pen: Pen) -> ClaimedTask:
    await pen.post((await a_chat(store)).id)
    (claimed,) = await store.claim_tasks("me", 1, 30.0)
    return claimed


@pytest.mark.parametrize(
    ("outcome", "status", "state", "error", "cause"),
    [
        (Completed(), "complete", "completed", None, None),
        (Cancelled(), "cancelled", "cancelled", None, "cancelled"),
        (Failed("agent_error", "it said no"), "error", "failed", "it said no", "agent_error"),
        (Interrupted("log_full", "too much"), "interrupted", "failed", "too much", "log_full"),
    ],
)
async def test_an_outcome_is_the_same_in_message_task_and_log(
    store: PostgresStore,
    log: PostgresLog,
    pen: Pen,
    outcome: Outcome,
    status: str,
    state: str,
    error: str | None,
    cause: str | None,
) -> None:
    claimed = await claimed_task(store, pen)
    settled = await pen.settle(settlement(claimed, outcome))
    assert settled.won
    assert (settled.task.state, settled.task.error, settled.task.output_summary) == (state, error, "done")
    message = await store.get_message(claimed.message_id)
    assert message is not None
    assert (message.status, message.error, message.text, message.model) == (status, error, "done", "m1")
    (agent,) = await store.list_agent_sessions(claimed.task.session_id or "")
    assert agent.status == ("idle" if state in ("completed", "cancelled") else "error")
    last = read(await log.read(settled.task.chat_id, 0, 100))[-1]
    assert (
        last["type"],
        last["message_id"],
        last["status"],
        last["error"],
        last["cause"],
        last["model"],
    ) == (
        "message_complete",
        claimed.message_id,
        status,
        error,
        cause,
        "m1",
    )


async def test_only_the_first_settlement_counts(store: PostgresStore, log: PostgresLog, pen: Pen) -> None:
    claimed = await claimed_task(store, pen)
    await pen.settle(settlement(claimed, Completed(), text="first"))
    second = await pen.settle(settlement(claimed, Interrupted("runtime_died", "late"), text="second"))
    assert (second.won, second.task.state) == (False, "completed")
    assert (await store.get_message(claimed.message_id)).text == "first"  # type: ignore[union-attr]
    frames = read(await log.read(claimed.task.chat_id, 0, 100))  # type: ignore[arg-type]
    assert [frame["type"] for frame in frames].count("message_complete") == 1


async def test_usage_adds_up_per_agent_session_and_null_stays_null(store: PostgresStore, pen: Pen) -> None:
    chat = await a_chat(store)
    for tokens, cost in ((10, 0.5), (None, None), (7, 0.25)):
        await pen.post(chat.id)
        (claimed,) = await store.claim_tasks("me", 1, 30.0)
        await pen.settle(settlement(claimed, input_tokens=tokens, output_tokens=None, cost=cost))
    (agent_session,) = await store.list_agent_sessions(chat.session_id)
    assert (agent_session.input_tokens, agent_session.output_tokens, agent_session.cost) == (17, None, 0.75)
    assert (agent_session.agent, agent_session.model) == ("practice", "m1")


async def test_a_null_model_and_absurd_counts_are_taken(store: PostgresStore, pen: Pen) -> None:
    claimed = await claimed_task(store, pen)
    absurd = settlement(claimed, model=None, input_tokens=-5, output_tokens=2**70, cost=None)
    settled = await pen.settle(absurd)
    assert (settled.task.model, settled.task.input_tokens, settled.task.output_tokens) == (None, 0, 2**63 - 1)


async def test_open_questions_of_the_turn_are_withdrawn_before_its_last_frame(
    store: PostgresStore, log: PostgresLog, pen: Pen
) -> None:
    claimed = await claimed_task(store, pen)
    task = claimed.task
    assert task.chat_id is not None
    options = (PermissionOption("yes", "Yes", "allow_once"),)
    question = NewPermission(
        "perm_1", task.chat_id, task.id, "practice", "k", "may I", Part("tool", title="t"), options, 1.0
    )
    await store.save_permission(question)
    await pen.settle(settlement(claimed, Cancelled()))
    assert await store.open_permissions() == ()
    frames = read(await log.read(task.chat_id, 2, 100))
    assert [frame["type"] for frame in frames] == ["permission_resolved", "message_complete"]
    assert frames[0]["outcome"].startswith("withdrawn:")


async def test_what_the_agent_wrote_survives_whatever_it_is(store: PostgresStore, pen: Pen) -> None:
    claimed = await claimed_task(store, pen)
    parts = (
        Part("reasoning", text="hm \0"),
        Part(
            "tool",
            tool_call_id="1",
            title="run",
            status="completed",
            input={"a": [1, None]},
            output="\ud800!",
        ),
        Part("text", text="nul \0 and 🎃"),
    )
    await pen.settle(settlement(claimed, text="nul \0 and 🎃", parts=parts))
    message = await store.get_message(claimed.message_id)
    assert message is not None
    assert message.text == "nul \0 and 🎃"
    assert message.parts[0] == parts[0]
    assert (message.parts[1].input, message.parts[1].output) == ({"a": [1, None]}, "\ufffd!")


async def test_a_settlement_comes_after_what_was_appended_before_it_in_its_batch(
    store: PostgresStore, log: PostgresLog, pen: Pen
) -> None:
    claimed = await claimed_task(store, pen)
    chat_id = claimed.task.chat_id
    assert chat_id is not None
    await pen.write(
        AppendFrames((delta(chat_id, "a"),)),
        Settle(settlement(claimed)),
        AppendFrames((delta(chat_id, "b"),)),
    )
    kinds = [frame["type"] for frame in read(await log.read(chat_id, 2, 10))]
    assert kinds == ["message_delta", "message_complete", "message_delta"]


async def test_a_log_that_was_cut_short_is_completed_with_the_rest_of_the_text(
    store: PostgresStore, log: PostgresLog, pen: Pen
) -> None:
    claimed = await claimed_task(store, pen)
    chat_id, message_id = claimed.task.chat_id, claimed.message_id
    assert chat_id is not None
    await pen.append(
        delta(chat_id, "one \0", message_id),
        delta(chat_id, "think", message_id, "reasoning"),
        delta(chat_id, "!", "msg_x"),
    )
    whole = settlement(
        claimed,
        Interrupted("log_full", "too much"),
        text="one \0two three",
        parts=(
            Part("reasoning", text="think harder"),
            Part("text", text="one \0two "),
            Part("text", text="three"),
        ),
    )
    await pen.write(AppendFrames((delta(chat_id, "two", message_id),)), Settle(whole, completes_log=True))
    deltas = [
        frame
        for frame in read(await log.read(chat_id, 0, 100))
        if frame["type"] == "message_delta" and frame["message_id"] == message_id
    ]
    for kind, text in (("text", "one \0two three"), ("reasoning", "think harder")):
        assert "".join(frame["text"] for frame in deltas if frame["kind"] == kind) == text


def test_a_summary_is_the_first_words() -> None:
    assert summary_of("  short \n") == "short"
    long = summary_of("word " * 200)
    assert long.endswith(" word…")
    assert len(long) <= SUMMARY_CHARS + 1
    assert len(summary_of("x" * 1000)) == SUMMARY_CHARS + 1

"""Going back hides messages and the way back shows them: the rule, turn by turn and against a model."""

import random

import pytest
import trio
from attrs import define, field

from boocode.adapters.postgres import PostgresLog, PostgresStore
from boocode.ports.database import StoreRejected
from boocode.ports.safety_store import CheckpointRow, Trim
from boocode.ports.store import AgentSessionRow
from tests.adapters.postgres.safety_scenes import Desk, a_desk
from tests.adapters.postgres.scenes import Pen, read

RESTORES = ("restore", "restore", "restore last safety")


@pytest.fixture
async def desk(store: PostgresStore, pen: Pen) -> Desk:
    return await a_desk(store, pen)


async def test_prompt_and_answer_of_the_turn_leave_and_earlier_ones_stay(desk: Desk) -> None:
    await desk.turn("one")
    kept = await desk.seen()
    second = await desk.turn("two")
    gone = [id_ for id_ in await desk.seen() if id_ not in kept]
    _, trim = await desk.restore(second)
    assert trim == Trim(hidden=tuple(gone), shown=())
    assert await desk.seen() == kept


async def test_the_safety_checkpoint_is_the_way_back(desk: Desk) -> None:
    first = await desk.turn("one")
    await desk.turn("two")
    before = await desk.seen()
    safety, trim = await desk.restore(first)
    assert await desk.seen() == []
    _, back = await desk.restore(safety)
    assert back == Trim(hidden=(), shown=trim.hidden)
    assert await desk.seen() == before


async def test_going_back_to_what_is_there_changes_nothing(desk: Desk) -> None:
    first = await desk.turn()
    await desk.restore(first)
    assert (await desk.restore(first))[1] == Trim((), ())


async def test_a_prompt_has_the_place_of_its_answer(desk: Desk) -> None:
    """Posted during the first turn, it belongs to the second."""
    await desk.begin_turn("one")
    await desk.pen.post(desk.chat_id, "queued meanwhile")
    await desk.end_turn()
    second = await desk.begin_queued()
    await desk.end_turn()
    await desk.restore(second)
    texts = [await desk.store.get_message(id_) for id_ in await desk.seen()]
    assert [(one.role, one.text) for one in texts if one] == [("user", "one"), ("assistant", "done")]


async def test_a_prompt_that_waits_stays_and_its_turn_comes_after(desk: Desk) -> None:
    first = await desk.turn("one")
    waiting = (await desk.pen.post(desk.chat_id, "waits")).message.id
    safety, _ = await desk.restore(first)
    assert await desk.seen() == [waiting]
    await desk.begin_queued()
    await desk.end_turn()
    assert len(await desk.seen()) == 2
    await desk.restore(safety)
    assert waiting not in await desk.seen()


async def test_a_turn_claimed_during_a_restore_is_not_hidden_by_it(desk: Desk) -> None:
    first = await desk.turn("one")
    posted = await desk.pen.post(desk.chat_id, "claimed meanwhile")
    (claimed,) = await desk.store.claim_tasks("me", 1, 30.0)
    safety, _ = await desk.restore(first)
    assert await desk.seen() == [posted.message.id, claimed.message_id]
    desk.claimed = claimed
    await desk.end_turn()
    _, back = await desk.restore(safety)
    assert back.hidden == (posted.message.id, claimed.message_id)


async def test_a_turn_claimed_during_a_restore_stays_also_before_a_later_prompt_that_was_cancelled(
    desk: Desk,
) -> None:
    first = await desk.turn("one")
    posted = await desk.pen.post(desk.chat_id, "claimed meanwhile")
    (claimed,) = await desk.store.claim_tasks("me", 1, 30.0)
    later = await desk.pen.post(desk.chat_id, "cancelled in the queue")
    assert await desk.store.request_cancel(later.task.id) == "cancelled"
    await desk.restore(first)
    assert {posted.message.id, claimed.message_id} <= set(await desk.seen())


async def test_what_came_while_a_restore_lay_open_is_not_hidden_by_its_end(desk: Desk) -> None:
    """BooCode died in the middle; somebody wrote before the restore was finished at the next start."""
    first = await desk.turn("one")
    safety = await desk.checkpoint("safety")
    operation_id = await desk.begin_operation()
    await desk.turn("came in between")
    between = (await desk.seen())[2:]
    await desk.store.finish_restore(operation_id, first.checkpoint.id, safety.checkpoint.id)
    assert await desk.seen() == between


async def test_another_chat_of_the_worktree_keeps_its_messages(store: PostgresStore, pen: Pen) -> None:
    desk = await a_desk(store, pen, chats=2)
    one, two = (chat.id for chat in desk.chats)
    first = await desk.turn(chat_id=one)
    await desk.turn(chat_id=two)
    kept = await desk.seen(two)
    await desk.restore(first)
    assert (await desk.seen(one), await desk.seen(two)) == ([], kept)


async def test_a_hidden_message_is_still_found_and_its_task_counts(desk: Desk) -> None:
    first = await desk.turn()
    prompt, answer = await desk.seen()
    costs = await desk.store.costs("agent")
    await desk.restore(first)
    assert [
        one and one.id for one in (await desk.store.get_message(prompt), await desk.store.get_message(answer))
    ] == [
        prompt,
        answer,
    ]
    assert await desk.store.costs("agent") == costs


async def test_pages_of_a_chat_are_full_although_messages_between_are_hidden(desk: Desk) -> None:
    await desk.turn("one")
    second = await desk.turn("two")
    await desk.turn("three")
    await desk.restore(second)
    await desk.turn("four")
    newest = await desk.store.list_messages(desk.chat_id, None, 3)
    older = await desk.store.list_messages(desk.chat_id, newest.next, 3)
    texts = [one.text for one in (*older.items, *newest.items)]  # type: ignore[attr-defined]
    assert (len(newest.items), texts, older.next) == (3, ["one", "done", "four", "done"], None)


async def test_a_prompt_sent_again_after_it_was_hidden_is_still_the_same_prompt(desk: Desk) -> None:
    posted = await desk.pen.post(desk.chat_id, "once", client_id="c1")
    before = await desk.begin_queued()
    await desk.end_turn()
    await desk.restore(before)
    again = await desk.pen.post(desk.chat_id, "once", client_id="c1")
    assert (again.message.id, again.repeated) == (posted.message.id, True)


# the end of a restore


async def test_the_end_of_a_restore_is_in_the_log_once(desk: Desk, log: PostgresLog) -> None:
    first = await desk.turn()
    hidden = tuple(await desk.seen())
    before = await log.last_seq(desk.chat_id)
    assert before is not None
    safety = await desk.checkpoint("safety")
    operation_id = await desk.begin_operation()
    for _ in range(2):
        trim = await desk.store.finish_restore(operation_id, first.checkpoint.id, safety.checkpoint.id)
        assert trim == Trim(hidden, ())
    (frame,) = read(await log.read(desk.chat_id, before, 10))
    assert (frame["type"], frame["session_id"]) == ("checkpoint_restored", desk.session_id)
    assert (frame["checkpoint"]["id"], frame["safety_id"]) == (first.checkpoint.id, safety.checkpoint.id)
    assert (frame["hidden_messages"], frame["shown_messages"]) == (list(hidden), [])


async def test_a_restore_repeated_after_others_changes_nothing(desk: Desk) -> None:
    first = await desk.turn()
    safety = await desk.checkpoint("safety")
    operation_id = await desk.begin_operation()
    ids = (operation_id, first.checkpoint.id, safety.checkpoint.id)
    trim = await desk.store.finish_restore(*ids)
    await desk.restore(safety)
    seen = await desk.seen()
    assert await desk.store.finish_restore(*ids) == trim
    assert await desk.seen() == seen != []


async def test_restores_that_end_in_another_order_than_they_began_both_end(desk: Desk) -> None:
    """One process died in the middle and another one restored the chat before the first was finished."""
    await desk.turn("one")
    second = await desk.turn("two")
    seen = await desk.seen()
    safety = await desk.checkpoint("safety")
    operation_id = await desk.begin_operation()
    await desk.restore(second)
    back = await desk.store.finish_restore(operation_id, safety.checkpoint.id, safety.checkpoint.id)
    assert back.shown == tuple(seen[2:])
    assert await desk.seen() == seen


async def test_two_at_once_finish_a_restore_once(desk: Desk, log: PostgresLog) -> None:
    first = await desk.turn()
    safety = await desk.checkpoint("safety")
    operation_id = await desk.begin_operation()
    seq = await log.last_seq(desk.chat_id)
    trims: list[Trim] = []

    async def finish() -> None:
        trims.append(await desk.store.finish_restore(operation_id, first.checkpoint.id, safety.checkpoint.id))

    async with trio.open_nursery() as nursery:
        for _ in range(4):
            nursery.start_soon(finish)
    assert len(set(trims)) == 1
    assert len(trims[0].hidden) == 2
    assert await log.last_seq(desk.chat_id) == (seq or 0) + 1


async def test_the_chats_agents_start_anew_and_what_they_used_is_kept(desk: Desk) -> None:
    first = await desk.turn()
    await desk.store.save_agent_session(
        AgentSessionRow(desk.chat_id, "practice", "acp", "idle", "s1", "hash")
    )
    await desk.restore(first)
    found = await desk.store.get_agent_session(desk.chat_id, "practice")
    assert found is not None
    assert (found.agent_session_id, found.status) == (None, "idle")
    (shown,) = await desk.store.list_agent_sessions(desk.session_id)
    assert (shown.has_session, shown.input_tokens, shown.cost) == (False, 10, 0.5)


async def test_a_restore_that_was_undone_is_not_finished(desk: Desk) -> None:
    first = await desk.turn()
    seen = await desk.seen()
    safety = await desk.checkpoint("safety")
    operation_id = await desk.begin_operation()
    await desk.store.end_operation(operation_id, "undone", "no space")
    assert await desk.store.finish_restore(operation_id, first.checkpoint.id, safety.checkpoint.id) == Trim(
        (), ()
    )
    assert await desk.seen() == seen


async def test_a_restore_whose_chat_is_gone_ends_without_a_trim(desk: Desk) -> None:
    first = await desk.turn()
    safety = await desk.checkpoint("safety")
    operation_id = await desk.begin_operation()
    await desk.store.delete_session(desk.session_id)
    assert await desk.store.finish_restore(operation_id, first.checkpoint.id, safety.checkpoint.id) == Trim(
        (), ()
    )
    assert await desk.store.open_operations() == ()


async def test_a_restore_that_nobody_began_is_refused(desk: Desk) -> None:
    first = await desk.turn()
    with pytest.raises(StoreRejected, match="never begun"):
        await desk.store.finish_restore("op_unknown", first.checkpoint.id, first.checkpoint.id)


async def test_the_preview_of_an_unknown_checkpoint_is_empty(desk: Desk) -> None:
    assert await desk.store.preview_trim("unknown") == Trim((), ())


# against a model: a snapshot of what was seen at each checkpoint


@define
class Model:
    """Of one chat: what is seen, what waits, and what was seen at each checkpoint."""

    seen: set[str] = field(factory=set)
    queued: list[str] = field(factory=list)
    at: list[tuple[CheckpointRow, frozenset[str]]] = field(factory=list)
    safeties: list[int] = field(factory=list)

    def took(self, checkpoint: CheckpointRow) -> None:
        if checkpoint.checkpoint.kind == "safety":
            self.safeties.append(len(self.at))
        self.at.append((checkpoint, frozenset(self.seen)))


@pytest.mark.parametrize("seed", range(6))
async def test_any_order_of_turns_and_restores_shows_what_a_snapshot_would(
    store: PostgresStore, pen: Pen, seed: int
) -> None:
    choose = random.Random(seed)
    desk = await a_desk(store, pen, chats=2)
    models = {chat.id: Model() for chat in desk.chats}
    for step in range(60):
        chat_id = choose.choice(desk.chats).id
        await _step(choose, desk, models, chat_id)
        for each, model in models.items():
            expected = model.seen | set(model.queued)
            assert set(await desk.seen(each)) == expected, f"seed {seed}, step {step}"


async def _step(choose: random.Random, desk: Desk, models: dict[str, Model], chat_id: str) -> None:
    model = models[chat_id]
    match choose.choice(("turn", "turn", "post", "run", "cancel", "take back", "manual", *RESTORES)):
        case "turn":
            await desk.pen.post(chat_id)
            model.queued.append((await desk.seen(chat_id))[-1])
            while any(each.queued for each in models.values()):
                await _run_next(choose, desk, models)
        case "post":
            model.queued.append((await desk.pen.post(chat_id)).message.id)
        case "run" if any(each.queued for each in models.values()):
            await _run_next(choose, desk, models)
        case "cancel" if model.queued:
            prompt = model.queued.pop(choose.randrange(len(model.queued)))
            await _cancel(desk, model, prompt)
        case "take back" if model.queued:
            await desk.store.remove_queued(model.queued.pop(choose.randrange(len(model.queued))))
        case "manual":
            model.took(await desk.checkpoint("manual", chat_id=chat_id))
        case "restore" if model.at:
            await _restore(choose, desk, model, choose.choice(model.at))
        case "restore last safety" if model.safeties:
            await _restore(choose, desk, model, model.at[model.safeties[-1]])


async def _run_next(choose: random.Random, desk: Desk, models: dict[str, Model]) -> None:
    """The oldest prompt of the session has its turn; sometimes another one is posted and cancelled meanwhile."""
    made = await desk.begin_queued()
    chat_id = made.checkpoint.chat_id
    assert chat_id is not None
    assert desk.claimed is not None
    model = models[chat_id]
    model.took(made)
    prompt = model.queued.pop(0)
    model.seen |= {prompt, desk.claimed.message_id}
    if choose.random() < 0.3:
        await _cancel(desk, model, (await desk.pen.post(chat_id)).message.id)
    await desk.end_turn()


async def _cancel(desk: Desk, model: Model, prompt: str) -> None:
    message = await desk.store.get_message(prompt)
    assert message is not None
    assert message.task_id is not None
    assert await desk.store.request_cancel(message.task_id) == "cancelled"
    task = await desk.store.get_task(message.task_id)
    assert task is not None
    assert task.message_id is not None
    model.seen |= {prompt, task.message_id}


async def _restore(
    choose: random.Random, desk: Desk, model: Model, target: tuple[CheckpointRow, frozenset[str]]
) -> None:
    checkpoint, then = target
    preview = await desk.store.preview_trim(checkpoint.checkpoint.id)
    safety = await desk.checkpoint("safety", chat_id=checkpoint.checkpoint.chat_id)
    model.took(safety)
    ids = (await desk.begin_operation(), checkpoint.checkpoint.id, safety.checkpoint.id)
    trim = await desk.store.finish_restore(*ids)
    if choose.random() < 0.3:
        assert await desk.store.finish_restore(*ids) == trim
    assert preview == trim
    assert set(trim.hidden) == model.seen - then
    assert set(trim.shown) == then - model.seen
    model.seen = set(then)

"""The permission desk over a real database: one answer to each question, whoever gives it."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import trio
from attrs import define, evolve, field

from actors.permission_desk import PermissionDesk
from boocode.adapters.postgres import PostgresStore
from boocode.adapters.worktree_places import WorktreePlaces
from boocode.contracts.frames import PermissionRequested, PermissionResolved, TaskUpdated
from boocode.contracts.resources import Part, PermissionOption
from boocode.kernel import ChildSpec, Ref, System
from boocode.ports.log import Append
from boocode.ports.names import EVENT_WRITER, HUB, PERMISSION_DESK
from boocode.ports.permissions import (
    Answer,
    AskPermission,
    PermissionAnswered,
    PermissionGone,
    PermissionShown,
    ResolvedElsewhere,
    UnknownOption,
    WithdrawPermission,
)
from boocode.ports.store import ClaimedTask, NewPermission, WorktreeRow
from tests.actors.store_kit import a_tree, ear, until
from tests.adapters.postgres.scenes import Pen, a_chat

OPTIONS = (PermissionOption("ja", "Do it", "allow_once"), PermissionOption("nein", "Leave it", "reject_once"))
ROOT = "/nowhere/w"


@define
class Desk:
    system: System
    claimed: ClaimedTask
    store: PostgresStore
    told: list[Any] = field(factory=list)
    """What the asker hears."""
    written: list[Any] = field(factory=list)
    hinted: list[Any] = field(factory=list)

    @property
    def ref(self) -> Ref:
        return self.system.whereis(PERMISSION_DESK)

    @property
    def asker(self) -> Ref:
        return self.system.whereis("asker")

    def question(self, id_: str = "perm_1", within_s: float = 60.0, **tool: Any) -> NewPermission:
        task = self.claimed.task
        assert task.chat_id is not None
        part = Part("tool", tool_call_id="t", title="ls", **tool)
        expires = time.time() + within_s
        return NewPermission(id_, task.chat_id, task.id, "practice", "k", "May I?", part, OPTIONS, expires)

    async def ask(self, question: NewPermission | None = None) -> None:
        self.ref.cast(AskPermission(question or self.question(), self.asker))
        await until(lambda: bool(self.told))

    async def answer(self, option_id: str = "ja", id_: str = "perm_1") -> Any:
        return await self.ref.call(Answer(id_, option_id), timeout=20)

    @property
    def frames(self) -> list[str]:
        return [
            entry.body.type for item in self.written if isinstance(item, Append) for entry in item.entries
        ]

    @property
    def answers(self) -> list[PermissionAnswered]:
        return [item for item in self.told if isinstance(item, PermissionAnswered)]

    async def state(self) -> str | None:
        task = await self.store.get_task(self.claimed.task.id)
        return task.state if task else None


@pytest.fixture
async def desk(store: PostgresStore, pen: Pen) -> AsyncIterator[Desk]:
    async with a_desk(store, pen) as made:
        yield made


@asynccontextmanager
async def a_desk(store: PostgresStore, pen: Pen, policy: Any = "ask") -> AsyncIterator[Desk]:
    """A running task in a project with this policy, with a worktree that need not be there."""
    chat = await a_chat(store)
    await pen.post(chat.id)
    (claimed,) = await store.claim_tasks("me", 1, 60.0)
    task = claimed.task
    await store.change_project(task.project_id, None, policy)
    await store.save_worktree(
        WorktreeRow("w1", task.session_id, task.project_id, "/nowhere", ROOT, None, "0" * 40)
    )
    told: list[Any] = []
    written: list[Any] = []
    hinted: list[Any] = []
    async with a_tree(
        ear(HUB, hinted),
        ear(EVENT_WRITER, written),
        ear("asker", told),
        ChildSpec(
            id="desk", start=lambda: PermissionDesk(store, "deny", WorktreePlaces()), name=PERMISSION_DESK
        ),
    ) as system:
        yield Desk(system, claimed, store, told, written, hinted)


async def test_a_question_is_shown_blocks_its_task_and_is_answered(desk: Desk) -> None:
    await desk.ask()
    assert desk.told == [PermissionShown("k")]
    answered = await desk.answer()
    assert (answered.outcome, answered.answered_by) == ("selected:ja", "person")
    await until(lambda: len(desk.told) == 2)
    assert desk.told[1] == PermissionAnswered(
        "perm_1", "k", "ja", words="Answered by a person: 'Do it'.", by_policy=False
    )
    assert desk.frames == ["permission_requested", "permission_resolved"]
    assert await desk.state() == "running"
    states = [h.body.task.state for h in desk.hinted if isinstance(h.body, TaskUpdated)]
    assert states == ["blocked", "running"]


async def test_of_many_answers_at_once_one_counts_and_the_others_hear_which(desk: Desk) -> None:
    await desk.ask()
    refused: list[PermissionGone] = []
    chosen: list[str] = []

    async def answer(option_id: str) -> None:
        try:
            chosen.append((await desk.answer(option_id)).outcome)
        except PermissionGone as error:
            refused.append(error)

    async with trio.open_nursery() as nursery:
        for number in range(6):
            nursery.start_soon(answer, ("ja", "nein")[number % 2])
    assert len(chosen) == len(desk.answers) == 1
    assert [(gone.outcome, gone.answered_by) for gone in refused] == [(chosen[0], "person")] * 5
    assert all("Answered by a person" in str(gone) for gone in refused)


async def test_an_option_that_is_not_offered_leaves_the_question_open(desk: Desk) -> None:
    await desk.ask()
    with pytest.raises(UnknownOption):
        await desk.answer("maybe")
    with pytest.raises(PermissionGone) as unknown:
        await desk.answer(id_="perm_none")
    assert unknown.value.outcome is None
    assert (await desk.answer("nein")).outcome == "selected:nein"


async def test_a_deadline_answers_and_says_that_it_was_one(desk: Desk) -> None:
    await desk.ask(desk.question(within_s=0.05))
    await until(lambda: bool(desk.answers))
    (answer,) = desk.answers
    assert (answer.option_id, answer.timed_out) == ("nein", True)
    assert str(answer.words).startswith("Timed out")
    with pytest.raises(PermissionGone) as late:
        await desk.answer()
    assert (late.value.outcome, late.value.answered_by) == ("timed_out:nein", "deadline")


async def test_a_question_goes_with_its_asker_and_can_be_withdrawn(desk: Desk) -> None:
    await desk.ask()
    desk.ref.cast(WithdrawPermission("perm_1", "The agent no longer waits."))
    await until(lambda: "permission_resolved" in desk.frames)
    await desk.ask(desk.question("perm_2"))
    await until(lambda: desk.frames.count("permission_requested") == 2)
    desk.asker.kill("for the test")
    await until(lambda: desk.frames.count("permission_resolved") == 2)
    outcomes = [(await desk.store.get_permission(id_)) for id_ in ("perm_1", "perm_2")]
    assert [(each.outcome, each.answered_by) for each in outcomes if each] == [
        ("withdrawn:The agent no longer waits.", None),
        ("withdrawn:The turn that asked is over.", None),
    ]
    assert desk.answers == []
    assert await desk.store.open_permissions() == ()


async def test_an_answer_by_another_process_reaches_asker_and_watchers(desk: Desk) -> None:
    await desk.ask()
    await desk.store.resolve_permission("perm_1", "selected:nein", "person")
    desk.ref.cast(ResolvedElsewhere("perm_1"))
    await until(lambda: bool(desk.answers))
    assert desk.answers[0].option_id == "nein"
    await until(lambda: any(isinstance(h.body, PermissionResolved) for h in desk.hinted))
    assert desk.frames == ["permission_requested"]  # who answered it has written the rest
    desk.ref.cast(ResolvedElsewhere())
    with pytest.raises(PermissionGone):
        await desk.answer()
    assert len(desk.answers) == 1


async def test_what_the_policy_answers_nobody_is_asked(store: PostgresStore, pen: Pen) -> None:
    async with a_desk(store, pen, "allow_reads") as desk:
        await desk.ask(desk.question(kind="read", locations=(f"{ROOT}/a.txt",)))
        assert desk.told == [
            PermissionAnswered(
                "perm_1",
                "k",
                "ja",
                words="Allowed by the project's permission policy: 'Do it'.",
                by_policy=True,
            )
        ]
        assert desk.frames == ["permission_resolved"]
        assert not any(isinstance(h.body, PermissionRequested | TaskUpdated) for h in desk.hinted)
        assert await desk.state() == "running"
        row = await store.get_permission("perm_1")
        assert row is not None
        assert (row.outcome, row.answered_by) == ("selected:ja", "policy")
        await desk.ask(desk.question(kind="read", locations=(f"{ROOT}/a.txt",)))  # a turn that asks again
        await until(lambda: len(desk.told) == 2)
        assert desk.frames == ["permission_resolved"]


async def test_a_new_policy_counts_from_the_next_question_on(store: PostgresStore, pen: Pen) -> None:
    async with a_desk(store, pen, "ask") as desk:
        reading = desk.question(kind="read", locations=(f"{ROOT}/a.txt",))
        await desk.ask(reading)
        await store.change_project(desk.claimed.task.project_id, None, "allow_worktree")
        assert [each.id for each in await store.open_permissions()] == ["perm_1"]
        desk.ref.cast(AskPermission(evolve(reading, id="perm_2", request_key="k2"), desk.asker))
        await until(lambda: bool(desk.answers))
        assert [(answer.request_key, answer.by_policy) for answer in desk.answers] == [("k2", True)]
        desk.ref.cast(
            AskPermission(evolve(desk.question("perm_3", kind="execute"), request_key="k3"), desk.asker)
        )
        await until(lambda: PermissionShown("k3") in desk.told)

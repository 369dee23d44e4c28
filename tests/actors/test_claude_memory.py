"""Claude's memory of a conversation, kept in a real database while it talks, and put back where there is none."""

import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import trio

from boocode.adapters.postgres import Database
from boocode.adapters.postgres.claude_entries import PostgresSessionStore
from boocode.domain.events import Cancelled, Completed, Interrupted, Notice, Usage
from boocode.ports.agents import AgentStartFailed, SessionLimits
from boocode.ports.store import StoreUnavailable
from tests.actors.agent_kit import WAIT_S, eventually
from tests.actors.claude_kit import claude
from tools.agents import claude_program

pytestmark = pytest.mark.skipif(
    not claude_program().exists(), reason=f"{claude_program()} is missing: the SDK came without it"
)


class Away(PostgresSessionStore):
    """A store whose database goes away and comes back as a test wants."""

    is_away = False

    async def append(self, key: Mapping[str, str], entries: Sequence[Mapping[str, object]]) -> None:
        await self._check()
        await super().append(key, entries)

    async def load(self, key: Mapping[str, str]) -> list[Mapping[str, object]] | None:
        await self._check()
        return await super().load(key)

    async def _check(self) -> None:
        await trio.lowlevel.checkpoint()
        if self.is_away:
            raise StoreUnavailable("the test says so")


class Hung(PostgresSessionStore):
    """A store whose database takes what it is given and never answers."""

    async def append(self, key: Mapping[str, str], entries: Sequence[Mapping[str, object]]) -> None:
        await trio.sleep_forever()


async def test_in_an_empty_home_it_remembers_what_the_database_knows(
    tmp_path: Path, database: Database
) -> None:
    """Also a turn in whose middle it was killed; and what it cost begins anew with its process."""
    store = PostgresSessionStore(database)
    async with claude(tmp_path, store=store, home="one") as scene:
        agents = scene.agents
        lease = await agents.acquire()
        told = await agents.turn(lease, "say good morning", task="t1")
        cost = told.of(Usage)[-1].cost
        place = agents.worktree / "a.txt"
        prompt = f"write {place}: x then call Nothing {{}} then stall"
        told, _ = await agents.start(lease, prompt, task="t2", mode="acceptEdits")
        await told.until(lambda told: "started" in told.text)

        async def is_kept() -> bool:
            entries = await store.load(key)
            return entries is not None and "Nothing" in str(entries)

        (project,) = (scene.home / ".claude/projects").iterdir()
        key = {"project_key": project.name, "session_id": lease.agent_session_id}
        await eventually(is_kept)
        (pid,) = [process.pid for process in agents.owner.owned()]
        os.kill(pid, signal.SIGKILL)
        assert isinstance(await told.over(), Interrupted)

    async with claude(tmp_path, store=store, home="two") as scene:
        agents = scene.agents
        lease = await agents.acquire(agents.plan(resume_id=key["session_id"]))
        assert (lease.fresh, lease.agent_session_id) == (False, key["session_id"])
        told = await agents.turn(lease, "say good evening", task="t3")
        assert told.outcomes == [Completed("end_turn")]
        assert "good evening" in told.text
        assert "good morning" not in told.text
        said = str(scene.model.requests[-1].body["messages"])
        assert "say good morning" in said
        assert "call Nothing" in said
        assert told.of(Usage)[-1].cost == pytest.approx(cost)
    entries = await store.load(key)
    assert entries is not None
    known = [entry["uuid"] for entry in entries if "uuid" in entry]
    assert len(known) == len(set(known))


async def test_a_conversation_that_nobody_knows_begins_anew(tmp_path: Path, database: Database) -> None:
    async with claude(tmp_path, store=PostgresSessionStore(database)) as scene:
        for gone in ("6a1f6f0e-3a0f-4d2f-9c58-0d5e6b7a8c9d", "../../etc/passwd"):
            lease = await scene.agents.acquire(scene.agents.plan(gone[-5:], resume_id=gone))
            assert lease.fresh
            assert lease.agent_session_id != gone


async def test_without_the_database_its_own_files_will_do_and_what_is_lost_is_said(
    tmp_path: Path, database: Database
) -> None:
    store = Away(database)
    async with claude(tmp_path, store=store) as scene:
        lease = await scene.agents.acquire()
        store.is_away = True
        told = await scene.agents.turn(lease, "say good morning", task="t1")
        assert told.outcomes == [Completed("end_turn")]
        (notice,) = told.of(Notice)
        assert "could not be stored" in notice.text
    async with claude(tmp_path, store=store) as scene:
        again = await scene.agents.acquire(scene.agents.plan(resume_id=lease.agent_session_id))
        assert not again.fresh
        told = await scene.agents.turn(again, "say good evening", task="t2")
        assert "user turns: 2" in told.text
    async with claude(tmp_path, store=store, home="empty") as scene:
        with pytest.raises(AgentStartFailed, match="memory of this conversation") as failed:
            await scene.agents.acquire(scene.agents.plan(resume_id=lease.agent_session_id))
        assert failed.value.phase == "session/resume"


async def test_a_database_that_never_answers_holds_up_neither_a_cancel_nor_the_end(
    tmp_path: Path, database: Database
) -> None:
    """The turn itself waits for its memory to be stored."""
    limits = SessionLimits(cancel_s=1.0)
    async with claude(tmp_path, store=Hung(database), limits=limits) as scene:
        lease = await scene.agents.acquire()
        told, _ = await scene.agents.start(lease, "say good morning")
        await told.until(lambda told: "good morning" in told.text)
        scene.agents.cancel(lease)
        assert isinstance(await told.over(), Cancelled)
        began = trio.current_time()
    assert trio.current_time() - began < WAIT_S

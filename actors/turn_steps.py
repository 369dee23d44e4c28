"""The steps of a turn that wait for somebody else, each a coroutine with its own deadline.

They are told apart from the turn itself because none of them decides anything: the turn starts one, goes on
listening, and gets its result as a message.
"""

import time
from typing import Any

from attrs import define, evolve, field

from boocode.domain.events import Outcome
from boocode.domain.fingerprint import fingerprint
from boocode.domain.stream_json.command import one_shot_way
from boocode.domain.transcript import Transcript
from boocode.kernel import Context, KernelError, Request
from boocode.ports.agents import (
    Acquire,
    AgentStartFailed,
    Lease,
    ProviderSpec,
    Release,
    SessionKey,
    SessionPlan,
    StartTurn,
    TurnStarted,
)
from boocode.ports.log import Settlement, SettleTurn
from boocode.ports.names import EVENT_WRITER, SCRIBE, SESSION_POOL, WORKTREES
from boocode.ports.native import NATIVE
from boocode.ports.scribing import TurnBegan, TurnSettled
from boocode.ports.store import AgentSessionRow, ClaimedTask, Store, StoreUnavailable, WorktreeRow
from boocode.ports.turns import TurnLimits
from boocode.ports.worktrees import CaptureChanges, OpenWorktree, TakeCheckpoint, TurnBounds, WorkspaceError

FORGOT = "The agent started anew: it does not remember earlier turns."
STREAM_JSON = "stream-json"


def other_way(provider: ProviderSpec, error: AgentStartFailed) -> ProviderSpec | None:
    """How to run a task whose agent started and then failed in its handshake; None when there is no other way."""
    in_handshake = error.phase == "initialize" or error.phase.startswith("session/")
    command = provider.fallback or one_shot_way(provider.command)
    if not in_handshake or command is None or provider.transport == STREAM_JSON:
        return None
    return evolve(provider, transport=STREAM_JSON, command=command)


@define
class TurnSteps:
    claimed: ClaimedTask
    provider: ProviderSpec
    limits: TurnLimits
    store: Store
    ctx: Context = field(init=False)
    """The turn's; set before the first step."""
    config_hash: str = field(init=False, default="")
    """Of the session that the turn needs; known with its worktree."""

    @property
    def _chat_id(self) -> str:
        assert self.claimed.task.chat_id is not None
        return self.claimed.task.chat_id

    @property
    def _session_id(self) -> str:
        assert self.claimed.task.session_id is not None
        return self.claimed.task.session_id

    async def open_worktree(self) -> WorktreeRow:
        """The session's worktree, which from now on counts as written by an agent."""
        worktrees = self.ctx.whereis(WORKTREES)
        row = await worktrees.call(OpenWorktree(self._session_id), timeout=self.limits.open_s)
        worktrees.cast(TurnBounds(self._session_id, self.claimed.task.id, "started"))
        self.config_hash = self._fingerprint(row.path)
        return row

    async def take_checkpoint(self, worktree: WorktreeRow) -> str | None:
        """Keeps the files as they are before the prompt goes out; None, or why there is no way back to them."""
        task = self.claimed.task
        request = TakeCheckpoint(self._session_id, self._chat_id, task.id, task.agent, worktree)
        return await self._ask_worktrees(request)

    async def _ask_worktrees(self, request: Request[Any]) -> str | None:
        try:
            await self.ctx.whereis(WORKTREES).call(request, timeout=self.limits.open_s)
        except (KernelError, StoreUnavailable, WorkspaceError) as error:
            return str(error)
        return None

    def _fingerprint(self, cwd: str) -> str:
        provider, task = self.provider, self.claimed.task
        return fingerprint(provider.transport, provider.command, provider.env, cwd, task.model, task.mode)

    async def lease_session(self, path: str) -> tuple[Lease, tuple[str, ...]]:
        """The leased agent session, and what people should know of it."""
        if self.claimed.one_shot:
            return await self._lease_one_shot(path)
        agent = self.claimed.task.agent
        row = await self.store.get_agent_session(self._chat_id, agent, self.claimed.claimed_by)
        known = row.agent_session_id if row and row.config_hash == self.config_hash else None
        plan = SessionPlan(
            SessionKey(self._chat_id, agent),
            self.provider,
            path,
            self.config_hash,
            resume_id=known,
            led_elsewhere=row.led_elsewhere if row else None,
        )
        lease = await self._acquire(plan)
        forgot = lease.fresh and row is not None and row.agent_session_id is not None
        return lease, (FORGOT,) if forgot else ()

    async def _lease_one_shot(self, path: str) -> tuple[Lease, tuple[str, ...]]:
        """A session for this task alone; when the agent's handshake fails, its one-shot way takes its place."""
        plan = SessionPlan(
            SessionKey(self._chat_id, self.claimed.task.agent),
            self.provider,
            path,
            self.config_hash,
            one_shot=True,
        )
        try:
            return await self._acquire(plan), ()
        except AgentStartFailed as error:
            other = other_way(self.provider, error)
            if other is None:
                raise
            why = error.message.rstrip(".")
            words = f"{why}. The task runs as one command instead, which cannot ask for permission."
        self.provider = other
        self.config_hash = self._fingerprint(path)
        return await self._acquire(evolve(plan, provider=other, config_hash=self.config_hash)), (words,)

    async def _acquire(self, plan: SessionPlan) -> Lease:
        pool = self.ctx.whereis(SESSION_POOL)
        return await pool.call(Acquire(plan, holder=self.ctx.ref), timeout=self.limits.start_s)

    async def send_prompt(self, lease: Lease) -> TurnStarted:
        task = self.claimed.task
        start = StartTurn(
            task.id,
            self.claimed.prompt,
            self.ctx.ref,
            model=task.model,
            mode=task.mode,
            thinking=self.claimed.thinking,
        )
        return await lease.session.call(start, timeout=self.limits.send_s)

    async def remember_session(self, agent_session_id: str) -> bool:
        """Keeps the agent's own session id for resuming it after a restart; False while the database is away."""
        row = AgentSessionRow(
            self._chat_id,
            self.claimed.task.agent,
            self.provider.transport,
            "working",
            agent_session_id,
            self.config_hash,
        )
        try:
            await self.store.save_agent_session(row)
        except StoreUnavailable:
            return False
        return True

    async def settle(self, outcome: Outcome, transcript: Transcript, timeout: float) -> bool:
        """One try to make the end of the turn durable. False: try again, it is the same settlement."""
        usage = transcript.usage
        settlement = Settlement(
            task_id=self.claimed.task.id,
            chat_id=self._chat_id,
            message_id=self.claimed.message_id,
            agent=self.claimed.task.agent,
            outcome=outcome,
            text=transcript.text,
            parts=transcript.parts,
            model=transcript.model,
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            cost=usage.cost,
            at=time.time(),
        )
        try:
            await self.ctx.whereis(EVENT_WRITER).call(SettleTurn(settlement), timeout=timeout)
        except (KernelError, StoreUnavailable):
            return False
        return True

    async def capture(self) -> str | None:
        """Makes the turn's changes the session's pending ones; None, or what went wrong."""
        task = self.claimed.task
        return await self._ask_worktrees(CaptureChanges(self._session_id, task.id, task.agent))

    def tell_scribe(self, *, settled: bool = False) -> None:
        """Of the turn's beginning or of its durable end; whether anybody listens is nothing to the turn."""
        task, message_id = self.claimed.task, self.claimed.message_id
        uses_endpoint = self.provider.transport == NATIVE
        scribe = self.ctx.whereis(SCRIBE)
        if not scribe.is_running:
            return
        if settled:
            scribe.cast(TurnSettled(task.id, self._chat_id, message_id, uses_endpoint))
        else:
            scribe.cast(TurnBegan(self.ctx.ref, task.id, self._chat_id, uses_endpoint))

    def give_back(self, lease: Lease | None) -> None:
        """The worktree and the agent session are free for the next turn."""
        self.ctx.whereis(WORKTREES).cast(TurnBounds(self._session_id, self.claimed.task.id, "ended"))
        if lease is not None:
            self.ctx.whereis(SESSION_POOL).cast(Release(lease.id))

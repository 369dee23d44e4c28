"""One running turn: leads a claimed task from its worktree to its settlement.

What to do next is decided in `boocode.domain.turns`; this actor performs it. Every step that waits for somebody
(the worktree, the pool, the agent, the settlement) runs in a helper task that reports back as a message, so the
turn hears a cancel, the agent's death or the watchdog at any moment. If the turn itself dies, `terminate` settles
it as interrupted; if even that fails, the dispatcher does, and after it the next start of BooCode.
"""

import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import trio
from attrs import frozen

from actors.tree_view import iso
from actors.turn_steps import TurnSteps
from actors.turn_words import (
    death_of,
    failed_start,
    outcome_of_exit,
    permission_of,
    status_after,
    words_of_rung,
)
from boocode.contracts.frames import (
    AgentCommandsUpdated,
    AgentStatusUpdated,
    FrameBody,
)
from boocode.contracts.resources import AgentStatus, CommandInfo
from boocode.domain.events import (
    AgentEvent,
    Commands,
    Notice,
    Outcome,
    PermissionAsked,
    PermissionWithdrawn,
)
from boocode.domain.outbox import Outbox
from boocode.domain.permissions import why_over
from boocode.domain.silence import Silence
from boocode.domain.transcript import Transcript
from boocode.domain.turns import (
    Action,
    Asked,
    EndAsked,
    Ended,
    EndOverdue,
    Input,
    KillSession,
    Leased,
    LeaseSession,
    Lost,
    Phase,
    PromptSent,
    SendPrompt,
    Settle,
    TellAgentToEnd,
    Turn,
    Unavailable,
    WorktreeReady,
    decide,
)
from boocode.kernel import Actor, Down, Exit, KernelError, MailboxFull, describe
from boocode.ports.agents import (
    AgentStartFailed,
    AnswerPermission,
    CancelTurn,
    Lease,
    ProviderSpec,
    TurnEvents,
    TurnOver,
)
from boocode.ports.log import Append, AppendRefused, LogEntry
from boocode.ports.names import EVENT_WRITER, PERMISSION_DESK, PROBER
from boocode.ports.permissions import (
    AskAgain,
    AskPermission,
    PermissionAnswered,
    PermissionShown,
    WithdrawPermission,
)
from boocode.ports.probing import AgentLearned
from boocode.ports.store import ClaimedTask, NewPermission, Store, StoreUnavailable
from boocode.ports.turns import EndTurn, TurnLimits
from boocode.ports.worktrees import WorkspaceError

SETTLE_TIMEOUT_S = 30.0
"""One try; tries are repeated until the database takes it, for the settlement must not be lost."""
SETTLE_RETRY_S = 0.5
LAST_WORDS_S = 3.0


@frozen
class _FlushDue:
    """The coalescing interval is over."""


@frozen
class _LookForNews:
    """Time to see whether the agent has gone quiet."""


@frozen
class _Settled:
    """The settlement is durable, the changes are captured, the agent is given back."""

    status: AgentStatus


class TurnActor(Actor):
    """Started by the dispatcher as a temporary child, registered as `turn:<task id>`; ends when settled."""

    def __init__(
        self, claimed: ClaimedTask, provider: ProviderSpec, limits: TurnLimits, store: Store
    ) -> None:
        assert claimed.task.chat_id is not None
        self._claimed = claimed
        self._task_id = claimed.task.id
        self._chat_id = claimed.task.chat_id
        self._agent = claimed.task.agent
        self._limits = limits
        self._steps = TurnSteps(claimed, provider, limits, store)
        self._turn = Turn()
        self._transcript = Transcript(claimed.message_id, model=claimed.task.model)
        self._outbox = Outbox()
        self._flush_waits = False
        self._lease: Lease | None = None
        self._permissions: dict[str, NewPermission] = {}
        """Open questions by the agent's request key."""
        self._shown: set[str] = set()
        """Those that a person has to answer: while there is one, the agent is blocked."""
        self._silence = Silence(limits.quiet_s, limits.stall_s, heard_at=0.0)
        self._agent_gone: str | None = None
        """How the agent ended after its turn was over, while the turn was being settled."""
        self._settled = False

    async def init(self) -> None:
        self._steps.ctx = self.ctx
        self._silence = self._silence.heard(self.ctx.now())
        self.ctx.set_busy(True, self._turn.phase.value)
        self._publish_status("working")
        self._steps.tell_scribe()
        self._look_for_news()
        self.ctx.start_task(self._step, self._open_worktree, name="open worktree")

    async def handle(self, message: Any) -> None:
        match message:
            case TurnEvents(events=events):
                self._hear(events)
            case _FlushDue():
                self._flush_waits = False
                self._flush()
            case TurnOver(outcome=outcome):
                self._perform(Ended(outcome))
            case Down(exit=exit_):
                self._agent_gone = death_of(exit_)
                # The session's own TurnOver may still be queued behind this: it knows more, let it come first.
                self.ctx.ref.cast(Lost(f"session {describe(exit_)}"))
            case EndTurn(by=by, why=why):
                self._perform(EndAsked(by, why))
            case AppendRefused(reason=reason):
                self._perform(EndAsked(Asked.LOG_FULL, reason))
            case PermissionAnswered():
                self._answer(message)
            case PermissionShown(request_key=key) if key in self._permissions:
                self._shown.add(key)
                self._publish_status("blocked")
            case AskAgain(permission_id=permission_id):
                self._ask_again(permission_id)
            case _LookForNews():
                self._look_for_news()
            case _Settled(status=status):
                # Here, not before: news of a death that the pool still counts as ours came before this message.
                if self._agent_gone is not None and status != "error":
                    self._publish_status("error", reason=self._agent_gone)
                self.ctx.stop()
            case WorktreeReady() | Leased() | PromptSent() | Unavailable() | Lost() | EndOverdue():
                self._perform(message)

    async def terminate(self, exit: Exit) -> None:
        if self._settled:
            return
        self._settled = True
        async with self.ctx.shielded(LAST_WORDS_S):
            await self._steps.settle(outcome_of_exit(exit), self._transcript, LAST_WORDS_S)

    def inspect(self) -> dict[str, object]:
        return {
            "task": self._task_id,
            "phase": self._turn.phase.value,
            "asked_to_end": self._turn.asked.value if self._turn.asked else None,
            "open_permissions": len(self._permissions),
            "quiet_s": round(self.ctx.now() - self._silence.heard_at, 1),
        }

    # Deciding and doing

    def _perform(self, event: Input) -> None:
        self._turn, actions = decide(self._turn, event)
        self.ctx.set_busy(True, self._turn.phase.value)
        for action in actions:
            self._act(action)

    def _act(self, action: Action) -> None:
        match action:
            case LeaseSession(path=path):
                self.ctx.start_task(self._step, lambda: self._lease_session(path), name="lease agent session")
            case SendPrompt():
                self.ctx.start_task(self._step, self._send_prompt, name="send prompt")
            case TellAgentToEnd():
                assert self._lease is not None
                self._lease.session.cast(CancelTurn(self._task_id))
                self.ctx.send_after(self._limits.end_s, EndOverdue())
            case KillSession():
                assert self._lease is not None
                self._lease.session.kill("it did not end its turn when asked")
            case Settle(outcome=outcome):
                if words := words_of_rung(outcome):
                    self._notice(words)
                self._flush(self._transcript.close_tools())
                self._withdraw_all(why_over(outcome))
                self.ctx.start_task(self._settle, outcome, name="settle")

    async def _step(self, step: Callable[[], Awaitable[Input]]) -> None:
        """Runs one waiting step; whatever expected goes wrong in it ends the turn with words for people."""
        try:
            result = await step()
        except (AgentStartFailed, WorkspaceError, StoreUnavailable, KernelError) as error:
            result = Unavailable(failed_start(error))
        self.ctx.ref.cast(result)

    async def _open_worktree(self) -> Input:
        """With the way back to its files: an agent is only started, and only prompted, when that is taken."""
        worktree = await self._steps.open_worktree()
        trouble = await self._steps.take_checkpoint(worktree)
        if trouble and self._turn.phase is Phase.OPENING:
            self._notice(f"There is no way back to before this turn: {trouble}")
        return WorktreeReady(worktree.path)

    async def _lease_session(self, path: str) -> Input:
        self._lease, notices = await self._steps.lease_session(path)
        self.ctx.monitor(self._lease.session)
        for words in notices:
            self._notice(words)
        return Leased()

    async def _send_prompt(self) -> Input:
        assert self._lease is not None
        started = await self._steps.send_prompt(self._lease)
        self._transcript.model = started.model or self._transcript.model
        self.ctx.start_task(self._remember_session, started.agent_session_id, name="remember agent session")
        return PromptSent()

    async def _remember_session(self, agent_session_id: str) -> None:
        if not await self._steps.remember_session(agent_session_id):
            self._notice(
                "The database was away when this turn began: after a restart the agent will not remember it."
            )

    # What the agent says

    def _hear(self, events: tuple[AgentEvent, ...]) -> None:
        self._heard()
        for event in events:
            match event:
                case PermissionAsked():
                    self._ask(event)
                case PermissionWithdrawn(request_key=key):
                    self._withdraw(key, "The agent no longer waits.")
                case Commands(commands=commands):
                    infos = tuple(CommandInfo(c.name, c.description) for c in commands)
                    self._outbox.put((AgentCommandsUpdated(self._agent, infos),))
                    with suppress(MailboxFull):
                        self.ctx.whereis(PROBER).cast(AgentLearned(self._agent, commands=commands))
                case _:
                    self._outbox.put(self._transcript.take(event))
        due = self._outbox.due_in(self.ctx.now())
        if due == 0.0:
            self._flush()
        elif due is not None and not self._flush_waits:
            self._flush_waits = True
            self.ctx.send_after(due, _FlushDue())

    def _flush(self, more: tuple[FrameBody, ...] = ()) -> None:
        self._outbox.put(more)
        if frames := self._outbox.take(self.ctx.now()):
            self._say(*frames)

    def _say(self, *frames: FrameBody) -> None:
        now = time.time()
        entries = tuple(LogEntry(self._chat_id, frame, now) for frame in frames)
        try:
            self.ctx.whereis(EVENT_WRITER).cast(Append(entries, reply_to=self.ctx.ref))
        except MailboxFull as error:
            self.ctx.ref.cast(EndTurn(Asked.LOG_FULL, f"The event log cannot keep up: {error}"))

    def _notice(self, text: str) -> None:
        self._flush(self._transcript.take(Notice(text)))

    def _look_for_news(self) -> None:
        if self._turn.phase is Phase.SETTLING:
            return
        now = self.ctx.now()
        look = self._silence.look(now, asks=bool(self._permissions))
        self._silence = look.silence
        lasted = now - self._silence.heard_at
        if look.news == "stalled":
            words = f"No news from the agent for {lasted:.0f} s; BooCode stopped the turn."
            self._perform(EndAsked(Asked.STALLED, words))
            return
        if look.news == "quiet":
            self._publish_status("working", quiet_since=iso(time.time() - lasted))
        self.ctx.send_after(look.again_in, _LookForNews())

    def _heard(self) -> None:
        was_told = self._silence.is_told
        self._silence = self._silence.heard(self.ctx.now())
        if was_told:
            self._publish_status("working")

    # Permission questions

    def _ask(self, event: PermissionAsked) -> None:
        self._flush()
        request = permission_of(event, self._claimed.task, time.time() + self._limits.permission_s)
        self._permissions[event.request_key] = request
        self.ctx.whereis(PERMISSION_DESK).cast(AskPermission(request, self.ctx.ref))

    def _ask_again(self, permission_id: str) -> None:
        for request in self._permissions.values():
            if request.id == permission_id:
                self.ctx.whereis(PERMISSION_DESK).cast(AskPermission(request, self.ctx.ref))

    def _answer(self, answer: PermissionAnswered) -> None:
        request = self._permissions.pop(answer.request_key, None)
        if request is None or self._lease is None:
            return
        self._heard()
        if answer.words is not None:
            self._flush(self._transcript.note_permission(request.tool.tool_call_id or "", answer.words))
        self._lease.session.cast(
            AnswerPermission(answer.request_key, answer.option_id, answer.timed_out, answer.words)
        )
        self._unblock(answer.request_key)

    def _withdraw(self, request_key: str, why: str) -> None:
        if request := self._permissions.pop(request_key, None):
            self.ctx.whereis(PERMISSION_DESK).cast(WithdrawPermission(request.id, why))
            self._unblock(request_key)

    def _unblock(self, request_key: str) -> None:
        if request_key in self._shown:
            self._shown.remove(request_key)
            self._publish_status("blocked" if self._shown else "working")

    def _withdraw_all(self, why: str) -> None:
        for key in tuple(self._permissions):
            self._withdraw(key, why)

    def _publish_status(
        self, status: AgentStatus, *, reason: str | None = None, quiet_since: str | None = None
    ) -> None:
        self._say(AgentStatusUpdated(self._chat_id, self._agent, status, reason, quiet_since))

    # The end

    async def _settle(self, outcome: Outcome) -> None:
        while not self._settled:
            if await self._steps.settle(outcome, self._transcript, SETTLE_TIMEOUT_S):
                self._settled = True
            else:
                await trio.sleep(SETTLE_RETRY_S)
        self._publish_status(status_after(outcome))
        self._steps.tell_scribe(settled=True)
        if trouble := await self._steps.capture():
            self._notice(
                f"The changes of this turn could not be read: {trouble} They are still in the worktree."
            )
        self._steps.give_back(self._lease)
        self.ctx.ref.cast(_Settled(status_after(outcome)))

"""The session pool: one warm agent session per (chat, agent), started once however many ask, and not kept for ever.

    key        | Acquire                        | its session ends
    -----------+--------------------------------+----------------------------------------
    unknown    | start; everyone who asks waits | –
    starting   | wait                           | everyone is refused, when the child is gone
    warm       | lease; another config, turns   | unknown again
               | run elsewhere, or it owes an   |
               | answer: retire first           |
    ending     | wait for the next incarnation  | unknown again; whoever waits starts it
    died too   | refused, until a minute has    | –
    often      | passed or a person tries again |

Who may stay is decided by `boocode.kernel.passivation`: idle TTL, soft LRU cap, never anyone at work or leased. A
lease ends with its holder at the latest. The pool never waits: starts and stops are helper tasks that report back.
An agent that ends while nobody holds it is announced in its chat; how often it may do so, `crash_budgets` decides.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from attrs import asdict

from actors.agent_words import outcome_of_end, start_failure
from actors.crash_budgets import CrashBudgets
from actors.pool_member import OWES_ANSWER, HeldLease, PoolMember, Waiter
from actors.pool_messages import AnswerOverdue, ExpiryDue, Started, StartFailed, Stopped
from actors.pool_news import PoolNews
from boocode.contracts.supervision import WarmPool
from boocode.domain.events import Interrupted
from boocode.domain.ids import new_id
from boocode.kernel import (
    Actor,
    ChildSpec,
    Crashed,
    Down,
    Exit,
    KernelError,
    Ref,
    ReplyTo,
    SupervisorRef,
    describe,
)
from boocode.kernel import passivation as passive
from boocode.ports.agents import (
    CHAT_GONE,
    Acquire,
    AgentDied,
    AgentKeepsDying,
    AgentOwesAnswer,
    AgentPrompted,
    AgentWarmed,
    ChatsGone,
    EndAgents,
    Forgive,
    Lease,
    ReadPool,
    Release,
    SessionKey,
    SessionPlan,
)
from boocode.ports.names import SESSIONS

MakeChild = Callable[[SessionPlan, str], ChildSpec]
"""The child spec of one agent's sub-tree, by its plan and its child id."""
ANSWER_S = 5.0
"""How long an agent that was given up on may still answer before it is ended: it may be at work in the worktree."""
ONE_SHOT = "its task is over, and nobody goes on talking with it"


class SessionPool(Actor):
    def __init__(self, make_child: MakeChild, idle_ttl_s: float, max_warm: int) -> None:
        self._make_child = make_child
        self._pool = passive.Pool(ttl=idle_ttl_s, cap=max_warm)
        self._members: dict[SessionKey, PoolMember] = {}
        self._leases: dict[str, HeldLease] = {}
        self._farewells: list[tuple[frozenset[str], ReplyTo]] = []
        """Who waits until no agent of these chats is left."""
        self._started = 0
        self._evicted = 0
        self._budgets = CrashBudgets()

    async def init(self) -> None:
        # What an earlier incarnation of the pool had started belongs to nobody now.
        for child in self._sessions().which():
            self.ctx.start_task(self._terminate, child.id, name=f"end {child.id}")
        self._news = PoolNews(self.ctx)
        self._first_look = self.ctx.now()
        self.ctx.send_every(self._pool.check_every, ExpiryDue())

    async def handle(self, message: Any) -> Any:
        match message:
            case Acquire():
                self._serve(Waiter(message, self.ctx.defer()))
            case Release(lease_id=lease_id):
                self._release(lease_id)
            case ChatsGone(chat_ids=chat_ids):
                self._end_chats(chat_ids, CHAT_GONE)
            case EndAgents(chat_ids=chat_ids, why=why):
                self._farewells.append((frozenset(chat_ids), self.ctx.defer()))
                self._end_chats(chat_ids, why)
            case AgentWarmed():
                self._warmed(message)
            case AgentPrompted(key=key, session=session):
                member = self._members.get(key)
                if member is not None and member.session == session:
                    member.remembers = True
            case AgentOwesAnswer(key=key, session=session, owes=owes):
                member = self._members.get(key)
                if member is not None and member.session == session:
                    self._owes(member, owes)
            case AnswerOverdue(key=key, child_id=child_id):
                self._answer_overdue(key, child_id)
            case ReadPool():
                return self._seen()
            case Forgive(key=key):
                self._budgets.forgive(key)
            case Started(child_id=child_id, tree=tree):
                self._watch_tree(child_id, tree)
            case StartFailed(child_id=child_id, cause=cause):
                self._ended(child_id, cause)
            case Stopped(child_id=child_id):
                self._ended(child_id, None)
            case Down():
                self._down(message)
            case ExpiryDue():
                self._pool, keys = passive.expire(self._pool, self.ctx.now())
                self._end_all(keys, f"nobody used it for more than {self._pool.ttl:g} s")
            case _:
                pass
        return None

    def _seen(self) -> WarmPool:
        pool, now, above = self._pool, self.ctx.now(), self._sessions().path
        idle = [key for key in pool.idle if isinstance(key, SessionKey)]
        return WarmPool(
            cap=pool.cap,
            idle_ttl_s=pool.ttl,
            overshoot=pool.overshoot,
            evicted=self._evicted,
            next_evicted=tuple(f"{key.agent}/{key.chat_id}" for key in idle),
            died_too_often=tuple(f"{key.agent}/{key.chat_id}" for key in self._budgets.spent(now)),
            agents=tuple(m.seen(pool, now, self._first_look, above) for m in self._members.values()),
        )

    def inspect(self) -> dict[str, object]:
        seen = self._seen()
        described = zip(self._members.values(), seen.agents, strict=True)
        return {
            **asdict(seen, filter=lambda attribute, _: attribute.name != "agents"),
            "members": [member.describe(agent) for member, agent in described],
            "leases": len(self._leases),
            "started": self._started,
        }

    # Acquiring

    def _serve(self, waiter: Waiter) -> None:
        plan = waiter.acquire.plan
        member = self._members.get(plan.key)
        if member is None:
            self._start(plan, [waiter])
        elif not member.is_warm:
            member.waiters.append(waiter)
        elif why := member.misfit(plan):
            member.waiters.append(waiter)
            self._retire_if_idle(plan.key, why)
        else:
            self._grant(member, waiter)

    def _start(self, plan: SessionPlan, waiters: list[Waiter]) -> None:
        if words := self._budgets.refusal(plan.key, self.ctx.now()):
            for waiter in waiters:
                waiter.reply.fail(AgentKeepsDying(words))
            return
        self._started += 1
        # The pool's own incarnation is part of it: the children of an earlier one may be ending still.
        number = f"{self.ctx.incarnation}.{self._started}"
        child_id = f"{plan.key.agent}-{plan.key.chat_id}-{number}".replace("/", "_")
        self._members[plan.key] = PoolMember(
            plan, child_id, waiters, unwanted=ONE_SHOT if plan.one_shot else None
        )
        admission = passive.admit(self._pool, plan.key, self.ctx.now())
        self._pool = admission.pool
        self._end_all(admission.evict, self._over_the_cap())
        self.ctx.start_task(self._launch, plan, child_id, name=f"start {child_id}")

    async def _launch(self, plan: SessionPlan, child_id: str) -> None:
        try:
            tree = await self._sessions().start_child(self._make_child(plan, child_id))
        except KernelError as error:
            self.ctx.ref.cast(StartFailed(child_id, error))
        else:
            self.ctx.ref.cast(Started(child_id, tree))

    def _watch_tree(self, child_id: str, tree: Ref) -> None:
        member = self._member_of(child_id)
        if member is not None:
            member.monitors.add(self.ctx.monitor(tree))

    def _warmed(self, warmed: AgentWarmed) -> None:
        member = self._members.get(warmed.key)
        if member is None or member.session is not None or not member.holds(warmed.session):
            return
        member.session = warmed.session
        member.agent_session_id = warmed.agent_session_id
        member.remembers = warmed.resumed
        member.monitors.add(self.ctx.monitor(warmed.session))
        self._set_idle(warmed.key)
        self._news.learned(warmed)
        waiters, member.waiters = member.waiters, []
        for waiter in waiters:
            self._serve(waiter)
        if member.unwanted is not None:
            self._retire_if_idle(warmed.key, member.unwanted)
        self._shrink()

    def _grant(self, member: PoolMember, waiter: Waiter) -> None:
        if not waiter.reply.is_open:
            return  # it went away while it waited
        key, now = waiter.acquire.plan.key, self.ctx.now()
        self._pool = passive.lease(passive.touch(self._pool, key, now), key)
        lease_id = new_id("lease")
        holder = self.ctx.monitor(waiter.acquire.holder)
        self._leases[lease_id] = HeldLease(key, member.child_id, holder)
        assert member.session is not None
        waiter.reply.reply(
            Lease(lease_id, member.session, member.agent_session_id, fresh=not member.remembers)
        )

    # Releasing and retiring

    def _release(self, lease_id: str) -> None:
        held = self._leases.pop(lease_id, None)
        if held is None:
            return
        self.ctx.demonitor(held.holder)
        member = self._members.get(held.key)
        if member is None or member.child_id != held.child_id:
            return
        self._pool = passive.release(self._pool, held.key, self.ctx.now())
        why = member.unwanted or next(
            (why for each in member.waiters if (why := member.misfit(each.acquire.plan))), None
        )
        if member.is_warm and why is not None:
            self._retire_if_idle(held.key, why)
        self._shrink()

    def _retire_if_idle(self, key: SessionKey, why: str) -> None:
        self._pool, begun = passive.begin(self._pool, key)
        if begun:
            self._end_all((key,), why)

    def _owes(self, member: PoolMember, owes: bool) -> None:
        member.owes_answer = owes
        if owes:
            self.ctx.send_after(ANSWER_S, AnswerOverdue(member.plan.key, member.child_id))

    def _answer_overdue(self, key: SessionKey, child_id: str) -> None:
        member = self._members.get(key)
        if member is not None and member.child_id == child_id and member.owes_answer:
            member.unwanted = OWES_ANSWER
            self._retire_if_idle(key, OWES_ANSWER)

    def _end_chats(self, chat_ids: tuple[str, ...], why: str) -> None:
        """Whoever holds such an agent keeps it until the turn is over; nobody is refused."""
        for key, member in self._members.items():
            if key.chat_id in chat_ids:
                member.unwanted = why
        for key in tuple(self._members):
            if key.chat_id in chat_ids:
                self._retire_if_idle(key, why)
        self._say_farewells()

    def _say_farewells(self) -> None:
        here = {key.chat_id for key in self._members}
        due = [farewell for farewell in self._farewells if not farewell[0] & here]
        self._farewells = [farewell for farewell in self._farewells if farewell[0] & here]
        for _, reply in due:
            reply.reply(None)

    def _shrink(self) -> None:
        """Idle members beyond the cap go, least recently used first."""
        self._pool, keys = passive.set_cap(self._pool, self._pool.cap)
        self._end_all(keys, self._over_the_cap())

    def _over_the_cap(self) -> str:
        return f"more than {self._pool.cap} agents are warm, and it is the least recently used"

    def _set_idle(self, key: SessionKey) -> None:
        self._pool = passive.set_status(self._pool, key, passive.Status.IDLE, self.ctx.now())

    def _end_all(self, keys: tuple[Any, ...], why: str) -> None:
        """Stops the sessions that `passivation` has begun to end."""
        for key in keys:
            member = self._members[key]
            member.is_ending = True
            self._evicted += 1
            self._news.evicted(member.child_id, why)
            self.ctx.start_task(self._terminate, member.child_id, name=f"end {member.child_id}")

    async def _terminate(self, child_id: str) -> None:
        with suppress(KernelError):  # it may have ended by itself meanwhile
            await self._sessions().terminate_child(child_id)
        self.ctx.ref.cast(Stopped(child_id))

    # Deaths

    def _down(self, down: Down) -> None:
        for lease_id, held in tuple(self._leases.items()):
            if held.holder == down.monitor:
                self._release(lease_id)
                return
        for member in tuple(self._members.values()):
            if down.monitor in member.monitors:
                member.monitors.discard(down.monitor)
                self._member_down(member, down)
                return

    def _member_down(self, member: PoolMember, down: Down) -> None:
        cause = down.exit.cause if isinstance(down.exit, Crashed) else None
        is_session = member.session is not None and down.path == member.session.path
        if is_session and cause is not None and not member.is_ending:
            self._session_crashed(member, down.exit)
        if not is_session:
            self._ended(member.child_id, cause or KernelError(f"its session ended: {describe(down.exit)}"))
        elif isinstance(cause, AgentDied):
            # The process is gone already: the next one need not wait for the rest of the sub-tree.
            self._ended(member.child_id, cause)
        else:
            member.is_ending = True

    def _session_crashed(self, member: PoolMember, exit_: Exit) -> None:
        """Of a session that somebody holds its turn tells; of an idle one nobody but the pool."""
        key, label = member.plan.key, member.plan.provider.label
        outcome = outcome_of_end(label, exit_)
        known = self._pool.members.get(key)
        if isinstance(outcome, Interrupted) and (known is None or not known.leases):
            self._news.died_idle(key, outcome.message)
        if isinstance(exit_, Crashed) and isinstance(exit_.cause, AgentDied):
            self._died(member, f"{exit_.cause}.")

    def _died(self, member: PoolMember, how: str) -> None:
        key = member.plan.key
        words = self._budgets.died(key, member.plan.provider.label, how, self.ctx.now())
        if words is not None:
            self._news.budget_spent(key, words)

    def _ended(self, child_id: str, cause: BaseException | None) -> None:
        """A sub-tree is gone. Who waited for its start is refused, who waited for its end gets the next one."""
        member = self._member_of(child_id)
        if member is None:
            return
        key = member.plan.key
        for monitor in member.monitors:
            self.ctx.demonitor(monitor)
        del self._members[key]
        self._pool, _ = passive.ended(self._pool, key)
        was_starting = member.session is None and not member.is_ending
        failure = start_failure(cause, member.plan)
        if was_starting and failure.died:
            self._died(member, failure.message)
        for waiter in member.waiters:
            if was_starting:
                waiter.reply.fail(start_failure(cause, member.plan))
            elif waiter.reply.is_open:
                self._serve(waiter)
        self._say_farewells()

    # Looking

    def _sessions(self) -> SupervisorRef:
        return self.ctx.system.supervisor(SESSIONS)

    def _member_of(self, child_id: str) -> PoolMember | None:
        return next((member for member in self._members.values() if member.child_id == child_id), None)

"""A tree with real agents in it: real processes, real pool, and a listener that writes down what it hears."""

import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import trio
from attrs import define, evolve, field, frozen

from boocode.adapters.acp.files import WorktreeFiles
from boocode.adapters.acp.wire import JsonRpcWire
from boocode.adapters.processes.owner import LocalProcesses
from boocode.domain.events import AgentEvent, Outcome, PermissionAsked, Reasoning, Text
from boocode.domain.fingerprint import fingerprint
from boocode.kernel import (
    Actor,
    ChildSpec,
    DynamicSpec,
    Ref,
    Request,
    Strategy,
    SupervisorSpec,
    System,
    open_tree,
)
from boocode.ports.agents import (
    Acquire,
    AnswerPermission,
    CancelTurn,
    Lease,
    ProviderSpec,
    Release,
    SessionKey,
    SessionLimits,
    SessionPlan,
    StartTurn,
    TurnEvents,
    TurnOver,
    TurnStarted,
)
from boocode.ports.names import SESSION_POOL, SESSIONS
from supervisors.agent import AgentParts, Backends, acp_only, pool_child, sessions_child

ROOT = Path(__file__).resolve().parents[2]
PRACTICE = (sys.executable, "-m", "boocode.practice")
WAIT_S = 60.0


async def eventually(condition: Callable[[], Awaitable[object]]) -> None:
    """Waits for what no event tells; a state query overtakes casts, so one look is not enough."""
    with trio.fail_after(WAIT_S):
        while not await condition():
            await trio.sleep(0.02)


def fault(*words: str) -> tuple[str, ...]:
    """The command of an agent that misbehaves in this way; see tests/kit/fault_agent.py."""
    return (sys.executable, str(ROOT / "tests/kit/fault_agent.py"), *words)


@frozen
class Backing:
    """What makes agent sessions of a backend: by transport, and what has to run before the pool for it."""

    backends: Backends
    children: tuple[ChildSpec, ...] = ()


@define
class Told:
    """What one listener has heard, in order."""

    events: list[AgentEvent] = field(factory=list)
    outcomes: list[Outcome] = field(factory=list)
    after_the_end: int = 0
    """Events that came after TurnOver; must stay 0."""
    at: float = 0.0
    """When the turn was over, on trio's clock."""
    batches: int = 0
    """Begun, if not yet taken."""
    _news: trio.Event = field(factory=trio.Event)

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, Text))

    @property
    def reasoning(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, Reasoning))

    def of(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def tell(self) -> None:
        self._news.set()
        self._news = trio.Event()

    async def until(self, condition: Any) -> None:
        with trio.fail_after(WAIT_S):
            while not condition(self):
                await self._news.wait()

    async def over(self) -> Outcome:
        """The outcome; at most one ever comes."""
        await self.until(lambda told: told.outcomes)
        return self.outcomes[0]

    async def asked(self) -> PermissionAsked:
        await self.until(lambda told: told.of(PermissionAsked))
        asked: PermissionAsked = self.of(PermissionAsked)[-1]
        return asked


class Listener(Actor):
    """Stands for a turn: takes events, may be slow."""

    def __init__(self, told: Told, gate: trio.Event | None) -> None:
        self._told = told
        self._gate = gate

    async def handle(self, message: Any) -> Any:
        match message:
            case TurnEvents(events=events):
                self._told.batches += 1
                self._told.tell()
                if self._gate is not None:
                    await self._gate.wait()
                self._told.events += events
                self._told.after_the_end += bool(self._told.outcomes)
            case TurnOver(outcome=outcome):
                self._told.outcomes.append(outcome)
                self._told.at = trio.current_time()
        self._told.tell()


@define
class Rig:
    """The tree and what a test does with it."""

    system: System
    owner: LocalProcesses
    provider: ProviderSpec
    worktree: Path
    _listeners: int = 0

    @property
    def pool(self) -> Ref:
        return self.system.whereis(SESSION_POOL)

    def plan(
        self,
        chat: str = "c1",
        *,
        command: tuple[str, ...] | None = None,
        env: Mapping[str, str] | None = None,
        resume_id: str | None = None,
        config: str = "",
    ) -> SessionPlan:
        provider = evolve(
            self.provider, command=command or self.provider.command, env={**self.provider.env, **(env or {})}
        )
        cwd = str(self.worktree)
        config_hash = fingerprint("acp", (*provider.command, config), provider.env, cwd)
        return SessionPlan(SessionKey(chat, provider.id), provider, cwd, config_hash, resume_id)

    async def listener(self, gate: trio.Event | None = None) -> tuple[Ref, Told]:
        self._listeners += 1
        told = Told()
        spec = ChildSpec(id=f"listener{self._listeners}", start=lambda: Listener(told, gate))
        return await self.system.supervisor("listeners").start_child(spec), told

    async def acquire(self, plan: SessionPlan | None = None, holder: Ref | None = None) -> Lease:
        holder = holder or (await self.listener())[0]
        return await self.pool.call(Acquire(plan or self.plan(), holder), timeout=WAIT_S)

    def release(self, lease: Lease) -> None:
        self.pool.cast(Release(lease.id))

    async def start(
        self, lease: Lease, prompt: str, *, gate: trio.Event | None = None, task: str = "t1", **more: Any
    ) -> tuple[Told, TurnStarted]:
        listener, told = await self.listener(gate)
        call: Request[TurnStarted] = StartTurn(task, prompt, listener, **more)
        return told, await lease.session.call(call, timeout=WAIT_S)

    async def turn(self, lease: Lease, prompt: str, **more: Any) -> Told:
        """A whole turn that nobody interferes with."""
        told, _ = await self.start(lease, prompt, **more)
        await told.over()
        return told

    def cancel(self, lease: Lease, task: str = "t1") -> None:
        lease.session.cast(CancelTurn(task))

    def answer(self, lease: Lease, asked: PermissionAsked, option_id: str | None) -> None:
        lease.session.cast(AnswerPermission(asked.request_key, option_id))

    def children(self) -> int:
        return len(self.system.supervisor(SESSIONS).which())

    async def until_no_children(self) -> None:
        """Waits until no agent's sub-tree and no process of one is left."""

        async def none_left() -> bool:
            return not self.children() and not self.owner.owned()

        await eventually(none_left)

    async def session_state(self, lease: Lease) -> Mapping[str, Any]:
        return await self.system.get_state(lease.session.path, timeout=WAIT_S)

    async def pool_state(self) -> Mapping[str, Any]:
        return await self.system.get_state(self.pool.path, timeout=WAIT_S)


@asynccontextmanager
async def rig(
    tmp_path: Path,
    *,
    command: tuple[str, ...] = PRACTICE,
    env: Mapping[str, str] | None = None,
    agent: str = "practice",
    transport: str = "acp",
    backing: Callable[[AgentParts], Backing] | None = None,
    owner: LocalProcesses | None = None,
    limits: SessionLimits | None = None,
    idle_ttl_s: float = 900.0,
    max_warm: int = 8,
    max_line_bytes: int = 16 * 1024 * 1024,
    term_grace_s: float = 0.5,
) -> AsyncIterator[Rig]:
    """Opens the tree; fails when a process outlives it."""
    worktree = tmp_path / "worktree"
    worktree.mkdir(exist_ok=True)
    owner = owner or LocalProcesses()
    threads = trio.CapacityLimiter(4)
    parts = AgentParts(
        owner=owner,
        make_wire=lambda: JsonRpcWire(max_line_bytes),
        make_files=lambda root: WorktreeFiles(root, threads),
        environment=os.environ,
        version="test",
        limits=limits or SessionLimits(),
        term_grace_s=term_grace_s,
    )
    state = {"PYTHONPATH": str(ROOT), "BOOCODE_PRACTICE_STATE": str(tmp_path / "state")}
    provider = ProviderSpec(
        id=agent,
        label=agent.capitalize(),
        transport=transport,
        command=command,
        env=state if env is None else env,
    )
    backed = Backing(acp_only(parts)) if backing is None else backing(parts)
    spec = SupervisorSpec(
        strategy=Strategy.REST_FOR_ONE,
        children=(
            ChildSpec(id="listeners", start=DynamicSpec(), name="listeners"),
            sessions_child(),
            *backed.children,
            pool_child(backed.backends, idle_ttl_s, max_warm),
        ),
    )
    async with open_tree(spec) as system:
        yield Rig(system, owner, provider, worktree)
    assert owner.owned() == ()

"""The composition root's first half: settings and adapters become the tree. Nothing runs here yet."""

import os
import time
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path

import trio
from attrs import define, field

from actors.dispatcher import Dispatcher
from actors.event_writer import EventWriter
from actors.permission_desk import PermissionDesk
from actors.process_guard import ProcessGuard
from actors.reaper import ReaperParts
from actors.remover import Remover
from actors.scribe import ScribeParts
from actors.task_listener import TaskListener
from actors.task_monitor import TaskMonitor
from actors.turn import TurnActor
from boocode.about import about
from boocode.adapters.acp.files import THREADS, WorktreeFiles
from boocode.adapters.acp.wire import JsonRpcWire
from boocode.adapters.claude_sdk.clients import SdkClaudes
from boocode.adapters.crashing import crashing_from
from boocode.adapters.git import GitCheckpoints, GitOrphans, GitWorkspaces
from boocode.adapters.opencode import connect_opencode
from boocode.adapters.postgres import Database, DatabaseSettings, PostgresLog, PostgresStore
from boocode.adapters.postgres.claude_entries import PostgresSessionStore
from boocode.adapters.postgres.embedded import EmbeddedPostgres
from boocode.adapters.postgres.listener import PostgresNotices
from boocode.adapters.postgres.sub_tasks import PostgresSubTasks
from boocode.adapters.processes.cookies import home_key
from boocode.adapters.processes.owner import LocalProcesses
from boocode.adapters.stream_json.lines import JsonLines
from boocode.adapters.worktree_places import WorktreePlaces
from boocode.compose_mcp import mcp_parts
from boocode.compose_native import NativeComposition, native_endpoint
from boocode.compose_prober import prober_child
from boocode.contracts.resources import Health, Provider
from boocode.kernel import ChildSpec, SupervisorSpec, System
from boocode.ports.agents import ProviderSpec, SessionLimits
from boocode.ports.crash_points import Reached, pass_by
from boocode.ports.names import PERMISSION_DESK, REMOVER
from boocode.ports.store import ClaimedTask
from boocode.ports.turns import TurnLimits
from boocode.settings import Settings
from boocode.version import __version__
from supervisors.agent import ACP, AgentParts, Backends, agent_child, pool_child, sessions_child
from supervisors.broadcast import hub_child
from supervisors.claude import CLAUDE_SDK, ClaudeParts, claude_child
from supervisors.dispatch import dispatch_child
from supervisors.mcp import mcp_child
from supervisors.native import NATIVE, native_child
from supervisors.opencode import (
    OPENCODE_TRANSPORT,
    OpencodeParts,
    opencode_child,
    opencode_session_child,
)
from supervisors.store import event_writer_child, store_child, task_listener_child
from supervisors.stream_json import STREAM_JSON, StreamJsonParts, stream_json_child
from supervisors.surface import (
    connections_child,
    edge_child,
    herald_child,
    loop_probe_child,
    reaper_child,
    scribe_child,
    supervision_feed_child,
)
from supervisors.tree import Children, boocode_tree
from supervisors.worktrees import worktree_children
from web.deps import EdgeDeps
from web.edge import EdgeFactory
from web.static_files import BUILT_UI

WORKTREES_FOLDER = "worktrees"
BESIDE_THE_AGENT_S = 10.0
"""What a turn's deadlines leave beside the agent's own, so that the agent's are said first."""


@define
class Composition:
    """Everything that is made once a run; `spec` is the tree of it."""

    settings: Settings
    token: str
    processes: LocalProcesses
    database: Database
    store: PostgresStore
    log: PostgresLog
    git: GitWorkspaces
    server: EmbeddedPostgres | None
    notices: PostgresNotices
    reached: Reached = pass_by
    spec: SupervisorSpec = field(init=False)
    edge: EdgeFactory = field(init=False)
    _providers: tuple[Provider, ...] = ()
    _began: float = field(factory=time.monotonic)

    def __attrs_post_init__(self) -> None:
        self.edge = EdgeFactory(self._edge_deps, host=self.settings.host, port=self.settings.port)
        self.spec = boocode_tree(self._children())

    def _children(self) -> Children:
        config = self.settings.config
        backends = self._backends()
        return Children(
            process_guard=ChildSpec(id="process_guard", start=partial(ProcessGuard, self.processes)),
            store=store_child(self.database, self.server, self.processes, config.database.patience_s),
            event_writer=event_writer_child(partial(EventWriter, self.log)),
            hub=hub_child(self.log),
            worktrees=worktree_children(
                self.git,
                GitCheckpoints(reached=self.reached),
                self.store,
                self._worktrees_folder(),
                reached=self.reached,
            ),
            agents=(
                mcp_child(mcp_parts(self.settings, self.processes)),
                opencode_child(self._opencode_parts(), config.pool.idle_ttl_s),
                sessions_child(),
                pool_child(backends, config.pool.idle_ttl_s, config.pool.max_warm),
            ),
            dispatch=dispatch_child(
                self._dispatcher(backends.keys()),
                partial(TaskMonitor, PostgresSubTasks(self.database)),
                self._task_listener(),
            ),
            surface=(
                ChildSpec(
                    id="permission_desk",
                    start=partial(
                        PermissionDesk, self.store, config.permissions.on_timeout, WorktreePlaces()
                    ),
                    name=PERMISSION_DESK,
                ),
                herald_child(self.store),
                scribe_child(self._scribe_parts()),
                ChildSpec(id="remover", start=partial(Remover, self.store), name=REMOVER),
                prober_child(self.settings, self.store, self.processes, backends.keys(), self._learn),
                reaper_child(self._reaper_parts()),
                loop_probe_child(),
                supervision_feed_child(),
                connections_child(),
                edge_child(self.edge),
            ),
        )

    def _worktrees_folder(self) -> str:
        return str(self.settings.home / WORKTREES_FOLDER)

    def _scribe_parts(self) -> ScribeParts:
        model = self.settings.config.model
        connect = None if model.base_url is None else partial(native_endpoint, self.settings)
        return ScribeParts(self.store, connect, model.fast, model.default)

    def _reaper_parts(self) -> ReaperParts:
        wanted = self.settings.config.worktrees
        return ReaperParts(
            self.store,
            GitOrphans(),
            GitCheckpoints(),
            self._worktrees_folder(),
            grace_s=wanted.grace_s,
            look_s=wanted.look_s,
        )

    def _backends(self) -> Backends:
        """Every transport that agents are spoken to in."""
        acp = self._agent_parts()
        one_shot = StreamJsonParts(acp.owner, JsonLines, acp.environment, acp.limits)
        memory = PostgresSessionStore(self.database)
        claude = ClaudeParts(acp.owner, SdkClaudes(memory), acp.environment, acp.limits)
        native = NativeComposition(
            self.settings, self.database, self.store, acp, lambda: self._providers
        ).parts()
        return {
            ACP: partial(agent_child, acp),
            STREAM_JSON: partial(stream_json_child, one_shot),
            OPENCODE_TRANSPORT: partial(opencode_session_child, self._opencode_parts()),
            CLAUDE_SDK: partial(claude_child, claude),
            NATIVE: partial(native_child, native),
        }

    def _agent_parts(self) -> AgentParts:
        threads = trio.CapacityLimiter(THREADS)
        return AgentParts(
            owner=self.processes,
            make_wire=JsonRpcWire,
            make_files=lambda root: WorktreeFiles(root, threads),
            environment=os.environ,
            version=__version__,
            limits=self._session_limits(),
        )

    def _opencode_parts(self) -> OpencodeParts:
        return OpencodeParts(
            owner=self.processes,
            connect=connect_opencode,
            environment=os.environ,
            cwd=str(self.settings.home),
            limits=self._session_limits(),
        )

    def _session_limits(self) -> SessionLimits:
        limits = self.settings.config.limits
        return SessionLimits(
            limits.agent_initialize_s, limits.agent_session_s, cancel_s=limits.agent_cancel_s
        )

    def _dispatcher(self, transports: Collection[str]) -> Callable[[], Dispatcher]:
        home = home_key(str(self.settings.home))
        return partial(
            Dispatcher,
            self.store,
            self.log,
            {spec.id: spec for spec in self.settings.providers},
            self._turn,
            transports=transports,
            owner=f"{home}:{self.processes.instance.run}",
            owner_prefix=f"{home}:",
            max_parallel=self.settings.config.dispatch.max_parallel,
            lease_s=self.settings.config.dispatch.lease_s,
        )

    def _turn(self, claimed: ClaimedTask, provider: ProviderSpec) -> TurnActor:
        limits = self.settings.config.limits
        return TurnActor(
            claimed,
            provider,
            TurnLimits(
                stall_s=self._stall_s(provider),
                quiet_s=limits.turn_quiet_s,
                start_s=limits.agent_initialize_s + limits.agent_session_s + BESIDE_THE_AGENT_S,
                end_s=limits.agent_cancel_s + BESIDE_THE_AGENT_S,
                permission_s=limits.permission_timeout_s,
            ),
            self.store,
        )

    def _stall_s(self, provider: ProviderSpec) -> float:
        """A model behind an endpoint has a deadline of its own, which is said first."""
        limits = self.settings.config.limits
        if provider.transport != NATIVE:
            return limits.turn_stall_s
        return max(limits.turn_stall_s, limits.native_stall_s + BESIDE_THE_AGENT_S)

    def _task_listener(self) -> ChildSpec:
        return task_listener_child(partial(TaskListener, self.notices, self.processes.instance.run))

    def _learn(self, providers: tuple[Provider, ...]) -> None:
        self._providers = providers

    def _edge_deps(self, system: System) -> EdgeDeps:
        return EdgeDeps(
            system=system,
            store=self.store,
            log=self.log,
            git=self.git,
            processes=self.processes,
            providers=lambda: self._providers,
            health=self._health,
            about=lambda: about(self.settings, self.edge.url),
            token=self.token,
            version=__version__,
            ui_folder=Path(os.environ.get("BOOCODE_UI_DIST", BUILT_UI)),
        )

    def _health(self) -> Health:
        state = self.database.status().state
        return Health(
            status="ok" if state == "up" else "degraded",
            version=__version__,
            uptime_s=round(time.monotonic() - self._began, 3),
            database="up" if state == "up" else "down",
        )


def compose(settings: Settings, token: str) -> Composition:
    """Makes the adapters; must be called inside trio and the asyncio bridge."""
    home = Path(os.path.realpath(settings.home))
    processes = LocalProcesses(home=str(home))
    reached = crashing_from(os.environ)
    server = None if settings.database_url else EmbeddedPostgres(home)
    url = settings.database_url or (server.url if server else "")
    database_settings = DatabaseSettings(url)
    database = Database(database_settings)
    return Composition(
        settings=settings,
        token=token,
        processes=processes,
        database=database,
        store=PostgresStore(database),
        log=PostgresLog(database, origin=processes.instance.run),
        git=GitWorkspaces(reached=reached),
        server=server,
        notices=PostgresNotices(database_settings),
        reached=reached,
    )

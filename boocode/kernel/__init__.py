"""The actor kernel: supervised actors on trio. Knows nothing of agents; imports trio and attrs only.

Pure parts, to read first: `spec`, `exits`, `restarts`, `decide` (with `state`, `draft`, `requests`), `passivation`.
Lives: `incarnation` (the shape of every life), `worker`, `job`, `supervisor`. Between them: `mailbox`, `calls`, `ref`,
`timers`, `monitors`, `registry`. Looking: `introspect`, `sampling`, `telemetry`, `journal`,
`verdicts`, `dead_letters`, `crash_log`. All of it: `system`.
"""

from boocode.kernel import passivation
from boocode.kernel.actor import Actor, Job
from boocode.kernel.calls import CallRefused, ReplyTo, Request
from boocode.kernel.context import Context, TimerId
from boocode.kernel.crash_log import Cause, Crash, CrashLog, SeenMessage
from boocode.kernel.dead_letters import DeadLetter, DeadLetters
from boocode.kernel.decide import decide
from boocode.kernel.errors import (
    ActorDied,
    AdminRefused,
    AlreadyPresent,
    AlreadyRegistered,
    AlreadyStarted,
    CallCycle,
    CallTimeout,
    ChildNotFound,
    ChildRestarting,
    ChildRunning,
    Ignore,
    KernelError,
    MailboxFull,
    NotReady,
    NotRunning,
    RestartsExhausted,
    SpecError,
    StartAborted,
    StartFailed,
    StartTimeout,
    TooManyChildren,
)
from boocode.kernel.exits import (
    Crashed,
    Exit,
    ExitKind,
    Killed,
    Normal,
    Shutdown,
    describe,
    is_abnormal,
    is_clean,
    kind,
)
from boocode.kernel.introspect import BudgetView, ExitView, MailboxView, Node, Plan, ProcessView, tree_of
from boocode.kernel.journal import Entry, Journal
from boocode.kernel.monitors import Down, MonitorId
from boocode.kernel.ref import ChildInfo, Counts, Ref, SupervisorRef
from boocode.kernel.sampling import Sampler
from boocode.kernel.spec import (
    AutoShutdown,
    Backoff,
    Budget,
    ChildSpec,
    DynamicSpec,
    MailboxSpec,
    Overflow,
    Restart,
    Strategy,
    SupervisorSpec,
)
from boocode.kernel.system import System, open_tree, run_tree
from boocode.kernel.telemetry import Event, Telemetry
from boocode.kernel.verdicts import Decision

__all__ = [
    "Actor",
    "ActorDied",
    "AdminRefused",
    "AlreadyPresent",
    "AlreadyRegistered",
    "AlreadyStarted",
    "AutoShutdown",
    "Backoff",
    "Budget",
    "BudgetView",
    "CallCycle",
    "CallRefused",
    "CallTimeout",
    "Cause",
    "ChildInfo",
    "ChildNotFound",
    "ChildRestarting",
    "ChildRunning",
    "ChildSpec",
    "Context",
    "Counts",
    "Crash",
    "CrashLog",
    "Crashed",
    "DeadLetter",
    "DeadLetters",
    "Decision",
    "Down",
    "DynamicSpec",
    "Entry",
    "Event",
    "Exit",
    "ExitKind",
    "ExitView",
    "Ignore",
    "Job",
    "Journal",
    "KernelError",
    "Killed",
    "MailboxFull",
    "MailboxSpec",
    "MailboxView",
    "MonitorId",
    "Node",
    "Normal",
    "NotReady",
    "NotRunning",
    "Overflow",
    "Plan",
    "ProcessView",
    "Ref",
    "ReplyTo",
    "Request",
    "Restart",
    "RestartsExhausted",
    "Sampler",
    "SeenMessage",
    "Shutdown",
    "SpecError",
    "StartAborted",
    "StartFailed",
    "StartTimeout",
    "Strategy",
    "SupervisorRef",
    "SupervisorSpec",
    "System",
    "Telemetry",
    "TimerId",
    "TooManyChildren",
    "decide",
    "describe",
    "is_abnormal",
    "is_clean",
    "kind",
    "open_tree",
    "passivation",
    "run_tree",
    "tree_of",
]

"""One example of every frame."""

from boocode.contracts.crashes import Decision
from boocode.contracts.frames import (
    AgentCommandsUpdated,
    AgentStatusUpdated,
    ChatRemoved,
    ChatUpdated,
    CheckpointCreated,
    CheckpointRestored,
    FrameBody,
    ListsChanged,
    MessageComplete,
    MessageCreated,
    MessageDelta,
    MessageRemoved,
    MessageUpdated,
    NoticeFrame,
    PendingChangesUpdated,
    PermissionRequested,
    PermissionResolved,
    PlanUpdated,
    ProjectRemoved,
    ProjectUpdated,
    ProviderUpdated,
    SessionRemoved,
    SessionUpdated,
    SettingsUpdated,
    SupervisionEvent,
    SupervisionSample,
    TaskUpdated,
    ToolCallFrame,
    ToolsLabelled,
    ToolUpdateFrame,
    UsageUpdated,
)
from boocode.contracts.resources import (
    Chat,
    Checkpoint,
    CommandInfo,
    Diff,
    LeftOutFile,
    Message,
    Model,
    Part,
    PermissionOption,
    PlanItem,
    Project,
    Provider,
    Session,
    Task,
    ToolLabel,
    Usage,
)
from boocode.contracts.settings import UiSettings
from boocode.contracts.socket import ControlFrame, Pong, Resync, SocketError, Subscribed, Unsubscribed
from boocode.contracts.supervision import ExitInfo, MailboxInfo, Node, ProcessInfo

AT = "2026-01-01T00:00:00.000Z"
TOOL = Part(
    "tool",
    tool_call_id="t1",
    title="Edit hello.py",
    kind="edit",
    status="completed",
    input={"path": "hello.py", "nested": [1, None, {"a": True}]},
    output="done",
    locations=("hello.py",),
    diff=Diff("hello.py", None, "print('hello')\n"),
)
MESSAGE = Message(
    "msg_1",
    "chat_1",
    "assistant",
    "complete",
    "practice",
    None,
    "hi",
    (Part("text", text="hi"), TOOL),
    AT,
    usage=Usage(12, None, 0.25),
    labels=(ToolLabel(("t1", "t2"), "Greet the world"),),
)
TASK = Task(
    id="task_1",
    project_id="proj_1",
    session_id="sess_1",
    chat_id="chat_1",
    parent_task_id=None,
    arena_id=None,
    state="running",
    agent="practice",
    model=None,
    input="hi",
    output_summary=None,
    error=None,
    input_tokens=1,
    output_tokens=None,
    cost=0.25,
    created_at=AT,
    started_at=AT,
    ended_at=None,
)
NODE = Node(
    path="root/hub",
    name="hub",
    kind="worker",
    type="Hub",
    state="idle",
    strategy=None,
    incarnation=1,
    restarts=0,
    mailbox=MailboxInfo(0, 3, 100, None),
    handled=7,
    uptime_s=1.5,
    busy_s=None,
    process=ProcessInfo(12, None),
    last_exit=ExitInfo("crashed", "KeyError: 'x'", AT),
)
DECISION = Decision(
    "backing_off",
    "It starts again in 0.42 s: restart 2 of at most 3 in 5 s.",
    "root",
    "one_for_one",
    "permanent",
    3,
    5.0,
    delay_s=0.42,
    restart_at=AT,
    restarts_counting=2,
)
OPTIONS = (PermissionOption("a", "Allow once", "allow_once"), PermissionOption("r", "Reject", "reject_once"))

PROVIDER = Provider(
    "goose", "Goose", True, "1.34.0", "acp", (Model("m", "M"),), ("auto",), (CommandInfo("plan", ""),), None
)

CHECKPOINT = Checkpoint(
    id="cp_1",
    session_id="sess_1",
    chat_id="chat_1",
    message_id="msg_1",
    task_id=None,
    agent="practice",
    kind="turn",
    commit="1" * 40,
    ref="refs/boocode/checkpoints/chat_1/1",
    left_out=(LeftOutFile("big.bin", "too large"),),
    created_at=AT,
)

CHAT = Chat("chat_1", "sess_1", "First", AT, 7)

BODIES: tuple[FrameBody, ...] = (
    MessageCreated(MESSAGE),
    MessageUpdated(MESSAGE),
    MessageRemoved("msg_1"),
    MessageDelta("msg_1", "reasoning", 'quotes " and \u2028 and 🎉'),
    ToolCallFrame("msg_1", TOOL),
    ToolUpdateFrame("msg_1", TOOL),
    PlanUpdated("msg_1", (PlanItem("look", "completed", "high"),)),
    UsageUpdated("msg_1", None, 5, None),
    NoticeFrame(None, "careful"),
    ToolsLabelled("msg_1", ToolLabel(("t1", "t2"), "Greet the world")),
    MessageComplete("msg_1", "error", None, "it broke", "agent_died"),
    AgentStatusUpdated("chat_1", "practice", "working"),
    AgentCommandsUpdated("practice", (CommandInfo("plan", "Make a plan"),)),
    PermissionRequested("perm_1", "chat_1", "task_1", "Run make?", TOOL, OPTIONS, AT),
    PermissionResolved("perm_1", "chat_1", "task_1", "selected:a", "policy", "Run make?", "t1"),
    PendingChangesUpdated("sess_1", 3),
    CheckpointCreated("sess_1", CHECKPOINT),
    CheckpointRestored("sess_1", CHECKPOINT, "cp_2", ("msg_1",), ()),
    TaskUpdated(TASK),
    ProviderUpdated(PROVIDER),
    ProjectUpdated(Project("proj_1", "hello", "/src/hello", AT)),
    ProjectRemoved("proj_1"),
    SessionUpdated(Session("sess_1", "proj_1", "Fix it", AT, (CHAT,))),
    SessionRemoved("sess_1", "proj_1"),
    ChatUpdated(CHAT),
    ChatRemoved("chat_1", "sess_1"),
    SettingsUpdated(UiSettings(theme="light", default_agent="practice")),
    ListsChanged(),
    SupervisionEvent(
        "root/hub", "exited", "crashed", 1, NODE, exit_kind="crashed", duration_s=12.5, decision=DECISION
    ),
    SupervisionSample(1, (NODE,), ("root/surface/connections/c1",), 0.5, 3),
)
CONTROL: tuple[ControlFrame, ...] = (
    Subscribed("user", 5),
    Unsubscribed("user"),
    Resync("chat:c", 9),
    Pong(),
    SocketError("bad_frame", "what?"),
)

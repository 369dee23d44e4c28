"""What opencode's server sends, typed for msgspec. Lenient on purpose: versions drift.

Unknown fields are ignored, and whatever we only show is untyped. An event of a kind that is not here says nothing
about a turn; `sync` in particular is every persisted event a second time.
"""

from typing import Any, TypeAlias

from msgspec import Struct, field


class Time(Struct, gc=False):
    """Milliseconds since the epoch."""

    created: float | None = None
    completed: float | None = None
    start: float | None = None
    end: float | None = None


class VendorError(Struct):
    name: str = "UnknownError"
    data: Any = None


class Info(Struct):
    """A message without its parts. `parent_id`: the user message that an assistant's answers."""

    id: str
    role: str = "assistant"
    session_id: str = field(default="", name="sessionID")
    parent_id: str | None = field(default=None, name="parentID")
    time: Time = field(default_factory=Time)
    error: VendorError | None = None
    provider_id: str | None = field(default=None, name="providerID")
    model_id: str | None = field(default=None, name="modelID")
    agent: str | None = None
    finish: str | None = None

    @property
    def is_over(self) -> bool:
        return self.time.completed is not None or self.error is not None


class ToolState(Struct):
    status: str = "pending"
    input: Any = None
    output: Any = None
    title: str | None = None
    error: str | None = None
    metadata: Any = None


class Cache(Struct, gc=False):
    read: float = 0
    write: float = 0


class Tokens(Struct, gc=False):
    """Of one model call. `input` is without what came from or went to the cache, `output` without reasoning."""

    input: float = 0
    output: float = 0
    reasoning: float = 0
    cache: Cache = field(default_factory=Cache)


class Part(Struct):
    """A piece of a message: `text`, `reasoning`, `tool`, `step-finish`, and others that are not shown."""

    id: str
    type: str
    session_id: str = field(default="", name="sessionID")
    message_id: str = field(default="", name="messageID")
    text: str | None = None
    synthetic: bool | None = None
    ignored: bool | None = None
    time: Time = field(default_factory=Time)
    tool: str | None = None
    call_id: str | None = field(default=None, name="callID")
    state: ToolState | None = None
    tokens: Tokens | None = None
    cost: float | None = None


class WholeMessage(Struct):
    """An entry of `GET /session/{id}/message`."""

    info: Info
    parts: list[Part]


class _OfSession(Struct):
    session_id: str = field(name="sessionID")


class MessageUpdated(Struct):
    info: Info

    @property
    def session_id(self) -> str:
        return self.info.session_id


class PartUpdated(Struct):
    part: Part

    @property
    def session_id(self) -> str:
        return self.part.session_id


class PartDelta(_OfSession):
    message_id: str = field(name="messageID")
    part_id: str = field(name="partID")
    delta: str
    field_name: str = field(default="text", name="field")


class StatusValue(Struct):
    """`idle`, `busy` or `retry`."""

    type: str = "busy"
    attempt: float | None = None
    message: str | None = None


class SessionStatus(_OfSession):
    status: StatusValue


class SessionIdle(_OfSession):
    """The session's loop has ended. After an abort or an error it comes twice."""


class SessionErrored(Struct):
    session_id: str = field(default="", name="sessionID")
    error: VendorError | None = None


class Todo(Struct):
    content: str = ""
    status: str = "pending"
    priority: str = "medium"


class TodoUpdated(_OfSession):
    todos: list[Todo]


class ToolPlace(Struct):
    call_id: str = field(default="", name="callID")


class PermissionRequested(_OfSession):
    """Also an entry of `GET /permission`."""

    id: str
    permission: str = "other"
    patterns: list[str] = field(default_factory=list)
    metadata: Any = None
    always: list[str] = field(default_factory=list)
    tool: ToolPlace | None = None


class PermissionReplied(_OfSession):
    request_id: str = field(name="requestID")
    reply: str | None = None


class QuestionAsked(_OfSession):
    """A tool wants a person to choose among its own answers, which our union does not have."""

    id: str


class SessionInfo(Struct):
    """Also the answer to `POST /session` and `GET /session/{id}`."""

    id: str
    parent_id: str | None = field(default=None, name="parentID")
    directory: str = ""


class SessionMade(Struct):
    info: SessionInfo

    @property
    def session_id(self) -> str:
        return self.info.id


VendorEvent: TypeAlias = (
    MessageUpdated
    | PartUpdated
    | PartDelta
    | SessionStatus
    | SessionIdle
    | SessionErrored
    | TodoUpdated
    | PermissionRequested
    | PermissionReplied
    | QuestionAsked
    | SessionMade
)

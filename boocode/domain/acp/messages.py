"""What an ACP agent may send, typed for msgspec. Lenient on purpose: agents drift from the schema.

Unknown fields are ignored, optional ones may be null, and whatever we only show is untyped. A value that
does not fit raises msgspec.ValidationError in the decoder, which then looks at it again without types.
"""

from typing import Any, TypeAlias

from msgspec import Raw, Struct, field


class Content(Struct, gc=False):
    """A content block: text, or something that is named rather than shown."""

    type: str = "text"
    text: str | None = None
    uri: str | None = None
    name: str | None = None
    mime_type: str | None = field(default=None, name="mimeType")
    resource: Any = None


class _Chunk(Struct, gc=False, tag_field="sessionUpdate"):
    content: Content | None = None
    meta: Any = field(default=None, name="_meta")


class AgentMessageChunk(_Chunk, tag="agent_message_chunk"):
    """A piece of the answer. qwen sends empty ones whose `_meta.usage` counts one model call."""


class AgentThoughtChunk(_Chunk, tag="agent_thought_chunk"):
    """A piece of the agent's thinking."""


class UserMessageChunk(_Chunk, tag="user_message_chunk"):
    """The person's own words again: only in a replayed history."""


class ToolContent(Struct):
    """One piece of what a tool call shows: `content`, `diff` or `terminal`."""

    type: str = "content"
    content: Content | None = None
    path: str | None = None
    old_text: str | None = field(default=None, name="oldText")
    new_text: str | None = field(default=None, name="newText")
    terminal_id: str | None = field(default=None, name="terminalId")


class Location(Struct):
    path: str = ""
    line: Any = None


class _Tool(Struct, tag_field="sessionUpdate"):
    tool_call_id: str | int = field(name="toolCallId")
    title: str | None = None
    kind: str | None = None
    status: str | None = None
    content: list[ToolContent] | None = None
    locations: list[Location] | None = None
    raw_input: Any = field(default=None, name="rawInput")
    raw_output: Any = field(default=None, name="rawOutput")


class ToolCallStart(_Tool, tag="tool_call"):
    """A tool call becomes known; goose sends neither kind nor status."""


class ToolCallProgress(_Tool, tag="tool_call_update"):
    """News of a tool call; qwen sends only these when it asked for permission."""


class PermissionTool(Struct):
    """The `toolCall` of a permission request; goose fills only title and rawInput."""

    tool_call_id: str | int = field(default="", name="toolCallId")
    title: str | None = None
    kind: str | None = None
    status: str | None = None
    content: list[ToolContent] | None = None
    locations: list[Location] | None = None
    raw_input: Any = field(default=None, name="rawInput")
    raw_output: Any = field(default=None, name="rawOutput")


class PlanItem(Struct):
    content: str = ""
    status: str | None = None
    priority: str | None = None


class PlanUpdate(Struct, tag_field="sessionUpdate", tag="plan"):
    entries: list[PlanItem] = []


class AvailableCommand(Struct):
    name: str
    description: str | None = None


class CommandsUpdate(Struct, tag_field="sessionUpdate", tag="available_commands_update"):
    available_commands: list[AvailableCommand] = field(default_factory=list, name="availableCommands")


class ModeUpdate(Struct, tag_field="sessionUpdate", tag="current_mode_update"):
    current_mode_id: str = field(name="currentModeId")


class ConfigOption(Struct):
    """A setting of the session; a select's `options` are flat or grouped."""

    id: str
    category: Any = None
    type: str | None = None
    current_value: Any = field(default=None, name="currentValue")
    options: Any = None


class ConfigUpdate(Struct, tag_field="sessionUpdate", tag="config_option_update"):
    config_options: list[ConfigOption] = field(default_factory=list, name="configOptions")


class UsageUpdate(Struct, tag_field="sessionUpdate", tag="usage_update"):
    """How full the context is; `cost.amount` is cumulative over the agent session."""

    cost: Any = None


class SessionInfoUpdate(Struct, tag_field="sessionUpdate", tag="session_info_update"):
    """A title for the conversation; BooCode makes its own."""


SessionUpdate: TypeAlias = (
    AgentMessageChunk
    | AgentThoughtChunk
    | UserMessageChunk
    | ToolCallStart
    | ToolCallProgress
    | PlanUpdate
    | CommandsUpdate
    | ModeUpdate
    | ConfigUpdate
    | UsageUpdate
    | SessionInfoUpdate
)


class UpdateParams(Struct, gc=False):
    session_id: str = field(name="sessionId")
    update: SessionUpdate


class UpdateLine(Struct, gc=False):
    """A whole `session/update` line, decoded in one pass: nine lines in ten are this."""

    params: UpdateParams
    method: str = ""


class RpcError(Struct):
    code: int = 0
    message: str = ""
    data: Any = None


class Envelope(Struct):
    """Any JSON-RPC message; which parts are there says what it is."""

    id: str | int | None = None
    method: str | None = None
    params: Raw = field(default_factory=Raw)
    result: Raw = field(default_factory=Raw)
    error: Any = None


class PermissionOptionItem(Struct):
    option_id: str = field(name="optionId")
    name: str | None = None
    kind: str | None = None


class PermissionParams(Struct):
    session_id: str = field(name="sessionId")
    tool_call: PermissionTool = field(name="toolCall")
    options: list[PermissionOptionItem] = []


class ReadFileParams(Struct):
    session_id: str = field(name="sessionId")
    path: str
    line: int | None = None
    limit: int | None = None


class WriteFileParams(Struct):
    session_id: str = field(name="sessionId")
    path: str
    content: str


class EnvVariable(Struct):
    name: str
    value: str = ""


class CreateTerminalParams(Struct):
    session_id: str = field(name="sessionId")
    command: str
    args: list[str] | None = None
    env: list[EnvVariable] | None = None
    cwd: str | None = None
    output_byte_limit: int | None = field(default=None, name="outputByteLimit")


class TerminalParams(Struct):
    """Of terminal/output, wait_for_exit, kill and release."""

    session_id: str = field(name="sessionId")
    terminal_id: str = field(name="terminalId")


class InitializeResult(Struct):
    protocol_version: Any = field(default=None, name="protocolVersion")
    agent_capabilities: Any = field(default=None, name="agentCapabilities")
    agent_info: Any = field(default=None, name="agentInfo")
    auth_methods: Any = field(default=None, name="authMethods")


class SessionResult(Struct):
    """Answer to session/new, session/load and session/resume; the latter two may hold nothing at all."""

    session_id: str | None = field(default=None, name="sessionId")
    models: Any = None
    modes: Any = None
    config_options: list[ConfigOption] | None = field(default=None, name="configOptions")


class SettingsResult(Struct):
    """Answer to set_config_option (all options, as they are now), set_model and set_mode (nothing)."""

    config_options: list[ConfigOption] | None = field(default=None, name="configOptions")


class PromptResult(Struct):
    stop_reason: str | None = field(default=None, name="stopReason")
    usage: Any = None
    meta: Any = field(default=None, name="_meta")

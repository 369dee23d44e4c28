"""Tools of Claude and Qwen Code: their names and arguments as kind, title, places and diff, bounded."""

import json
from collections.abc import Mapping

from boocode.domain.acp.tools import MAX_DIFF_CHARS, MAX_OUTPUT_CHARS, bounded
from boocode.domain.events import ToolCall, ToolDiff, ToolStatus, ToolUpdate

_KINDS = {
    **dict.fromkeys(("Read", "NotebookRead", "LS", "read_file", "read_many_files", "list_directory"), "read"),
    **dict.fromkeys(("Write", "Edit", "MultiEdit", "NotebookEdit", "write_file", "edit", "replace"), "edit"),
    **dict.fromkeys(("Bash", "BashOutput", "KillShell", "Monitor", "run_shell_command"), "execute"),
    **dict.fromkeys(("Glob", "Grep", "ToolSearch", "glob", "grep_search", "tool_search"), "search"),
    **dict.fromkeys(("WebFetch", "WebSearch", "web_fetch", "web_search"), "fetch"),
    **dict.fromkeys(("Task", "Agent", "agent", "task", "TodoWrite", "todo_write"), "think"),
    **dict.fromkeys(("TaskCreate", "TaskUpdate", "TaskGet", "TaskList"), "think"),
    **dict.fromkeys(("ExitPlanMode", "EnterPlanMode", "exit_plan_mode"), "switch_mode"),
}
_PATHS = ("file_path", "notebook_path", "absolute_path", "path", "filePath")
_SUBJECTS = ("command", *_PATHS, "pattern", "query", "url", "subject", "description", "prompt", "skill")
"""The argument that says best what a call is about, first found."""
_TITLE_CHARS = 200
_SHOWN_CHARS = 2_000


def kind_of(name: str) -> str:
    return _KINDS.get(name, "other")


def tool_call(tool_call_id: str, name: str, arguments: object, status: ToolStatus = "pending") -> ToolCall:
    """A call with all its arguments; ones that are no mapping are shown as they are."""
    given: Mapping[str, object] = arguments if isinstance(arguments, Mapping) else {"input": arguments}
    return ToolCall(
        tool_call_id=tool_call_id,
        title=_title(name, given),
        kind=kind_of(name),
        status=status,
        input=_shown(given) or None,
        locations=tuple(str(given[key]) for key in _PATHS if isinstance(given.get(key), str))[:1],
        diff=_asked_diff(name, given),
    )


def tool_result(block: Mapping[str, object], detail: object = None) -> ToolUpdate:
    """The end of a call from its `tool_result` block; `detail` is the message's `tool_use_result`, which knows
    the file as it was before."""
    return ToolUpdate(
        tool_call_id=str(block.get("tool_use_id")),
        status="failed" if block.get("is_error") is True else "completed",
        output=bounded(block_text(block.get("content"))) or None,
        diff=_done_diff(detail) if isinstance(detail, Mapping) else None,
    )


def block_text(content: object) -> str:
    """The text of a result: a string, or a list of blocks of which the texts count."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    blocks = [block for block in content if isinstance(block, Mapping)]
    return "\n".join(str(block["text"]) if "text" in block else f"[{block.get('type')}]" for block in blocks)


def _title(name: str, given: Mapping[str, object]) -> str:
    subject = next((given[key] for key in _SUBJECTS if isinstance(given.get(key), str) and given[key]), None)
    if subject is None:
        return name
    line = " ".join(str(subject).split())
    return bounded(line if kind_of(name) == "execute" else f"{name} {line}", _TITLE_CHARS)


def _shown(given: Mapping[str, object]) -> Mapping[str, object]:
    if len(json.dumps(given)) <= MAX_OUTPUT_CHARS:
        return given
    return {
        name: bounded(value, _SHOWN_CHARS)
        if isinstance(value, str)
        else bounded(json.dumps(value), _SHOWN_CHARS)
        for name, value in given.items()
    }


def _asked_diff(name: str, given: Mapping[str, object]) -> ToolDiff | None:
    """What the call wants to change, as far as it says: a new text without the old one, or one replacement."""
    path = next((given[key] for key in _PATHS if isinstance(given.get(key), str)), None)
    if kind_of(name) != "edit" or not isinstance(path, str):
        return None
    content, old, new = given.get("content"), given.get("old_string"), given.get("new_string")
    if isinstance(content, str):
        return _diff(path, None, content)
    if isinstance(old, str) and isinstance(new, str):
        return _diff(path, old, new)
    return None


def _done_diff(detail: Mapping[str, object]) -> ToolDiff | None:
    """What was changed, whole: Write tells the content, Edit what was replaced, both the file before."""
    path, original = detail.get("filePath"), detail.get("originalFile")
    content, old, new = detail.get("content"), detail.get("oldString"), detail.get("newString")
    if not isinstance(path, str) or "originalFile" not in detail:
        return None
    before = original if isinstance(original, str) else None
    if isinstance(content, str):
        return _diff(path, before, content)
    if before is None or not isinstance(old, str) or not isinstance(new, str) or not old:
        return None
    times = -1 if detail.get("replaceAll") is True else 1
    return _diff(path, before, before.replace(old, new, times))


def _diff(path: str, old: str | None, new: str) -> ToolDiff | None:
    return ToolDiff(path, old, new) if len(old or "") + len(new) <= MAX_DIFF_CHARS else None

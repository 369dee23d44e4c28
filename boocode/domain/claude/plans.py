"""The agent's plan from its tools: a todo tool writes it whole, newer ones make and change one task at a time."""

from collections.abc import Mapping

from attrs import define, evolve, field

from boocode.domain.events import Plan, PlanEntry

TODO_TOOLS = ("TodoWrite", "todo_write")
_STATUS: Mapping[object, PlanEntry] = {
    "pending": PlanEntry("", "pending"),
    "in_progress": PlanEntry("", "in_progress"),
    "completed": PlanEntry("", "completed"),
}


def plan_of(name: str, arguments: object) -> Plan | None:
    """The plan that a call of a todo tool writes; None for every other tool."""
    todos = arguments.get("todos") if isinstance(arguments, Mapping) else None
    if name not in TODO_TOOLS or not isinstance(todos, list):
        return None
    return Plan(tuple(_entry(todo) for todo in todos if isinstance(todo, Mapping)))


@define
class TaskList:
    """The tasks of one conversation, by the agent's own ids, oldest first."""

    _tasks: dict[str, PlanEntry] = field(factory=dict)

    def take(self, detail: object) -> Plan | None:
        """The plan after a task tool's result (its `tool_use_result`); None when that changes nothing."""
        if not isinstance(detail, Mapping):
            return None
        before = dict(self._tasks)
        task, change = detail.get("task"), detail.get("statusChange")
        if isinstance(task, Mapping) and isinstance(task.get("subject"), str) and "status" not in task:
            self._tasks[str(task.get("id"))] = PlanEntry(task["subject"])
        elif isinstance(change, Mapping):
            self._change(str(detail.get("taskId")), change.get("to"))
        return Plan(tuple(self._tasks.values())) if self._tasks != before else None

    def _change(self, task_id: str, status: object) -> None:
        known = self._tasks.get(task_id)
        if known is None:
            return
        if status == "deleted":
            del self._tasks[task_id]
        elif status in _STATUS:
            self._tasks[task_id] = evolve(known, status=_STATUS[status].status)


def _entry(todo: Mapping[str, object]) -> PlanEntry:
    like = _STATUS.get(todo.get("status"), _STATUS["pending"])
    return evolve(like, content=str(todo.get("content") or ""))

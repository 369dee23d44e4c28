"""Sub-tasks in words: what the parent's model and people are told of a child. Pure."""

from collections.abc import Sequence

from boocode.contracts.resources import Part, Task

ANSWER_CHARS = 6_000
"""Of a child's answer, as its parent sees it."""
PROMPT_CHARS = 160
KEY = "sub-task "


def key_of(task_id: str) -> str:
    """Of the news that this task is over, in a conversation."""
    return KEY + task_id


def task_of(key: str) -> str | None:
    """The task of such a key; None for news of another kind."""
    return key.removeprefix(KEY) if key.startswith(KEY) else None


def last_words(parts: Sequence[Part]) -> str:
    """The text behind the last tool call; without one all of it. That is what an agent says in the end."""
    said = ""
    last = ""
    for part in parts:
        if part.type == "text":
            said += part.text or ""
            last += part.text or ""
        elif part.type == "tool":
            last = ""
    return last.strip() or said.strip()


def bounded(text: str, chars: int) -> str:
    """Its two ends, when it is longer: a report begins with what was done and ends with what came of it."""
    if len(text) <= chars:
        return text
    head = chars * 2 // 3
    return (
        f"{text[:head]}\n[… {len(text) - chars} characters left out …]\n{text[len(text) - (chars - head) :]}"
    )


def first_words(text: str, chars: int = PROMPT_CHARS) -> str:
    """On one line."""
    line = " ".join(text.split())
    return line if len(line) <= chars else line[: chars - 1].rstrip() + "…"


def in_the_end(task: Task, answer: str) -> str:
    """For the parent's model: all that it sees of a child that is over."""
    heading = f"Sub-task {task.id} ({task.agent}) {_how(task)}\nIt was asked: {first_words(task.input)}"
    words = bounded(answer or task.output_summary or "", ANSWER_CHARS).strip()
    if not words:
        return f"{heading}\nIt said nothing."
    label = "Its answer:" if task.state == "completed" else "What it had said until then:"
    return f"{heading}\n{label}\n{words}"


def in_the_end_for_people(task: Task) -> str:
    return f"The agent was told what came of its sub-task “{first_words(task.input, 80)}”: it {_how(task)}"


def meanwhile(task: Task, seconds: float | None = None, doing: str | None = None) -> str:
    """Of one that is not over yet, on few lines."""
    lasting = f" for {seconds:.0f} s" if seconds is not None else ""
    match task.state:
        case "pending":
            line = f"Sub-task {task.id} ({task.agent}) waits in the queue{lasting}."
        case "blocked":
            line = f"Sub-task {task.id} ({task.agent}) waits for a person's answer to a question."
        case _:
            line = f"Sub-task {task.id} ({task.agent}) is at work{lasting}."
    return f"{line}\nIts last step: {first_words(doing)}" if doing else line


def listed(task: Task) -> str:
    """One line of a list."""
    return f"{task.id} | {task.state} | {task.agent} | {first_words(task.input, 100)}"


def _how(task: Task) -> str:
    if task.state == "completed":
        return "is completed."
    if task.state == "cancelled":
        return "was cancelled."
    return f"failed: {first_words(task.error or 'nobody said why', 600)}"

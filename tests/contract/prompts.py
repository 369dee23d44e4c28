"""What to say to an agent so that it does something: to the practice agent, or to the model behind a real one."""

from pathlib import Path
from typing import Protocol

FAILURE = "scripted failure 400"
"""The words of a model's failure, which have to reach people."""


class Prompts(Protocol):
    """Each answer to `how_many` holds "user turns…: N", counted by who writes it."""

    def say(self, text: str) -> str: ...
    def how_many(self) -> str: ...
    def count(self, to: int, every_ms: int) -> str: ...
    def write(self, path: Path, text: str) -> str:
        """By a tool that an asking mode asks about."""
        ...

    def write_both(self, first: Path, second: Path) -> str:
        """The text "both" to each."""
        ...

    def stall(self) -> str:
        """A word, and then nothing until cancelled."""
        ...

    def reason(self, about: str) -> str:
        """Reasoning that holds these words, then any text."""
        ...

    def fail(self) -> str: ...


class ScriptedPrompts:
    """Directives of tests/kit/model_endpoint/script.py; every answer ends with the count of turns."""

    def say(self, text: str) -> str:
        return f"say {text}"

    def how_many(self) -> str:
        return "say well"

    def count(self, to: int, every_ms: int) -> str:
        return f"count {to} every {every_ms} ms"

    def write(self, path: Path, text: str) -> str:
        return f"write {path}: {text} then say written"

    def write_both(self, first: Path, second: Path) -> str:
        return f"together write {first}: both & write {second}: both then say written"

    def stall(self) -> str:
        return "stall"

    def reason(self, about: str) -> str:
        return f"reason {about} then say thought of it"

    def fail(self) -> str:
        return "http 400"


class PracticePrompts:
    """Sentences of boocode/practice/sentences.py. It asks before commands, not before edits."""

    def say(self, text: str) -> str:
        return f"say {text}"

    def how_many(self) -> str:
        return "recall"

    def count(self, to: int, every_ms: int) -> str:
        return f"count to {to} every {every_ms} ms"

    def write(self, path: Path, text: str) -> str:
        return f"run echo {text} > {path.name} then say written"

    def write_both(self, first: Path, second: Path) -> str:
        return f"create {first.name} with the text both then create {second.name} with the text both"

    def stall(self) -> str:
        return "say started then hang"

    def reason(self, about: str) -> str:
        return f"think about {about} then say thought of it"

    def fail(self) -> str:
        return f"fail with {FAILURE}"

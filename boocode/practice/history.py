"""One conversation and its file: a restarted agent resumes from here.

A session is a file of JSON lines in the state folder, appended to as things happen: what it is, then one
line a message, a mode, a model. A folder that cannot be written costs the memory across restarts, nothing more.
"""

import json
import os
import re
import sys
import time

MODES = {
    "default": ("Ask first", "Edits freely, asks before it runs a command"),
    "plan": ("Plan", "Reads and plans, changes nothing"),
    "auto": ("Auto", "Edits and runs without asking"),
}
MODELS = {
    "practice-1": ("Practice 1", "Answers at once"),
    "practice-slow": ("Practice slow", "Streams at a reader's pace"),
}
THINKING = {
    "low": ("Low", "Half a thought"),
    "medium": ("Medium", "A thought"),
    "high": ("High", "Thinks everything twice"),
}
KEPT_S = 30 * 86400
"""Sessions that nobody used for so long are forgotten."""
MAX_TEXT = 20_000
"""Characters of one message that are kept."""


def state_folder(env: "os._Environ[str] | dict[str, str]") -> str:
    """BOOCODE_PRACTICE_STATE, or a folder under XDG_STATE_HOME, or under ~/.local/state."""
    named = env.get("BOOCODE_PRACTICE_STATE")
    if named:
        return named
    base = env.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    return os.path.join(base, "boocode", "practice")


class Session:
    """What the agent knows of one conversation. `messages` are (role, text), oldest first."""

    def __init__(self, session_id: str, cwd: str, file: str) -> None:
        self.id = session_id
        self.cwd = cwd
        self.mode = "default"
        self.model = "practice-1"
        self.thinking = "medium"
        self.messages: list[tuple[str, str]] = []
        self.always_allowed: set[str] = set()
        self._file = file

    @property
    def user_turns(self) -> list[str]:
        return [text for role, text in self.messages if role == "user"]

    def context_tokens(self) -> int:
        return sum(tokens(text) for _, text in self.messages)

    def say(self, role: str, text: str) -> None:
        text = text[:MAX_TEXT]
        self.messages.append((role, text))
        self.record({"role": role, "text": text})

    def set_mode(self, mode: str) -> None:
        self.mode = mode
        self.record({"mode": mode})

    def set_model(self, model: str) -> None:
        self.model = model
        self.record({"model": model})

    def set_thinking(self, thinking: str) -> None:
        self.thinking = thinking
        self.record({"thinking": thinking})

    def record(self, line: dict[str, str]) -> None:
        try:
            with open(self._file, "a", encoding="utf-8", errors="replace") as file:
                file.write(json.dumps(line) + "\n")
        except OSError as error:
            print(f"practice: this conversation will not survive a restart: {error}", file=sys.stderr)

    def restore(self, line: dict[str, str]) -> None:
        """Take in one recorded line; one of an unknown shape is left out."""
        if "role" in line:
            self.messages.append((line["role"], line.get("text", "")))
        if line.get("mode") in MODES:
            self.mode = line["mode"]
        if line.get("model") in MODELS:
            self.model = line["model"]
        if line.get("thinking") in THINKING:
            self.thinking = line["thinking"]


class Sessions:
    """The sessions of one state folder, opened or not."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._open: dict[str, Session] = {}

    def new(self, cwd: str) -> Session:
        try:
            os.makedirs(self._folder, exist_ok=True)
            self._forget_old()
        except OSError:
            pass  # record() says so, once there is something to lose
        session_id = "practice-" + os.urandom(8).hex()
        session = self._open[session_id] = Session(session_id, cwd, self._path(session_id))
        session.record({"cwd": cwd})
        return session

    def get(self, session_id: str) -> Session | None:
        """One that this process has made or loaded."""
        return self._open.get(session_id)

    def load(self, session_id: str, cwd: str) -> Session | None:
        """Open a recorded session in a folder, perhaps another than before; None if there is no such record."""
        if not re.fullmatch(r"practice-[0-9a-f]{16}", session_id):
            return None  # the id names a file: nothing else may be named with it
        session = Session(session_id, cwd, self._path(session_id))
        try:
            with open(self._path(session_id), encoding="utf-8") as file:
                for line in file:
                    session.restore(_decoded(line))
        except OSError:
            return None
        self._open[session_id] = session
        return session

    def _path(self, session_id: str) -> str:
        return os.path.join(self._folder, session_id + ".jsonl")

    def _forget_old(self) -> None:
        oldest = time.time() - KEPT_S
        with os.scandir(self._folder) as entries:
            for entry in entries:
                if entry.name.startswith("practice-") and entry.stat().st_mtime < oldest:
                    os.unlink(entry.path)


def tokens(text: str) -> int:
    """A rough count, four characters each: the agent has no tokenizer, but pickers and costs want a number."""
    return (len(text) + 3) // 4


def _decoded(line: str) -> dict[str, str]:
    try:
        value = json.loads(line)
    except ValueError:
        return {}  # the last line of a process that was killed while it wrote
    return {str(k): str(v) for k, v in value.items()} if isinstance(value, dict) else {}

"""A turn on the terminal: the agent's text on stdout, everything else about it on stderr.

What agents, models and tools write must not steer the terminal, least of all beside a question: control characters are
shown as their escapes. Only a stdout that is no terminal gets the agent's text as it is.
"""

import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any, TextIO

import click
from attrs import define, field

from boocode.cli.output import plain, plain_lines

Json = dict[str, Any]
Ask = Callable[[Json], Awaitable[None]]

_RUNGS = {
    "before_start": "before the agent was asked anything",
    "asked": "the agent stopped when it was asked",
    "given_up": "the agent did not answer in time and was left",
    "killed": "the agent did not stop when it was asked and was killed",
}
_MARKS = {"pending": "·", "running": "·", "completed": "✓", "failed": "✗"}


@define
class StreamPrinter:
    """Prints the frames of one chat as they come. `only` limits it to one assistant message."""

    as_json: bool = False
    only: str | None = None
    out: TextIO = field(factory=lambda: sys.stdout)
    err: TextIO = field(factory=lambda: sys.stderr)
    _at_line_start: bool = True
    _tools: dict[str, str] = field(factory=dict)

    def show(self, frame: Json) -> None:
        """Prints the frame if it belongs to what is followed and is worth a person's attention."""
        if self.as_json:
            if "seq" in frame and "topic" in frame:
                print(json.dumps(frame, ensure_ascii=False), file=self.out, flush=True)
            return
        message_id = frame.get("message_id")
        if self.only is not None and message_id not in (None, self.only):
            return
        match frame.get("type"):
            case "message_delta":
                self._delta(frame)
            case "message_created" if self.only is None and frame["message"]["role"] == "user":
                self._note("")
                self._note(f"> {frame['message']['text']}")
            case "tool_call" | "tool_update":
                self._tool(frame["part"])
            case "plan_updated":
                for entry in frame["entries"]:
                    self._note(f"  [{'x' if entry['status'] == 'completed' else ' '}] {entry['content']}")
            case "notice":
                self._note(f"! {frame['text']}")
            case "permission_requested":
                self._question(frame)
            case "permission_resolved":
                self._resolved(frame)
            case "message_updated" if self.only is None:
                self._note(f"> (edited) {frame['message']['text']}")
            case "message_removed" if self.only is None:
                self._note("> (a queued prompt was taken back)")
            case "checkpoint_restored" if self.only is None:
                self._restored(frame)
            case "agent_status_updated" if frame.get("quiet_since"):
                self._note(f"  {frame['agent']} is quiet")
            case "agent_status_updated" if frame.get("reason"):
                self._note(f"! {frame['reason']}")
            case "message_complete":
                self._complete(frame)
            case _:
                pass

    def _delta(self, frame: Json) -> None:
        text = frame["text"]
        if frame["kind"] == "reasoning":
            click.secho(plain_lines(text), file=self.err, nl=False, dim=True)
        else:
            self.out.write(plain_lines(text) if self.out.isatty() else text)
            self.out.flush()
        self._at_line_start = text.endswith("\n")

    def _tool(self, part: Json) -> None:
        line = f"{_MARKS.get(part['status'], '·')} {plain(part['title'])}"
        if self._tools.get(part["tool_call_id"]) != line:
            self._tools[part["tool_call_id"]] = line
            self._note(f"  {line}")

    def _question(self, frame: Json) -> None:
        self._note(f"? {plain(frame['title'])}")
        for option in frame["options"]:
            self._note(plain(f"    {option['id']}: {option['label']}"))

    def _resolved(self, frame: Json) -> None:
        if frame.get("answered_by") == "policy":
            self._note(f"  allowed by the project's policy: {frame.get('title') or ''}")
            return
        how, _, what = frame["outcome"].partition(":")
        words = {
            "timed_out": f"nobody answered in time, so: {what}",
            "withdrawn": f"no longer needed: {what}",
        }
        self._note(f"  question closed: {words.get(how, what)}")

    def _restored(self, frame: Json) -> None:
        """What was told above stays told; this says that some of it is not in the chat any more, or is again."""
        leave, come = len(frame["hidden_messages"]), len(frame["shown_messages"])
        self._note(
            f"! Files and chat went back to {frame['checkpoint']['created_at']}: "
            f"{leave} messages left the chat, {come} came back."
        )
        self._note(f"  To go back: boocode restore {frame['safety_id']}")

    def _complete(self, frame: Json) -> None:
        if not self._at_line_start:
            print(file=self.out, flush=True)
            self._at_line_start = True
        if frame["status"] != "complete":
            why = frame.get("error") or _RUNGS.get(frame.get("rung") or "") or frame.get("cause") or ""
            self._note(f"{frame['status']}: {why}".rstrip(": "))

    def _note(self, line: str) -> None:
        if not self._at_line_start:
            print(file=self.out, flush=True)
            self._at_line_start = True
        print(plain_lines(line), file=self.err, flush=True)

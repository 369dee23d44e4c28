"""Doing what was asked: each step as tool calls, text and questions of one turn."""

import os
import sys
import time
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from boocode.practice.folder import Folder, Refused
from boocode.practice.history import MODES
from boocode.practice.manual import HELP, puzzled
from boocode.practice.steps import (
    CHANGES,
    Append,
    Ask,
    Burst,
    Count,
    Crash,
    Create,
    Delete,
    Echo,
    Fail,
    Hang,
    Help,
    List,
    Plan,
    Read,
    Recall,
    Rename,
    Replace,
    Run,
    Stamp,
    Step,
    SwitchMode,
    Think,
    Unknown,
    Wait,
    describe,
)
from boocode.practice.turn import Turn, TurnCancelled, TurnFailed
from boocode.practice.wire import Json

Change: TypeAlias = Create | Replace | Append | Delete | Rename

OUTPUT_EVERY_S = 0.05
"""A running command's output is told at most so often: each update holds all of it."""
CRASH_CODE = 3


def perform(steps: list[Step], turn: Turn) -> None:
    """All steps in order, up to the first that is refused.

    Raises TurnCancelled and TurnFailed, which end the turn.
    """
    unknown = next((step for step in steps if isinstance(step, Unknown)), None)
    if unknown is not None:
        turn.say(puzzled(unknown.text))
        return
    if turn.session.mode == "plan" and any(isinstance(step, CHANGES) for step in steps):
        _show_plan(turn, steps, done=0, running=False)
        turn.say("I am in plan mode, so I changed nothing. This is what I would do.")
        return
    for index, step in enumerate(steps):
        if len(steps) > 1:
            _show_plan(turn, steps, index)
        try:
            _perform(step, turn)
        except Refused as refusal:
            left = len(steps) - index - 1
            turn.say(f"That did not work: {refusal}." + (" I stop here.\n" if left else "\n"))
            return
    if len(steps) > 1:
        _show_plan(turn, steps, len(steps))


def _show_plan(turn: Turn, steps: list[Step], done: int, *, running: bool = True) -> None:
    status = ["completed"] * done + ["in_progress" if running else "pending"]
    entries = [
        {
            "content": describe(step),
            "priority": "medium",
            "status": status[index] if index < len(status) else "pending",
        }
        for index, step in enumerate(steps)
    ]
    turn.update("plan", {"entries": entries})


def _perform(step: Step, turn: Turn) -> None:
    match step:
        case Create() | Replace() | Append() | Delete() | Rename():
            _change(step, turn)
        case Read() | List():
            _look(step, turn)
        case Run():
            _run(step, turn)
        case Ask(about):
            _ask(about, turn)
        case Count() | Stamp() | Burst() | Echo() | Think() | Plan() | Recall() | Help():
            _talk(step, turn)
        case SwitchMode(mode):
            turn.session.set_mode(mode)
            turn.update("current_mode_update", {"currentModeId": mode})
            turn.say(f"This is {mode} mode now: {MODES[mode][1][0].lower()}{MODES[mode][1][1:]}.\n")
        case Wait(seconds):
            turn.pause(seconds)
            turn.say(f"I waited {seconds:g} s.\n")
        case Fail(message):
            raise TurnFailed(message)
        case Crash():
            print("practice: crashing, as asked", file=sys.stderr, flush=True)
            os._exit(CRASH_CODE)
        case Hang(deaf):
            turn.cancelled.wait()
            while deaf:
                time.sleep(3600)
            raise TurnCancelled
        case Unknown(text):
            turn.say(puzzled(text))


def _talk(
    step: Count | Stamp | Burst | Echo | Think | Plan | Recall | Help,
    turn: Turn,
) -> None:
    match step:
        case Count(count, delay):
            turn.stream((f"{n} " for n in range(1, count + 1)), delay)
        case Stamp(count, delay):
            for _ in range(count):  # a write each: a stamp is worth something only if it leaves at once
                turn.stream([f"{time.monotonic_ns()} "], 0.0)
                turn.pause(delay or 0.0)
        case Burst(count):
            turn.stream(_burst(count), 0.0)
        case Echo(text):
            turn.say(text + "\n")
        case Think(about, delay):
            turn.think(_thoughts(about, turn.session.thinking), delay)
            turn.say(f"I have thought about {about}.\n")
        case Plan(entries):
            turn.update(
                "plan",
                {"entries": [{"content": e, "priority": "medium", "status": "pending"} for e in entries]},
            )
            turn.say("This is the plan. Nothing is done yet.\n")
        case Recall():
            turn.say(_recall(turn.session.user_turns))
        case Help():
            turn.say(HELP)


def _burst(count: int) -> Iterator[str]:
    if count:
        yield f"{time.monotonic_ns()} "
    for number in range(2, count + 1):
        yield f"{number} "


def _thoughts(about: str, level: str) -> tuple[str, ...]:
    thoughts = (
        "First, ",
        f"what is asked is {about}. ",
        "Then, ",
        "what is there already has to be looked at, ",
        "and the smallest step ",
        "that shows something ",
        "should come first. ",
        "That is enough to begin.",
    )
    match level:
        case "low":
            return thoughts[:2]
        case "high":
            return (*thoughts, "\nOnce more: ", *thoughts)
        case _:
            return thoughts


def _recall(turns: list[str]) -> str:
    latest = "".join(f"- {text.splitlines()[0][:80] if text else ''}\n" for text in turns[-5:])
    return f"user turns in this conversation: {len(turns)}, this one included. The latest:\n\n{latest}"


def _change(step: Change, turn: Turn) -> None:
    folder = Folder(turn.session.cwd)
    kind = "delete" if isinstance(step, Delete) else "move" if isinstance(step, Rename) else "edit"
    call = turn.tool_call(
        describe(step),
        kind,
        {"rawInput": step._asdict(), "locations": [{"path": os.path.join(folder.root, step.path)}]},
    )
    with _Closing(turn, call) as closing:
        turn.tool_update(call, {"status": "in_progress"})
        said, closing.content = _changed(step, folder)
    turn.say(said + "\n")


def _changed(step: Change, folder: Folder) -> tuple[str, list[Json]]:
    """Do it; what to say, and what the tool call shows. Raises Refused."""
    match step:
        case Create(name, text):
            path, before = folder.create(name, text)
            wrote = "wrote" if before is None else "rewrote"
            return f"I {wrote} `{name}`.", [_diff(path, before, text)]
        case Replace(name, old, new):
            path, was, after = folder.replace(name, old, new)
            return f"I replaced “{old}” with “{new}” in `{name}`.", [_diff(path, was, after)]
        case Append(name, text):
            path, before, after = folder.append(name, text)
            return f"I added to `{name}`.", [_diff(path, before, after)]
        case Delete(name):
            folder.delete(name)
            return f"I deleted `{name}`.", []
        case Rename(name, to):
            folder.rename(name, to)
            return f"I renamed `{name}` to `{to}`.", []


def _look(step: Read | List, turn: Turn) -> None:
    folder = Folder(turn.session.cwd)
    path = os.path.join(folder.root, step.path)
    call = turn.tool_call(describe(step), "read", {"rawInput": step._asdict(), "locations": [{"path": path}]})
    with _Closing(turn, call) as closing:
        if isinstance(step, Read):
            _, text = folder.read(step.path)
            said = f"`{step.path}`:\n\n```\n{text}{'' if text.endswith(chr(10)) else chr(10)}```\n"
        else:
            _, names = folder.list(step.path)
            text = "\n".join(names)
            said = "".join(f"- {name}\n" for name in names) or "There is nothing in it.\n"
        closing.content = [_text(text)]
    turn.say(said)


def _run(step: Run, turn: Turn) -> None:
    title, raw = describe(step), {"command": step.command}
    call = turn.tool_call(title, "execute", {"rawInput": raw})
    with _Closing(turn, call) as closing:
        _permit(step.command, {"toolCallId": call, "title": title, "kind": "execute", "rawInput": raw}, turn)
        code, output = _execute(step.command, call, turn)
        closing.content = [_text(output)]
        closing.raw_output = {"exitCode": code, "output": output}
        closing.failed = code != 0
    if code:
        raise Refused(f"`{step.command}` ended with exit code {code}")
    turn.say(f"`{step.command}` ran well.\n")


def _permit(command: str, tool_call: Mapping[str, Json], turn: Turn) -> None:
    """Return if the command may run; raise Refused if it may not."""
    session = turn.session
    if session.mode == "auto" or command in session.always_allowed:
        return
    options: list[Mapping[str, Json]] = [
        {"optionId": "allow", "name": "Run it", "kind": "allow_once"},
        {"optionId": "always", "name": "Always run exactly this here", "kind": "allow_always"},
        {"optionId": "reject", "name": "Do not run it", "kind": "reject_once"},
    ]
    chosen = turn.ask(tool_call, options)
    if chosen == "always":
        session.always_allowed.add(command)
    elif chosen != "allow":
        raise Refused(f"you did not let me run `{command}`")


def _execute(line: str, call: str, turn: Turn) -> tuple[int, str]:
    from boocode.practice.shell import Command  # here, since few turns need it and it slows the start

    try:
        command = Command(line, turn.session.cwd)
    except OSError as error:
        raise Refused(f"`{line}` could not be started: {error.strerror}") from None
    turn.tool_update(call, {"status": "in_progress"})
    turn.on_cancel = command.kill
    output, told = "", 0.0
    for output in command.output(turn.cancelled):
        if time.monotonic() - told >= OUTPUT_EVERY_S:
            turn.tool_update(call, {"content": [_text(output)]})
            told = time.monotonic()
    turn.on_cancel = None
    turn.check()
    return command.exit_code or 0, output


def _ask(about: str, turn: Turn) -> None:
    call = turn.tool_call(f"Ask about {about}", "other", {"rawInput": {"about": about}})
    with _Closing(turn, call):
        chosen = turn.ask(
            {"toolCallId": call, "title": f"Ask about {about}", "kind": "other"},
            [
                {"optionId": "allow", "name": "Yes", "kind": "allow_once"},
                {"optionId": "reject", "name": "No", "kind": "reject_once"},
            ],
        )
    turn.say(f"The answer was: {chosen or 'none'}.\n")


class _Closing:
    """Closes a tool call whatever happens: completed, or failed with the reason."""

    def __init__(self, turn: Turn, call: str) -> None:
        self._turn = turn
        self._call = call
        self.content: list[Json] = []
        self.raw_output: Json = None
        self.failed = False

    def __enter__(self) -> "_Closing":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        content = self.content
        if isinstance(error, Refused | TurnCancelled):
            content = [*content, _text(str(error) or "cancelled")]
        status = "failed" if error is not None or self.failed else "completed"
        details: dict[str, Json] = {"status": status, "content": content}
        if self.raw_output is not None:
            details["rawOutput"] = self.raw_output
        self._turn.tool_update(self._call, details)


def _diff(path: str, before: str | None, after: str) -> Json:
    return {"type": "diff", "path": path, "oldText": before, "newText": after}


def _text(text: str) -> Json:
    return {"type": "content", "content": {"type": "text", "text": text}}

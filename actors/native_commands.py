"""run_command of BooCode's own agent: a shell line in a terminal actor of its own, waited for. Not an actor.

    ended by itself, nothing left of it      → its terminal goes
    ended by itself, a server still runs     → it stays until the session goes, or MOST_KEPT newer ones did the same
    took too long, or the turn is cancelled  → killed with all that it started

What a cancelled turn left in the background goes with it: see `end_commands`.
"""

import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import count

import trio
from attrs import field, frozen

from boocode.domain.acp.terminals import MAX_OUTPUT_BYTES, command_words, shown
from boocode.domain.native.command_output import for_model, plain
from boocode.kernel import ChildSpec, Context, KernelError, Ref
from boocode.ports.agent_wire import AgentFiles, FileRefused
from boocode.ports.names import SESSIONS
from boocode.ports.native import NativePlace
from boocode.ports.native_tools import CallShown, NativeTool, Tell, ToolOffer, ToolRefused, ToolResult
from boocode.ports.terminals import (
    AwaitTerminal,
    HasCompany,
    LookAtTerminal,
    TerminalCommand,
    TerminalExit,
    TerminalState,
)

MAX_COMMAND_CHARS = 16_000
"""All of it is shown to whoever is asked; the system takes no word of more than 128 kB."""
MODEL_CHARS = 16_000
MOST_KEPT = 8
"""Commands of a session whose servers stay; the oldest goes for another one."""
NEWS_S = 1.0
"""How often people see new output, at most."""
START_S = 10.0
LOOK_S = 10.0
KILL_S = 4.5
"""Less than a cancelled turn has."""
DAY_S = 86_400.0
"""A call needs a deadline; the command's own comes long before."""
_NO_PERSON = {
    "TERM": "dumb",
    "PAGER": "cat",
    "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_EDITOR": "false",
    "NO_COLOR": "1",
}
"""Nobody sits there: what would wait for a person fails at once, and says so."""
_NUMBERS = count(1)


@frozen
class Commands:
    """A MakeTools: what it needs of this machine, for the agents of all chats."""

    make: Callable[[str, TerminalCommand, Ref], ChildSpec]
    """A terminal's child: a label that says whose it is, the command, whom to tell."""
    make_files: Callable[[str], AgentFiles]
    """By the worktree's path."""
    environment: Callable[[Mapping[str, str]], Mapping[str, str]]
    """The whole of what a command gets, from what is configured for the agent."""
    timeout_s: float = 600.0
    shell: str = field(factory=lambda: shutil.which("bash") or "sh")

    async def __call__(self, place: NativePlace) -> tuple[tuple[NativeTool, ...], tuple[str, ...]]:
        return (RunCommand(self, place, self.make_files(place.cwd)),), ()


@frozen
class _Asked:
    command: str
    folder: str | None
    timeout_s: float


@frozen(eq=False)
class RunCommand:
    parts: Commands
    place: NativePlace
    files: AgentFiles

    @property
    def offer(self) -> ToolOffer:
        most = int(self.parts.timeout_s)
        properties = {
            "command": {"type": "string", "description": "A shell line, or several"},
            "cwd": {"type": "string", "description": "Folder to run it in. Default: the worktree's root"},
            "timeout_s": {
                "type": "integer",
                "minimum": 1,
                "description": f"Seconds after which it is ended, at most and by default {most}",
            },
        }
        words = (
            "Run a shell command in the worktree and read its output and exit code. It has no input: what asks a "
            "person, opens an editor or never ends does not work. A server that is to go on running is started with "
            "its output in a file and & at the end. To read, search and change files use the tools for that."
        )
        schema = {
            "type": "object",
            "properties": properties,
            "required": ["command"],
            "additionalProperties": False,
        }
        return ToolOffer("run_command", words, schema, "command", "execute")

    async def look(self, arguments: Mapping[str, object]) -> CallShown:
        asked = self._asked(arguments)
        folder = await self._folder(asked)
        first, _, more = asked.command.strip().partition("\n")
        title = first[:160] + (" …" if more or len(first) > 160 else "")
        return CallShown(f"Run {title}", (folder,))

    async def run(self, arguments: Mapping[str, object], tell: Tell) -> ToolResult:
        asked = self._asked(arguments)
        folder = await self._folder(asked)
        terminal_id = f"command-{next(_NUMBERS)}{_of(self.place.task_id)}"
        stays = False
        try:
            terminal = await self._start(terminal_id, asked, folder)
            state = await self._ended(terminal, asked.timeout_s, tell)
            stays = state.exit is not None and await terminal.call(HasCompany(), timeout=LOOK_S)
        except (KernelError, trio.TooSlowError) as error:
            why = "its start took too long" if isinstance(error, trio.TooSlowError) else str(error)
            raise ToolRefused(f"The command could not be run: {why}.") from error
        finally:
            if not stays:
                async with self.place.ctx.shielded(KILL_S):
                    await _end(self.place.ctx, self.place.terminals, terminal_id)
        if stays:
            await self._end_oldest()
        return _result(state, asked.timeout_s, stays=stays)

    async def _start(self, terminal_id: str, asked: _Asked, folder: str) -> Ref:
        command = TerminalCommand(
            terminal_id,
            command_words(asked.command, (), self.parts.shell),
            folder,
            {**self.parts.environment(self.place.env), **_NO_PERSON},
            MAX_OUTPUT_BYTES,
        )
        ctx = self.place.ctx
        label = f"{SESSIONS}/{self.place.terminals.removesuffix('/terminals')}"
        with trio.fail_after(START_S):
            supervisor = ctx.supervisor(self.place.terminals)
            return await supervisor.start_child(self.parts.make(label, command, ctx.ref))

    async def _ended(self, terminal: Ref, timeout_s: float, tell: Tell) -> TerminalState:
        """How it ended; without an exit when it took longer than it may. Raises KernelError."""
        ended: TerminalState | KernelError | None = None
        with trio.move_on_after(timeout_s):
            async with trio.open_nursery() as nursery:
                nursery.start_soon(_show, terminal, tell)
                try:
                    ended = await terminal.call(AwaitTerminal(), timeout=DAY_S)
                except KernelError as error:  # it must not leave the nursery: that would wrap it
                    ended = error
                nursery.cancel_scope.cancel()
        if isinstance(ended, KernelError):
            raise ended
        if ended is None:
            ended = await terminal.call(LookAtTerminal(), timeout=LOOK_S)
        return ended

    async def _end_oldest(self) -> None:
        kept = self.place.ctx.supervisor(self.place.terminals).which()
        for child in kept[: max(0, len(kept) - MOST_KEPT)]:
            await _end(self.place.ctx, self.place.terminals, child.id)

    def _asked(self, arguments: Mapping[str, object]) -> _Asked:
        command, folder = arguments.get("command"), arguments.get("cwd")
        if not isinstance(command, str) or not command.strip():
            raise ToolRefused("command must be a shell line, found nothing. Send the call again with it.")
        if len(command) > MAX_COMMAND_CHARS:
            raise ToolRefused(
                f"The command has {len(command):,} characters; at most {MAX_COMMAND_CHARS:,} can be run. "
                "Write a script with create_file and run that."
            )
        if "\0" in command or any("\ud800" <= each <= "\udfff" for each in command):
            raise ToolRefused("The command holds a NUL or half a character. Write it without.")
        if folder is not None and not isinstance(folder, str):
            raise ToolRefused("cwd must be the path of a folder. Leave it out for the worktree's root.")
        timeout = arguments.get("timeout_s")
        if timeout is not None and (
            isinstance(timeout, bool) or not isinstance(timeout, int | float) or timeout < 1
        ):
            raise ToolRefused(f"timeout_s must be a number of seconds of 1 or more, found {timeout!r}.")
        most = self.parts.timeout_s
        return _Asked(command, folder or None, most if timeout is None else min(float(timeout), most))

    async def _folder(self, asked: _Asked) -> str:
        try:
            return await self.files.folder(asked.folder)
        except FileRefused as error:
            raise ToolRefused(
                f"The command cannot be run there: {error}. Choose a folder of the worktree."
            ) from error


async def end_commands(place: NativePlace) -> None:
    """Ends what commands of this place's turn have left in the background; for a turn that was cancelled."""
    if place.task_id is None:
        return
    with suppress(KernelError):
        for child in place.ctx.supervisor(place.terminals).which():
            if child.id.endswith(_of(place.task_id)):
                await _end(place.ctx, place.terminals, child.id)


async def _show(terminal: Ref, tell: Tell) -> None:
    """Tells of new output until it is cancelled."""
    told = ""
    with suppress(KernelError):  # its end is told elsewhere
        while True:
            await trio.sleep(NEWS_S)
            state = await terminal.call(LookAtTerminal(), timeout=LOOK_S)
            if state.exit is None and state.output != told:
                told = state.output
                tell(shown("", plain(told), ended=False).text)


async def _end(ctx: Context, terminals: str, terminal_id: str) -> None:
    with suppress(KernelError):  # never started, or gone by itself
        await ctx.supervisor(terminals).terminate_child(terminal_id)


def _of(task_id: str | None) -> str:
    return f"-of-{task_id}" if task_id is not None else ""


def _result(state: TerminalState, timeout_s: float, *, stays: bool) -> ToolResult:
    output = plain(state.output)
    words = _ending(state.exit, timeout_s)
    if stays:
        words += (
            " What it started in the background goes on running. Its further output cannot be read here: "
            "it must go to a file."
        )
    body = for_model(output, MODEL_CHARS, beginning_is_gone=state.truncated)
    said = f"{body}\n" if body.strip() else "(no output)\n"
    is_good = state.exit == TerminalExit(0, None)
    people = output if is_good else f"{output.rstrip()}\n{words}".lstrip()
    return ToolResult(f"{said}[{words}]", failed=not is_good, shown=people or words)


def _ending(exit_: TerminalExit | None, timeout_s: float) -> str:
    if exit_ is None:
        return (
            f"It still ran after {timeout_s:g} s and was ended, with all that it had started. Give it less to do, or "
            "more time with timeout_s; a server must be started with & at its end."
        )
    if exit_.signal is not None:
        return f"It was ended by {exit_.signal}."
    return f"Exit code {exit_.code}."

"""Terminals of one agent session: an actor each, asked by the session on the agent's behalf."""

from collections.abc import Mapping

from attrs import frozen

from boocode.kernel import Request


@frozen
class TerminalCommand:
    """A command to be run for an agent: `words` as they are launched, `env` the whole environment."""

    terminal_id: str
    words: tuple[str, ...]
    cwd: str
    env: Mapping[str, str]
    output_bytes: int


@frozen
class TerminalExit:
    """How the command ended: one of the two is None."""

    code: int | None
    signal: str | None
    """Its name, `SIGTERM` for example."""


@frozen
class TerminalState:
    output: str
    truncated: bool
    """The beginning of the output is gone."""
    exit: TerminalExit | None
    """None = the command runs."""


@frozen
class LookAtTerminal(Request[TerminalState]):
    """Call to a terminal: what it holds now."""


@frozen
class AwaitTerminal(Request[TerminalState]):
    """Call to a terminal: replies when its command has ended."""


@frozen
class KillTerminal(Request[None]):
    """Call to a terminal: ends its command with all that it started; what it wrote can still be read."""


@frozen
class HasCompany(Request[bool]):
    """Call to a terminal: whether its command has ended by itself and left something running in the background."""


@frozen
class TerminalSaid:
    """Cast by a terminal to its session: its output has grown, at most once in a while; the last one has its end."""

    terminal_id: str
    state: TerminalState

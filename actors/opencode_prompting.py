"""Sends a turn's prompt: with the model, mode and thinking that were chosen, or as the slash command that it is."""

import trio
from attrs import define, field

from actors.opencode_turn import Conversation, OpencodeTurn
from boocode.domain.events import AgentEvent, Commands, Notice
from boocode.domain.opencode.offers import called_command
from boocode.ports.agents import AgentStartFailed
from boocode.ports.opencode import OpencodeRefused, OpencodeUnreachable, PromptChoices

OUT_S = 30.0
"""How long a command may take until its message is there."""


@define
class Prompting:
    _at: Conversation
    _asked: set[str] = field(factory=set)
    """What a turn has asked for, `model` or `mode`: opencode goes on with it unless told otherwise."""
    _commands_told: bool = False

    def choices(self, turn: OpencodeTurn) -> tuple[PromptChoices, list[AgentEvent]]:
        """What goes with the prompt, and what a person should know of it.

        What a turn does not ask for is opencode's own choice. Raises AgentStartFailed for a model or mode that is
        not offered: whoever asks for a plan must not get an agent that writes.
        """
        offers, start = self._at.offers, turn.start
        notices: list[AgentEvent] = []
        models = tuple(model for model, _ in offers.models)
        model = self._choice("model", start.model, models, offers.default_model)
        mode = self._choice("mode", start.mode, offers.modes, offers.default_mode)
        thinking = start.thinking
        if thinking is not None and thinking not in offers.variants.get(
            model or offers.default_model or "", ()
        ):
            words = (
                f"{self._at.label} does not offer thinking {thinking} with this model; it was passed over."
            )
            notices.append(Notice(words))
            thinking = None
        if not self._commands_told and offers.commands:
            self._commands_told = True
            notices.append(Commands(offers.commands))
        return PromptChoices(model, mode, thinking), notices

    def _choice(
        self, what: str, asked: str | None, offered: tuple[str, ...], default: str | None
    ) -> str | None:
        """None leaves it to opencode's config; its default is named once another turn has asked for something."""
        if asked is None:
            return default if what in self._asked else None
        if asked not in offered:
            listed = ", ".join(offered[:20]) + (", …" if len(offered) > 20 else "")
            words = f"{self._at.label} does not offer the {what} {asked}. It offers: {listed or 'none'}."
            raise AgentStartFailed(f"session/set_{what}", words)
        self._asked.add(what)
        return asked

    async def send(self, turn: OpencodeTurn) -> None:
        """Returns when the server has the prompt. Raises OpencodeRefused or OpencodeUnreachable."""
        at, text = self._at, turn.start.prompt
        command = called_command(text, at.offers.commands)
        if command is None:
            await at.api.prompt(at.directory, at.session_id, turn.view.message_id, text, turn.choices)
        else:
            await self._command(turn, command)

    async def _command(self, turn: OpencodeTurn, command: tuple[str, str]) -> None:
        """The server answers it when its turn is over, so somebody else waits for that; what fails later is told
        by the event stream, too."""
        at, message_id = self._at, turn.view.message_id
        failure: list[OpencodeRefused | OpencodeUnreachable] = []

        async def run() -> None:
            try:
                await at.api.run_command(at.directory, at.session_id, message_id, command, turn.choices)
            except (OpencodeRefused, OpencodeUnreachable) as error:
                failure.append(error)
            turn.out.set()

        at.ctx.start_task(run, name=f"command {command[0]}")
        with trio.move_on_after(OUT_S) as scope:
            await turn.out.wait()
        if failure:
            raise failure[0]
        if scope.cancelled_caught:
            raise OpencodeUnreachable(f"{at.label} did not begin /{command[0]} within {OUT_S:g} s")

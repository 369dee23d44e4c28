"""Sends a turn's prompt: with the model and mode that were chosen, or as the slash command that it is."""

import trio
from attrs import define, field

from actors.opencode_turn import Conversation, OpencodeTurn
from boocode.domain.events import AgentEvent, Commands, Notice
from boocode.domain.opencode.offers import called_command
from boocode.ports.opencode import OpencodeRefused, OpencodeUnreachable

OUT_S = 30.0
"""How long a command may take until its message is there."""


@define
class Prompting:
    _at: Conversation
    _has_chosen: dict[str, bool] = field(factory=lambda: {"model": False, "mode": False})
    """Whether a turn has asked for one, which opencode goes on with unless told otherwise."""
    _commands_told: bool = False

    def choices(self, turn: OpencodeTurn) -> tuple[str | None, str | None, list[AgentEvent]]:
        """Model and mode to be sent, and what a person should know of the choice."""
        notices: list[AgentEvent] = []
        offers = self._at.offers
        asked = turn.start.model
        model = self._choice(
            "model", asked, offers.default_model, notices, is_offered=offers.offers_model(asked)
        )
        asked = turn.start.mode
        mode = self._choice("mode", asked, offers.default_mode, notices, is_offered=asked in offers.modes)
        if not self._commands_told and offers.commands:
            self._commands_told = True
            notices.append(Commands(offers.commands))
        return model, mode, notices

    def _choice(
        self,
        what: str,
        asked: str | None,
        default: str | None,
        notices: list[AgentEvent],
        *,
        is_offered: bool,
    ) -> str | None:
        """What was asked for if it is offered, else nothing, so that opencode's own config chooses; but its default
        once another turn has chosen something else."""
        if asked is not None and is_offered:
            self._has_chosen[what] = True
            return asked
        if asked is not None:
            words = f"{self._at.label} does not offer the {what} {asked}; it goes on with its own."
            notices.append(Notice(words))
        return default if self._has_chosen[what] else None

    async def send(self, turn: OpencodeTurn, model: str | None, mode: str | None) -> None:
        """Returns when the server has the prompt. Raises OpencodeRefused or OpencodeUnreachable."""
        at, text = self._at, turn.start.prompt
        command = called_command(text, at.offers.commands)
        if command is None:
            await at.api.prompt(at.directory, at.session_id, turn.view.message_id, text, model, mode)
        else:
            await self._command(turn, command, model, mode)

    async def _command(
        self, turn: OpencodeTurn, command: tuple[str, str], model: str | None, mode: str | None
    ) -> None:
        """The server answers it when its turn is over, so somebody else waits for that; what fails later is told
        by the event stream, too."""
        at, message_id = self._at, turn.view.message_id
        failure: list[OpencodeRefused | OpencodeUnreachable] = []

        async def run() -> None:
            try:
                await at.api.run_command(at.directory, at.session_id, message_id, command, model, mode)
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

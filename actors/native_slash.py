"""Answers the slash commands of the native agent, all but `/compact` without the model. Not an actor."""

from typing import Literal

from actors.native_answer import ModelAnswer
from actors.native_equipment import Equipment, NativeFacts
from actors.native_turn import NativeTurn
from boocode.domain.events import Completed, Failed, ModelChanged, Notice, Outcome, Text
from boocode.domain.native import slash as words
from boocode.domain.native.conversation import AssistantSaid, Compacted, UserSaid
from boocode.domain.native.loop import cause_of
from boocode.domain.native.slash import COMPACTED, CUT_SHORT, NOTHING_YET, SUM_UP, Slash
from boocode.domain.native.window import TooLong
from boocode.ports.model_endpoint import ModelEndpoint, ModelFailed


async def answer_slash(
    slash: Slash, turn: NativeTurn, equipment: Equipment, facts: NativeFacts, endpoint: ModelEndpoint
) -> Outcome:
    """Neither the command nor the answer comes into the conversation."""
    if slash == "compact":
        return await compact(turn, equipment, facts, endpoint)
    turn.say([Text(_text(slash, equipment, facts))])
    return Completed()


def _text(
    slash: Literal["help", "tools", "skills", "context"], equipment: Equipment, facts: NativeFacts
) -> str:
    match slash:
        case "help":
            return words.help_text(equipment.manner.mode, equipment.modes)
        case "tools":
            offers = ((tool.offer.name, tool.offer.description) for tool in equipment.tools.values())
            return words.tools_text(offers, equipment.manner.mode)
        case "skills":
            return words.skills_text(equipment.briefing.skills)
        case "context":
            return words.context_text(equipment.fullness(facts), facts.conversation.entries)


async def compact(
    turn: NativeTurn, equipment: Equipment, facts: NativeFacts, endpoint: ModelEndpoint
) -> Outcome:
    """The model sums up; what it says is shown, and stands for the conversation from then on."""
    entries = facts.conversation.entries
    if not any(isinstance(entry, AssistantSaid) for entry in entries):
        turn.say([Text(NOTHING_YET)])
        return Completed()
    fitted = equipment.fit((*entries, UserSaid(SUM_UP)), facts)
    if isinstance(fitted, TooLong):
        return Failed("agent_error", fitted.message)
    turn.begin_step()
    turn.say([ModelChanged(equipment.model)])
    answer = ModelAnswer(turn, (), _nothing_more)
    try:
        said = (await answer.hear(endpoint, equipment.request(fitted.entries, with_tools=False))).said
    except ModelFailed as failed:
        if failed.failure.kind == "context_too_long":
            equipment.narrow(facts, fitted, failed.failure.window)
        answer.close()
        return Failed(cause_of(failed.failure), failed.failure.message)
    if not said.text.strip():
        return Failed("agent_error", "The model gave no summary; the conversation stays as it is.")
    if turn.finish == "length":
        return Failed("agent_error", CUT_SHORT)
    facts.conversation.add([Compacted(said.text)])
    turn.say([Notice(COMPACTED)])
    return Completed()


async def _nothing_more() -> None:
    """The command itself is not remembered."""

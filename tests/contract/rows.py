"""The rows of the contract: what a person may expect of an agent, in the words of the table in docs/agents.md."""

from enum import Enum


class Row(Enum):
    """One row, and at least one test; its value is what the table says."""

    REMEMBERS = "the second turn of a warm session knows of the first"
    STREAMS = "text comes while it is written, in order"
    REASONING = "reasoning comes apart from the text"
    TOOL = "a tool call is resolved, and the file is there"
    TOOLS_TOGETHER = "two tool calls of one answer are both resolved"
    CANCEL_STREAMING = "cancel while it writes, then another turn"
    CANCEL_STALLED = "cancel while the model is silent, then another turn"
    CANCEL_ASKING = "cancel while it asks, then another turn"
    ALLOWED = "a permission is asked for, and allowed"
    DENIED = "a permission is denied: nothing is written"
    UNANSWERED = "a permission times out: nothing is written, the next turn works"
    USAGE = "tokens are told"
    USAGE_SUM = "tokens of all model calls of a turn"
    MODEL_NAMED = "the model that wrote is named"
    MODEL_CHOSEN = "a model can be chosen for a turn"
    MODE_CHOSEN = "a mode can be chosen for a turn"
    COMMANDS = "slash commands are told"
    ERROR = "a failure of the model is told in words, then another turn"
    KILLED_IN_TURN = "killed in a turn: interrupted with the cause, then another turn"
    KILLED_IDLE = "killed while idle: the next turn works"
    RESUMED = "resumed after a restart of everything, nothing told twice"
    LOST = "a conversation that it does not know any more is begun anew, and that is said"

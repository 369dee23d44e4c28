"""The tool `view_session_history`: what was said in this session, also to other agents and in its other chats."""

from collections.abc import Mapping

from attrs import frozen

from boocode.domain.native.recalling import recalled
from boocode.ports.native_tools import CallShown, Tell, ToolOffer, ToolResult
from boocode.ports.sub_tasks import SubTasks

FEW = 10
MANY = 50
NOTHING = "Nothing was said in this session before."
OFFER = ToolOffer(
    name="view_session_history",
    description=(
        "Read the newest messages of this session, oldest of them first: also those that other agents wrote and "
        "those of the session's other chats. Use it when you have to know what was done before."
    ),
    schema={
        "type": "object",
        "properties": {
            "count": {
                "type": "integer",
                "minimum": 1,
                "maximum": MANY,
                "description": f"How many messages. Default: {FEW}.",
            },
        },
        "additionalProperties": False,
    },
    effect="read",
    kind="read",
)


@frozen
class ViewSessionHistory:
    store: SubTasks
    chat_id: str

    @property
    def offer(self) -> ToolOffer:
        return OFFER

    async def look(self, arguments: Mapping[str, object]) -> CallShown:
        return CallShown(f"Read the last {_count(arguments)} messages of this session")

    async def run(self, arguments: Mapping[str, object], tell: Tell) -> ToolResult:  # noqa: ARG002 - short
        found = await self.store.history(self.chat_id, _count(arguments))
        return ToolResult(recalled([(each.message, each.chat_title) for each in found]) or NOTHING)


def _count(arguments: Mapping[str, object]) -> int:
    count = arguments.get("count", FEW)
    return max(1, min(count, MANY)) if isinstance(count, int) else FEW

"""The end of a connection to an MCP server: it happens once, and the first reason told is the one that counts."""

import trio
from attrs import define, field


@define
class Ending:
    reason: str = ""
    note: str = ""
    """What the last answer on the wire was, if it was a refusal: `HTTP 401 Unauthorized`."""
    happened: trio.Event = field(factory=trio.Event)

    def tell(self, reason: str) -> None:
        """Why it is about to end. What waits for an answer wakes up a moment later and finds this."""
        self.reason = self.reason or reason

    def end(self, reason: str) -> None:
        self.tell(reason)
        self.happened.set()

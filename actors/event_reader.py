"""The reader: pumps an agent's output to its session, in order, one read at a time.

The next read comes only after the session has taken the last one, so a browser, a log or a turn that cannot keep
up ends as a full pipe in the agent, never as memory here.
"""

from typing import Any

from boocode.kernel import Actor, ActorDied, NotRunning, Ref
from boocode.ports.agent_process import Heard, ReadFor, Silence, TakeProcess
from boocode.ports.agent_wire import AgentWire, BrokenWire
from boocode.ports.processes import OwnedProcess

READ_BYTES = 65_536
"""Larger reads measured slower."""
TAKE_S = 5.0
HEARD_S = 86_400.0
"""A session may wait this long for its listener; the turn's own limits end it earlier."""


class EventReader(Actor):
    def __init__(self, process: str, wire: AgentWire) -> None:
        self._process_name = process
        self._wire = wire
        self._child: OwnedProcess | None = None
        self._bytes = 0
        self._reads = 0

    async def init(self) -> None:
        self._child = await self.ctx.whereis(self._process_name).call(TakeProcess(), timeout=TAKE_S)

    async def handle(self, message: Any) -> None:
        match message:
            case ReadFor(session=session):
                self.ctx.start_task(self._pump, session, name="pump")
            case _:
                pass

    def inspect(self) -> dict[str, object]:
        return {"bytes": self._bytes, "reads": self._reads}

    async def _pump(self, session: Ref) -> None:
        assert self._child is not None
        broken = None
        try:
            while data := await self._child.receive(READ_BYTES):
                self._bytes += len(data)
                self._reads += 1
                if items := self._wire.feed(data):
                    await session.call(Heard(tuple(items)), timeout=HEARD_S)
            if items := self._wire.finish():
                await session.call(Heard(tuple(items)), timeout=HEARD_S)
        except BrokenWire as error:
            broken = str(error)
        except (ActorDied, NotRunning):
            return
        session.cast(Silence(broken))

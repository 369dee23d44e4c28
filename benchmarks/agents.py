"""Each agent, cold and warm, and BooCode's own share of both: from the pool's acquire to the turn's end.

Cold is the first turn of a chat: the process is started, shakes hands, and answers one line. Warm is the next one. The
model answers at once (it is scripted), so the figures are the agent's and ours. Ours is what passes while nobody but
BooCode could go on: until something is written to the agent, and from the last that was heard of it to the turn's end.
Agents that are not installed are left out: `make agents`. `python -m benchmarks.agents`
"""

import statistics
import tempfile
from functools import partial
from pathlib import Path

import trio
from attrs import Factory, define, evolve, frozen

from benchmarks.ball import Ball, ClockedProcesses, clocked_opencode
from benchmarks.table import Row, Target, show
from boocode.domain.events import Text
from boocode.ports.agents import Lease
from tests.actors.agent_kit import Rig
from tests.contract import backings
from tests.contract.backends import BACKENDS, OPENCODE_SERVER, BackendUnderTest
from tests.contract.stage import on_stage

ROUNDS = 3
WARM_TURNS = 5
TIMES_FASTER = 9
SHARE_S = 0.02
"""The target for both ends of a warm turn together."""
ALLOWS_LESS = ("claude (stream-json)", "qwen (stream-json)")
"""Where a warm turn cannot be faster than a cold one: each is a process of its own."""


@frozen
class Turn:
    """Seconds."""

    first_token: float
    end: float
    ours: float


@define
class Turns:
    cold: list[Turn] = Factory(list)
    warm: list[Turn] = Factory(list)


async def rows() -> list[Row]:
    """About ten seconds an agent."""
    found: list[Row] = []
    for backend in BACKENDS:
        if backend.program is None or backend.program().exists():
            turns = Turns()
            for _ in range(ROUNDS):
                await _measure(backend, turns)
            found += _rows(backend.name, turns)
    return found


def _rows(name: str, turns: Turns) -> list[Row]:
    cold, warm = _median(turns.cold), _median(turns.warm)
    faster = None if name in ALLOWS_LESS else Target("at least", TIMES_FASTER)
    return [
        Row("A2", f"{name}: first token, cold", cold.first_token, "s", ("warm", warm.first_token), faster),
        Row("A2", f"{name}: whole turn, cold", cold.end, "s", ("warm", warm.end)),
        Row("A2", f"{name}: ours of the cold turn", cold.ours, "s"),
        Row(
            "A2", f"{name}: ours of the warm turn", warm.ours, "s", None, Target("at most", SHARE_S, "figure")
        ),
    ]


def _median(turns: list[Turn]) -> Turn:
    return Turn(
        statistics.median(turn.first_token for turn in turns),
        statistics.median(turn.end for turn in turns),
        statistics.median(turn.ours for turn in turns),
    )


async def _measure(backend: BackendUnderTest, turns: Turns) -> None:
    """One chat: a cold turn, and warm ones, each after a release as a person makes it."""
    ball = Ball()
    if backend is OPENCODE_SERVER:
        connect = partial(clocked_opencode, ball)
        backend = evolve(backend, backing=partial(backings.opencode_server, connect=connect))
    with tempfile.TemporaryDirectory(prefix="boocode-bench-") as folder:
        async with on_stage(backend, Path(folder)) as stage, stage.open(ClockedProcesses(ball)) as agents:
            turns.cold.append(await _turn(agents, ball, stage.prompts.say("one")))
            turns.warm += [
                await _turn(agents, ball, stage.prompts.say(f"more {number}")) for number in range(WARM_TURNS)
            ]


async def _turn(agents: Rig, ball: Ball, prompt: str) -> Turn:
    holder, _ = await agents.listener()
    began = trio.current_time()
    ball.begin()
    lease: Lease = await agents.acquire(holder=holder)
    told, _ = await agents.start(lease, prompt)
    await told.until(lambda told: told.of(Text))
    first = trio.current_time()
    await told.over()
    turn = Turn(first - began, told.at - began, ball.end())
    agents.release(lease)
    return turn


if __name__ == "__main__":
    show(trio.run(rows))

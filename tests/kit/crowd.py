"""The real server with a thousand actors more than it has, in a process of its own: `python -m tests.kit.crowd`.

Says `{"url", "token"}` in one line on its standard output. Some of the crowd are always at work, as in a busy
server. Each line on its standard input is the name of an actor, which crashes; it ends when that is closed.
"""

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import trio
import trio_asyncio  # type: ignore[import-untyped]
from attrs import define, evolve

from boocode.compose import compose
from boocode.kernel import Actor, Budget, ChildSpec, SupervisorSpec, System, open_tree
from boocode.settings import load_settings
from tests.kit.browsing import built_ui

TOKEN = "crowd-token-0123456789"
TEAMS = 10
MEMBERS = 98
STIRRED = 150
"""How many get something to do every `STIR_EVERY_S`."""
STIR_EVERY_S = 0.25
BUDGET = Budget(max_restarts=4, period=8.0)


class Member(Actor):
    async def handle(self, message: Any) -> None:
        if message == "crash":
            raise RuntimeError("as asked")
        await trio.sleep(message)


def name_of(team: int, member: int) -> str:
    return f"m{team}_{member}"


def crowd() -> ChildSpec:
    """A supervisor of teams, each a supervisor of its members."""
    teams = (
        ChildSpec(
            id=f"team{team}",
            start=SupervisorSpec(children=tuple(_members(team)), budget=BUDGET),
        )
        for team in range(TEAMS)
    )
    return ChildSpec(id="crowd", start=SupervisorSpec(children=tuple(teams), budget=BUDGET))


def _members(team: int) -> Iterator[ChildSpec]:
    for member in range(MEMBERS):
        name = name_of(team, member)
        yield ChildSpec(id=name, start=Member, name=name)


async def stir(system: System) -> None:
    chance = random.Random(1)
    names = [name_of(team, member) for team in range(TEAMS) for member in range(MEMBERS)]
    while True:
        for name in chance.sample(names, STIRRED):
            system.whereis(name).cast(chance.uniform(0.05, 0.4))
        await trio.sleep(STIR_EVERY_S)


async def hear_orders(system: System) -> None:
    """Until the end of the input."""
    buffer = b""
    async with trio.lowlevel.FdStream(os.dup(sys.stdin.fileno())) as orders:
        while chunk := await orders.receive_some():
            *lines, buffer = (buffer + chunk).split(b"\n")
            for line in lines:
                system.whereis(line.decode()).cast("crash")


async def main() -> None:
    composition = compose(load_settings(port=0), TOKEN)
    composition.settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    spec = evolve(composition.spec, children=(*composition.spec.children, crowd()))
    try:
        async with trio_asyncio.open_loop(), open_tree(spec) as system, trio.open_nursery() as nursery:
            print(json.dumps({"url": composition.edge.url, "token": TOKEN}), flush=True)
            nursery.start_soon(stir, system)
            await hear_orders(system)
            nursery.cancel_scope.cancel()
    finally:
        composition.processes.close()


@define
class Crowd:
    """The running program."""

    url: str
    token: str
    _program: "subprocess.Popen[str]"

    @property
    def door(self) -> str:
        """The address that signs in."""
        return f"{self.url}/?token={self.token}"

    def crash(self, name: str) -> None:
        assert self._program.stdin is not None
        self._program.stdin.write(f"{name}\n")
        self._program.stdin.flush()


@contextmanager
def serving_crowd(folder: Path) -> Iterator[Crowd]:
    environ = {**os.environ, "BOOCODE_HOME": str(folder / "home"), "BOOCODE_UI_DIST": str(built_ui())}
    environ.pop("DATABASE_URL", None)
    with (
        (folder / "crowd.log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-m", "tests.kit.crowd"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=environ,
        ) as program,
    ):
        assert program.stdout is not None
        assert program.stdin is not None
        line = program.stdout.readline()
        assert line, (folder / "crowd.log").read_text()
        ready = json.loads(line)
        try:
            yield Crowd(ready["url"], ready["token"], program)
        finally:
            program.stdin.close()
        assert program.wait(30) == 0


if __name__ == "__main__":
    trio.run(main)

"""After a cancel nothing that the agent started in the turn goes on; its helpers do, and what it left there before."""

import json
import sys
from pathlib import Path
from typing import Any

import trio

from actors.turn_aftermath import boot_time
from boocode.adapters.processes.proctable import TICKS_PER_S, read_proc
from boocode.domain.events import Cancelled
from tests.actors.agent_kit import ROOT, rig

AGENT = (sys.executable, str(ROOT / "tests/kit/scripted_acp.py"))
SLEEP = ["sleep", "300"]


def spawn(name: str, **more: Any) -> dict[str, Any]:
    return {"spawn": SLEEP, "as": name, **more}


def lives(pid: int) -> bool:
    proc = read_proc(pid)
    return proc is not None and proc.is_alive


async def tick_after(pid: int) -> None:
    """Until the clock that processes are dated with has gone on since this one started."""
    proc = read_proc(pid)
    assert proc is not None
    while int(boot_time() * TICKS_PER_S) <= proc.start:
        await trio.sleep(1 / TICKS_PER_S)


async def test_commands_that_outlive_a_cancel_are_ended_before_the_turn_is_over(tmp_path: Path) -> None:
    async with rig(tmp_path, command=AGENT, agent="agent") as agents:
        lease = await agents.acquire()
        before = await agents.turn(lease, json.dumps([spawn("server")]), task="t1")
        server = int(before.text)
        await tick_after(server)
        steps = [spawn("command"), spawn("escaped", escape=True), spawn("helper", stdin="pipe")]
        told, _ = await agents.start(lease, json.dumps([*steps, {"until": "cancelled"}]), task="t2")
        await told.until(lambda told: len(told.text.split()) == 3)
        command, escaped, helper = map(int, told.text.split())
        agents.cancel(lease, "t2")
        assert await told.over() == Cancelled("asked")
        assert [lives(pid) for pid in (server, command, escaped, helper)] == [True, False, False, True]
        assert (await agents.session_state(lease))["strays_ended"] == 2
        assert (await agents.turn(lease, json.dumps([{"say": "on"}]), task="t3")).text == "on"

"""A program that owns processes and is going to be killed: `python doomed.py HOME SCRIPT…`.

Prints a JSON line {"owner", "guard", "children"} when all the shell scripts run, the guard included when HOME is not
empty, and then waits for its end on stdin. `--storm` as script: launches without pause instead.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import AsyncExitStack

import trio

from boocode.adapters.processes.owner import LocalProcesses
from boocode.ports.processes import LaunchSpec


def spec(script: str) -> LaunchSpec:
    return LaunchSpec(("sh", "-c", script), cwd="/", env=dict(os.environ), label="doomed", term_grace_s=0.3)


async def main(home: str, scripts: list[str]) -> None:
    owner = LocalProcesses(home)
    async with AsyncExitStack() as stack:
        guard = await stack.enter_async_context(owner.guard())
        if scripts == ["--storm"]:
            await storm(owner, guard.pid)
        children = [await stack.enter_async_context(owner.launch(spec(script))) for script in scripts]
        for child in children:
            await child.receive()
        await owner.sweep()
        for script, child in zip(scripts, children, strict=True):
            if "read x" in script:  # it orphans somebody, now that we know whose that is
                await child.send(b"\n")
                await child.receive()
        await owner.sweep()
        tell(guard.pid, [info.pid for info in owner.owned()])
        await trio.lowlevel.wait_readable(sys.stdin.fileno())
    owner.close()


async def storm(owner: LocalProcesses, guard: int) -> None:
    async def launch_for_ever() -> None:
        while True:
            async with owner.launch(spec("setsid sleep 91 & sleep 0.01")) as child:
                await child.wait()

    async with trio.open_nursery() as nursery:
        for _ in range(4):
            nursery.start_soon(launch_for_ever)
        tell(guard, [])


def tell(guard: int, children: list[int]) -> None:
    print(json.dumps({"owner": os.getpid(), "guard": guard, "children": children}), flush=True)


if __name__ == "__main__":
    trio.run(main, sys.argv[1], sys.argv[2:])

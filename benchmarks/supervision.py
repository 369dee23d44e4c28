"""U6: what the supervision page costs with a thousand actors in the tree. `python -m benchmarks supervision`

"The tree" is all that the server does for one look: the walk, the wire classes, the JSON. A sample is taken every
second while somebody follows.
"""

import gc
import time
from collections.abc import Awaitable, Callable
from functools import partial

from benchmarks.table import Row, Target, contest
from boocode.contracts.codec import encode
from boocode.kernel import Actor, ChildSpec, SupervisorSpec
from tests.web.edges import Stage, serving
from web.routes.supervision import look
from web.routing import Call

BRANCHES, TWIGS, LEAVES = 5, 5, 40
ROUNDS = 15


class Idle(Actor):
    async def handle(self, _: object) -> None:
        """Nothing to do with it."""


def forest() -> ChildSpec:
    """A thousand actors below twenty-five supervisors below five."""
    actors = tuple(ChildSpec(id=f"a{number}", start=Idle) for number in range(LEAVES))
    twigs = tuple(ChildSpec(id=f"t{number}", start=SupervisorSpec(actors)) for number in range(TWIGS))
    branches = tuple(ChildSpec(id=f"b{number}", start=SupervisorSpec(twigs)) for number in range(BRANCHES))
    return ChildSpec(id="forest", start=SupervisorSpec(branches))


def timed(
    work: Callable[[], Awaitable[object]], clock: Callable[[], float] = time.perf_counter
) -> Callable[[], Awaitable[float]]:
    async def measure() -> float:
        began = clock()
        await work()
        return clock() - began

    return measure


async def sampled(stage: Stage) -> float:
    """Seconds of one sample of a tree in which nothing happens."""
    sampler = stage.system.sampler()
    began = time.perf_counter()
    sampler.changes()
    return time.perf_counter() - began


async def rows() -> list[Row]:
    gc.set_threshold(50_000, 20, 1000)  # as the server sets it
    async with serving(forest()) as stage:
        deps = stage.factory.deps(stage.system)

        async def tree() -> bytes:
            return encode(await look(deps, Call({}, None, None)))

        async def over_http() -> bytes:
            return (await stage.http.get("/api/supervision")).content

        stage.http.event_hooks = {}  # the tests' check of every answer takes longer than the answer
        seen = await contest(
            {
                "tree": timed(tree),
                "processor": timed(tree, time.process_time),
                "http": timed(over_http),
                "quiet": partial(sampled, stage),
            },
            ROUNDS,
        )
    processor = ("its processor time", seen["processor"])
    return [
        Row("U6", "the tree, 1 000 actors", seen["tree"], "s", processor, Target("at most", 0.02, "figure")),
        Row("U6", "the same, over HTTP", seen["http"], "s"),
        Row("U6", "a sample in which nothing changed", seen["quiet"], "s"),
    ]

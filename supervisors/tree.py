"""The whole tree on one screen. Start order is dependency order, so stopping in reverse needs no further code.

root                rest_for_one
├─ processes        the guard that ends our children should BooCode be killed; its restart is nobody else's
├─ store            PostgreSQL: the embedded server when there is no URL, and the pool
├─ event_writer     the durable log, in batches
├─ hub              fan-out to whoever listens
├─ engine           rest_for_one
│  ├─ worktrees     one owner a session
│  ├─ agents        MCP and opencode servers, agent sessions (process → reader → session) and their warm pool
│  └─ dispatch      turns ← dispatcher, task monitor ← task listener, and the drain guard
└─ surface          one_for_one: what people and programs meet; the edge last, so that it is stopped first
"""

from attrs import frozen

from boocode.kernel import Budget, ChildSpec, Strategy, SupervisorSpec

STEADY = Budget(max_restarts=5, period=30.0)
"""For what must come back after a fault outside BooCode, a database being started again for example."""


@frozen
class Children:
    """The sub-trees, made by the composition root, which alone knows adapters and settings."""

    process_guard: ChildSpec
    store: ChildSpec
    event_writer: ChildSpec
    hub: ChildSpec
    worktrees: tuple[ChildSpec, ...]
    agents: tuple[ChildSpec, ...]
    dispatch: ChildSpec
    surface: tuple[ChildSpec, ...]


def boocode_tree(children: Children) -> SupervisorSpec:
    engine = SupervisorSpec(
        strategy=Strategy.REST_FOR_ONE,
        budget=STEADY,
        children=(*children.worktrees, *children.agents, children.dispatch),
    )
    surface = SupervisorSpec(strategy=Strategy.ONE_FOR_ONE, budget=STEADY, children=children.surface)
    return SupervisorSpec(
        strategy=Strategy.REST_FOR_ONE,
        budget=STEADY,
        children=(
            ChildSpec(
                id="processes", start=SupervisorSpec(children=(children.process_guard,), budget=STEADY)
            ),
            children.store,
            children.event_writer,
            children.hub,
            ChildSpec(id="engine", start=engine),
            ChildSpec(id="surface", start=surface),
        ),
    )

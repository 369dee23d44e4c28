"""The shape of every agent's sub-tree: rest_for_one without restarts. Whatever of it dies, the rest goes too, and who
started it (the pool, a keeper) starts the next one when somebody needs it."""

from collections.abc import Callable

from boocode.kernel import Actor, Budget, ChildSpec, Restart, Strategy, SupervisorSpec
from boocode.ports.processes import LaunchSpec

SESSION_SHUTDOWN_S = 4.0
"""Longer than a session's last words."""


def agent_tree(child_id: str, *children: ChildSpec) -> ChildSpec:
    return ChildSpec(
        id=child_id,
        restart=Restart.TEMPORARY,
        start=SupervisorSpec(
            strategy=Strategy.REST_FOR_ONE, budget=Budget(max_restarts=0), children=children
        ),
    )


def process_child(start: Callable[[], Actor], name: str, launch: LaunchSpec) -> ChildSpec:
    """The actor that owns the launched process; it has the time that the ladder of its end takes."""
    return ChildSpec(id="process", start=start, name=name, shutdown=launch.stop_bound_s + 1.0)

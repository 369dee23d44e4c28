"""dispatch: one_for_all, because a turn without its dispatcher has no owner and no lease."""

from collections.abc import Callable

from actors.drain_guard import DrainGuard
from boocode.kernel import Actor, ChildSpec, DynamicSpec, Strategy, SupervisorSpec
from boocode.ports.names import DISPATCHER, TASK_MONITOR, TURNS

FINISH_S = 3.0
"""How long running turns may go on by themselves when BooCode is told to stop."""
END_S = 6.0
"""How long they have after that, once they were asked to end."""


def dispatch_child(
    dispatcher: Callable[[], Actor], task_monitor: Callable[[], Actor], task_listener: ChildSpec
) -> ChildSpec:
    """turns ← dispatcher, task monitor ← task listener, and the drain guard last, so that it is stopped first."""
    return ChildSpec(
        id="dispatch",
        start=SupervisorSpec(
            strategy=Strategy.ONE_FOR_ALL,
            children=(
                ChildSpec(id="turns", start=DynamicSpec(), name=TURNS),
                ChildSpec(id="dispatcher", start=dispatcher, name=DISPATCHER),
                ChildSpec(id="task_monitor", start=task_monitor, name=TASK_MONITOR),
                task_listener,
                ChildSpec(
                    id="drain_guard",
                    start=lambda: DrainGuard(FINISH_S, END_S),
                    shutdown=FINISH_S + END_S + 2.0,
                ),
            ),
        ),
    )

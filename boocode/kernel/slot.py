"""A child's place in the tree: what stays while incarnations come and go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import trio

from boocode.kernel.exits import Exit, without_frames

if TYPE_CHECKING:
    from boocode.kernel.incarnation import Incarnation
    from boocode.kernel.spec import ChildSpec
    from boocode.kernel.supervisor import Supervisor
    from boocode.kernel.system import System


class Slot:
    """Path and spec of one child, its living incarnation if there is one, and how the last one ended."""

    __slots__ = (
        "last_error",
        "last_exit",
        "last_exit_at",
        "live",
        "number",
        "parent",
        "path",
        "restarts",
        "spec",
        "system",
    )

    def __init__(
        self, system: System, path: str, spec: ChildSpec | None, parent: Supervisor | None = None
    ) -> None:
        self.system = system
        self.parent = parent  # None: the root, a vacant name, or a place that is gone
        self.path = path
        self.spec = spec  # None: a name at which nobody ever registered
        self.live: Incarnation | None = None
        self.number = 0  # of the latest incarnation
        self.restarts = 0  # since the child was added
        self.last_exit: Exit | None = None
        self.last_exit_at: float | None = None
        self.last_error: str | None = None

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def due(self) -> float | None:
        """When the next incarnation is to start; None when none is planned.

        A group whose backoff is over while a member still stops is due now.
        """
        kid = self.parent.state.kids.get(self.name) if self.parent is not None else None
        return None if kid is None or kid.due is None else max(kid.due, trio.current_time())

    def ended(self, exit: Exit, at: float, error: str | None) -> None:
        """Keep what people will ask about the incarnation that is gone."""
        self.live = None
        self.last_exit = exit
        self.last_exit_at = at
        if error is not None:
            self.last_error = error

    def forget(self) -> None:
        """The place is gone from the tree. Refs may outlive it; start arguments and frames do not."""
        self.parent = None
        self.spec = None
        if self.last_exit is not None:
            self.last_exit = without_frames(self.last_exit)

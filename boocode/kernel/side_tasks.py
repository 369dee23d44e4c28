"""Helper tasks of an actor: started by it, ended with it.

A nursery of its own would cost each actor more memory than all the rest, so helpers run in the supervisor's nursery,
each under its own shielded scope that belongs to the actor: they outlive no actor, no outer cancellation reaches
them before their actor, and a helper's crash is the actor's.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import trio

if TYPE_CHECKING:
    from boocode.kernel.incarnation import Incarnation


class SideTasks:
    """The helper tasks of one incarnation."""

    __slots__ = ("_nursery", "_owner", "_quiet", "_scopes")

    def __init__(self, owner: Incarnation, nursery: trio.Nursery) -> None:
        self._owner = owner
        self._nursery = nursery
        self._scopes: set[trio.CancelScope] = set()
        self._quiet: trio.Event | None = None

    def __len__(self) -> int:
        return len(self._scopes)

    def start(self, fn: Callable[..., Awaitable[Any]], args: tuple[Any, ...], name: str | None) -> None:
        """Run `fn(*args)` as a helper."""
        scope = trio.CancelScope(shield=True)
        self._scopes.add(scope)  # counted from now on: it may be cancelled before its first step
        self._nursery.start_soon(self._run, scope, fn, args, name=self._label(fn, name))

    async def start_ready(
        self, fn: Callable[..., Awaitable[Any]], args: tuple[Any, ...], name: str | None
    ) -> Any:
        """Run `fn(*args, task_status=…)` as a helper and wait until it has called `started(value)`."""
        return await self._nursery.start(self._run_handshake, fn, args, name=self._label(fn, name))

    async def finish(self) -> None:
        """Cancel all helpers and wait until they are gone. Not cancellable: their actor is dying."""
        for scope in tuple(self._scopes):
            scope.cancel()
        with trio.CancelScope(shield=True):
            while self._scopes:
                self._quiet = trio.Event()
                await self._quiet.wait()

    def _label(self, fn: Callable[..., Awaitable[Any]], name: str | None) -> str:
        return f"{self._owner.path}:{name or getattr(fn, '__name__', 'helper')}"

    async def _run(
        self, scope: trio.CancelScope, fn: Callable[..., Awaitable[Any]], args: tuple[Any, ...]
    ) -> None:
        try:
            with scope:
                await fn(*args)
        except Exception as error:  # noqa: BLE001 - becomes its actor's exit
            self._owner.fail(error)
        finally:
            self._done(scope)

    async def _run_handshake(
        self,
        fn: Callable[..., Awaitable[Any]],
        args: tuple[Any, ...],
        *,
        task_status: trio.TaskStatus[Any],
    ) -> None:
        status = _Handshake(task_status)
        self._scopes.add(status.scope)
        try:
            with status.scope:
                await fn(*args, task_status=status)
        except Exception as error:
            if not status.has_started:
                raise  # the failed start is its caller's to handle
            self._owner.fail(error)
        finally:
            self._done(status.scope)

    def _done(self, scope: trio.CancelScope) -> None:
        self._scopes.discard(scope)
        if not self._scopes and self._quiet is not None:
            self._quiet.set()


class _Handshake:
    """A task status that shields its task from the instant of `started()`.

    Earlier, and the caller's timeout could not end the start; when the start is already cancelled trio does not move
    the task, and a shield would then keep the cancellation from it for ever.
    """

    __slots__ = ("_status", "has_started", "scope")

    def __init__(self, status: trio.TaskStatus[Any]) -> None:
        self._status = status
        self.scope = trio.CancelScope()
        self.has_started = False

    def started(self, value: Any = None) -> None:
        moves = trio.current_effective_deadline() != -math.inf
        self._status.started(value)
        self.has_started = moves
        self.scope.shield = moves

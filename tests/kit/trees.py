"""Opens supervision trees for tests, and knows how a tree ends: in order, refused at start, or escalated."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest
import trio
from attrs import define, field

from boocode.kernel import ChildSpec, RestartsExhausted, SupervisorSpec, open_tree
from boocode.kernel.system import System

from .children import supervising
from .leaks import Footprint
from .virtual_time import watchdog


def leaves(error: BaseException) -> list[BaseException]:
    """The plain exceptions inside a group, at any depth; a plain one is its own leaf."""
    if isinstance(error, BaseExceptionGroup):
        return [leaf for part in error.exceptions for leaf in leaves(part)]
    return [error]


@define
class Raised:
    """Filled when the block of `raising` has ended."""

    leaves: list[BaseException] = field(factory=list)

    @property
    def only(self) -> Any:
        assert len(self.leaves) == 1, self.leaves
        return self.leaves[0]


@contextmanager
def raising(kind: type[BaseException]) -> Iterator[Raised]:
    """The block must raise `kind`, bare or in a group, and nothing else."""
    raised = Raised()
    try:
        yield raised
    except BaseException as error:
        raised.leaves = leaves(error)
        if not all(isinstance(leaf, kind) for leaf in raised.leaves):
            raise
    else:
        pytest.fail(f"did not raise {kind.__name__}")


def escalating() -> Any:
    """The block opens a tree whose root gives up."""
    return raising(RestartsExhausted)


class Trees:
    """Callable: `async with tree(child(...), child(...), strategy=...) as system`; nothing outlives it."""

    @asynccontextmanager
    async def __call__(self, *children: ChildSpec | SupervisorSpec, **options: Any) -> AsyncIterator[System]:
        if children and isinstance(children[0], SupervisorSpec):
            spec: SupervisorSpec = children[0]
        else:
            spec = supervising(children, **options)  # type: ignore[arg-type]
        before = Footprint.now()
        try:
            async with open_tree(spec) as system:
                yield system
        finally:
            before.check()


@asynccontextmanager
async def guarded_trees() -> AsyncIterator[Trees]:
    """Opens trees; fails on leaked tasks or processes, and on a test without end."""
    before = Footprint.now()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(watchdog)
        yield Trees()
        nursery.cancel_scope.cancel()
    before.check()

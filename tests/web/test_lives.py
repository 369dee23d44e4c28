"""Every child of the surface, ended in every way at random instants, leaves nothing behind."""

from typing import Any

import pytest

from boocode.kernel import ChildSpec
from supervisors.broadcast import hub_child
from supervisors.surface import connections_child, edge_child, loop_probe_child, supervision_feed_child
from tests.actors.broadcasting import MemoryLog
from tests.kit.startstop import start_stop_stress
from tests.web.edges import edge_factory


def makers() -> dict[str, Any]:
    log = MemoryLog()
    return {
        "hub": (lambda: hub_child(log), ()),
        "loop_probe": (loop_probe_child, ()),
        "supervision_feed": (supervision_feed_child, (hub_child(log),)),
        "connections": (connections_child, (hub_child(log),)),
        "edge": (lambda: edge_child(edge_factory(log)), (hub_child(log), connections_child())),
    }


@pytest.mark.parametrize("name", makers())
async def test_a_life_of_any_length_ends_clean(name):
    make, beside = makers()[name]
    siblings: tuple[ChildSpec, ...] = beside
    await start_stop_stress(make, rounds=8, seed=5, beside=siblings)

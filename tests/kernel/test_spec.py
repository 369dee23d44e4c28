"""Specs: wrong ones are refused before anything starts, and what is left out has a visible default."""

from __future__ import annotations

from typing import Any

import pytest

from boocode.kernel import (
    AlreadyPresent,
    AlreadyStarted,
    AutoShutdown,
    Backoff,
    Budget,
    ChildSpec,
    DynamicSpec,
    MailboxSpec,
    Overflow,
    Restart,
    RestartsExhausted,
    SpecError,
    SupervisorSpec,
)
from tests.kit.children import Crash, Scripted, child, supervising, supervisor
from tests.kit.trees import raising
from tests.kit.virtual_time import settle


@pytest.mark.case(1)
@pytest.mark.parametrize(
    "wrong",
    [
        {"id": ""},
        {"id": None},
        {"id": "a/b"},
        {"start": None},
        {"start": "an actor"},
        {"restart": "permanent"},
        {"shutdown": -1},
        {"shutdown": "5"},
        {"shutdown": float("nan")},
        {"start_timeout": -1.0},
        {"significant": "yes", "restart": Restart.TRANSIENT},
        {"mailbox": None},
    ],
    ids=str,
)
def test_bad_child_spec_is_refused_at_construction(wrong: dict[str, Any]) -> None:
    right = {"id": "a", "start": lambda: Scripted(None, "a")}
    ChildSpec(**right)

    with pytest.raises(SpecError):
        ChildSpec(**{**right, **wrong})


def test_spec_error_is_a_value_error_and_names_what_was_found() -> None:
    with pytest.raises(ValueError, match="-7"):
        ChildSpec(id="a", start=lambda: Scripted(None, "a"), shutdown=-7)


@pytest.mark.case(2)
async def test_two_specs_with_one_id_are_refused_at_start_up_and_in_start_child(tree, probe, autojump_clock):
    with pytest.raises(SpecError, match="a"):
        supervising([child(probe, "a"), child(probe, "a")])

    async with tree(child(probe, "a")) as system:
        with pytest.raises((AlreadyStarted, AlreadyPresent)):
            await system.root.start_child(child(probe, "a"))

    assert probe.count("init", "a") == 1


@pytest.mark.case(3)
def test_significant_needs_a_restart_type_and_a_supervisor_that_heed_it(probe) -> None:
    def build(restart: Restart, auto_shutdown: AutoShutdown) -> SupervisorSpec:
        kid = child(probe, "a", restart=restart, significant=True)
        return supervising([kid], auto_shutdown=auto_shutdown)

    refused = [(Restart.PERMANENT, auto) for auto in AutoShutdown]
    refused += [(restart, AutoShutdown.NEVER) for restart in Restart]
    for restart, auto_shutdown in refused:
        with pytest.raises(SpecError):
            build(restart, auto_shutdown)

    for restart in (Restart.TRANSIENT, Restart.TEMPORARY):
        for auto_shutdown in (AutoShutdown.ANY, AutoShutdown.ALL):
            build(restart, auto_shutdown)


@pytest.mark.case(4)
async def test_bad_budgets_are_refused_and_zero_means_first_restart_escalates(tree, probe, autojump_clock):
    for wrong in (
        {"max_restarts": -1},
        {"max_restarts": 1.5},
        {"max_restarts": True},
        {"period": 0},
        {"period": -1.0},
    ):
        with pytest.raises(SpecError):
            Budget(**wrong)

    with raising(RestartsExhausted):
        async with tree(child(probe, "a"), budget=Budget(max_restarts=0)) as system:
            system.find("root/a").cast(Crash())
            await settle()
            pytest.fail("the first restart of a budget of none must escalate")
    assert probe.count("init", "a") == 1


@pytest.mark.case(5)
async def test_defaults_are_visible(tree, probe):
    spec = child(probe, "a")
    sub = supervisor("sub")

    assert (spec.shutdown, spec.start_timeout, spec.restart) == (5.0, 30.0, Restart.PERMANENT)
    assert (spec.significant, spec.name, spec.mailbox) == (False, None, MailboxSpec())
    assert (MailboxSpec().capacity, MailboxSpec().overflow) == (1024, Overflow.REJECT)
    assert (spec.type, sub.type) == ("worker", "supervisor")
    assert sub.shutdown is None
    assert ChildSpec(id="d", start=DynamicSpec()).shutdown is None
    assert (SupervisorSpec(children=()).budget, Budget()) == (Budget(max_restarts=3, period=5.0),) * 2

    async with tree(spec) as system:
        (info,) = system.root.which()
        assert (info.id, info.type) == ("a", "worker")


@pytest.mark.parametrize(
    "wrong",
    [
        {"minimum": -1},
        {"minimum": 2, "maximum": 1},
        {"jitter": -0.1},
        {"reset_after": -1},
        {"minimum": float("nan")},
    ],
    ids=str,
)
def test_bad_backoff_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SpecError):
        Backoff(**wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"capacity": 0},
        {"capacity": 1.5},
        {"overflow": "reject"},
        {"overflow": Overflow.COALESCE},
        {"overflow": Overflow.REJECT, "coalesce_key": str},
    ],
    ids=str,
)
def test_bad_mailbox_spec_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SpecError):
        MailboxSpec(**wrong)

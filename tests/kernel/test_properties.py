"""The seven properties, over random programs on real supervisors and virtual time.

P1 never two live incarnations of one child · P2 incarnation numbers rise by one · P3 as many terminates as inits ·
P4 stop order is the reverse of the start order of the living · P5 escalation exactly when the window is exceeded ·
P6 nothing is due in the past · P7 (pool) stands in test_passivation_properties.py.
"""

from __future__ import annotations

from itertools import pairwise

from hypothesis import HealthCheck, given, settings

from boocode.kernel import Crashed, RestartsExhausted
from tests.kit.probe import Note

from .programs import IDS, Life, Program, play, programs

many = settings(max_examples=1200, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def first_exhaustion(times: list[float], max_restarts: int, period: float) -> float | None:
    """The independent oracle: the first restart that is one too many among those of the last period."""
    for number, now in enumerate(times):
        if sum(now - time <= period for time in times[: number + 1]) > max_restarts:
            return now
    return None


def notes_of(life: Life, who: str) -> list[Note]:
    return [note for note in life.probe.notes if note.who == who]


def check_one_life_at_a_time(life: Life) -> None:
    for who in IDS:
        alive: int | None = None
        for note in notes_of(life, who):
            if note.what == "init":
                assert alive is None, f"P1: {who} began incarnation {note.incarnation} while {alive} lived"
                alive = note.incarnation
            elif note.what in ("ended", "init failed"):
                assert alive == note.incarnation, "P1"
                alive = None
        assert alive is None, f"P1: {who} outlived its supervisor"


def check_numbers_rise_by_one(life: Life) -> None:
    for who in IDS:
        for before, after in pairwise(life.probe.incarnations(who)):
            assert after in (before + 1, 1), f"P2: {who} went from {before} to {after}"


def check_inits_match_terminates(life: Life) -> None:
    for who in IDS:
        assert life.probe.count("ready", who) == life.probe.count("terminate", who), f"P3: {who}"


def check_stop_order(life: Life) -> None:
    final = [note.who for note in life.probe.notes[life.notes_before_stop :] if note.what == "terminate"]
    living = [path.rsplit("/", 1)[-1] for path in life.order_before_stop]
    assert final == living[::-1], "P4"


def check_nothing_overdue(life: Life) -> None:
    assert life.overdue == [], "P6"


def check_escalation(life: Life) -> None:
    budget = life.program.budget
    restarts = sorted(life.deaths + life.probe.times("init failed"))
    expected = first_exhaustion(restarts, budget.max_restarts, budget.period)
    escalated = isinstance(life.supervisor_exit, Crashed)
    assert escalated == (expected is not None), f"P5: {restarts} against {budget}"
    if isinstance(life.supervisor_exit, Crashed):
        assert isinstance(life.supervisor_exit.cause, RestartsExhausted)


@many
@given(programs(settled=True))
def test_settled_programs_keep_all_properties_and_escalate_as_the_oracle_says(program: Program) -> None:
    life = play(program)

    check_one_life_at_a_time(life)
    check_numbers_rise_by_one(life)
    check_inits_match_terminates(life)
    check_stop_order(life)
    check_nothing_overdue(life)
    check_escalation(life)


@many
@given(programs(settled=False))
def test_programs_whose_operations_meet_half_done_keep_the_structural_properties(program: Program) -> None:
    life = play(program)

    check_one_life_at_a_time(life)
    check_numbers_rise_by_one(life)
    check_inits_match_terminates(life)
    check_nothing_overdue(life)

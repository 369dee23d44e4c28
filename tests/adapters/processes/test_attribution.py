"""Who belongs to which launch, on made-up process tables."""

from __future__ import annotations

from boocode.adapters.processes.attribution import Launched, Survey, attribute
from boocode.adapters.processes.proctable import Ident, Proc

ME = 100


def proc(pid: int, parent: int, *, group: int = 0, session: int = 0, state: str = "S") -> Proc:
    session = session or pid
    return Proc(pid, parent, group or session, session, pid * 10, state)


def survey(*procs: Proc, marks: dict[int, int] | None = None, **known: frozenset[Ident]) -> Survey:
    """Launch 1 is led by pid 200, launch 2 by pid 300."""
    launches = [
        Launched(number, Ident(pid, pid * 10), known=known.get(f"known{number}", frozenset()))
        for number, pid in ((1, 200), (2, 300))
    ]
    table = {each.pid: each for each in (proc(ME, 1), *procs)}
    return attribute(table, ME, launches, lambda each: (marks or {}).get(each.pid))


def pids(found: Survey, number: int) -> set[int]:
    return {each.pid for each in found.members.get(number, ())}


def test_a_child_and_what_is_below_it_belong_together() -> None:
    found = survey(proc(200, ME), proc(201, 200, session=200), proc(202, 201), proc(300, ME), proc(301, 300))
    assert (pids(found, 1), pids(found, 2)) == ({200, 201, 202}, {300, 301})
    assert found.strangers == frozenset()


def test_an_orphan_in_the_childs_session_belongs_to_it_in_whatever_group() -> None:
    assert pids(survey(proc(200, ME), proc(201, ME, session=200, group=201)), 1) == {200, 201}


def test_an_orphan_in_a_dead_childs_session_belongs_to_it() -> None:
    assert pids(survey(proc(201, ME, session=200)), 1) == {201}


def test_an_adopted_daemon_is_known_by_its_mark_and_brings_its_children() -> None:
    found = survey(proc(200, ME), proc(210, ME), proc(211, 210), marks={210: 1})
    assert pids(found, 1) == {200, 210, 211}


def test_a_mark_is_read_of_adopted_processes_only() -> None:
    found = survey(proc(200, ME), proc(210, 200), marks={210: 2})
    assert (pids(found, 1), pids(found, 2)) == ({200, 210}, set())


def test_who_was_seen_below_a_child_stays_its_member() -> None:
    assert pids(survey(proc(210, ME), known1=frozenset({Ident(210, 2100)})), 1) == {210}


def test_a_reused_pid_is_not_the_member_that_was_seen() -> None:
    found = survey(proc(210, ME), known1=frozenset({Ident(210, 999)}))
    assert {each.pid for each in found.strangers} == {210}


def test_a_launch_that_ended_still_has_who_carries_its_cookie() -> None:
    assert pids(survey(proc(210, ME), marks={210: 7}), 7) == {210}


def test_other_children_of_ours_are_strangers_with_all_below_them() -> None:
    found = survey(proc(400, ME), proc(401, 400))
    assert {each.pid for each in found.strangers} == {400}
    assert found.members == {}


def test_what_is_not_below_us_is_never_looked_at() -> None:
    assert survey(proc(500, 1), marks={500: 1}).members == {}


def test_a_zombie_is_a_member_but_not_alive() -> None:
    found = survey(proc(200, ME), proc(201, ME, session=200, state="Z"))
    assert pids(found, 1) == {200, 201}
    assert {each.pid for each in found.alive(1)} == {200}

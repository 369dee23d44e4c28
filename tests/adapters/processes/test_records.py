"""The lines between BooCode, its guard and its next start."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boocode.adapters.processes import register as register_module
from boocode.adapters.processes.cookies import Instance
from boocode.adapters.processes.proctable import Ident, boot_id
from boocode.adapters.processes.records import Ledger, Record, added_line, header_line, removed_line
from boocode.adapters.processes.register import Register

INSTANCE = Instance("abcd", "ef01")


def record(pid: int, label: str = "session") -> Record:
    return Record(Ident(pid, pid * 10), 15, pid, label)


def ledger(data: bytes) -> Ledger:
    read = Ledger()
    read.read(data.splitlines())
    return read


records = st.builds(
    Record,
    st.builds(Ident, st.integers(1, 1 << 22), st.integers(0, 1 << 50)),
    st.integers(1, 64),
    st.integers(1, 1 << 31),
    st.text(max_size=300),
)


@given(st.lists(records, unique_by=lambda each: each.ident), st.data())
def test_what_was_added_and_not_removed_is_read_back(added: list[Record], data: st.DataObject) -> None:
    removed = data.draw(st.sets(st.sampled_from([each.ident for each in added]))) if added else set()
    lines = [*map(added_line, added), *map(removed_line, removed)]
    read = Ledger()
    read.read([line.rstrip(b"\n") for line in [header_line("boot", INSTANCE), *lines]])
    assert (read.boot, read.instance) == ("boot", INSTANCE)
    assert [each[:3] for each in read.living] == [each[:3] for each in added if each.ident not in removed]


@given(st.binary(max_size=200))
def test_damage_never_stops_the_reading(noise: bytes) -> None:
    good = added_line(record(7))
    assert record(7) in ledger(noise + b"\n" + good).living


def test_a_line_cut_off_by_a_crash_is_no_process() -> None:
    assert ledger(added_line(record(1)) + b"+ 2").living == (record(1),)


def test_a_label_cannot_forge_a_line() -> None:
    assert len(ledger(added_line(record(1, "x\n+ 2 20 9 2 y"))).living) == 1


def test_the_journal_is_kept_small_however_many_come_and_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register_module, "REWRITE_LINES", 50)
    path = tmp_path / "run" / "processes.x"
    register = Register(INSTANCE, path)
    register.add(record(1))
    for pid in range(2, 500):
        register.add(record(pid))
        register.remove(record(pid).ident)
    assert len(path.read_bytes().splitlines()) < 60
    read = ledger(path.read_bytes())
    assert (read.living, read.boot) == ((record(1),), boot_id())
    register.close()
    assert path.exists()  # something in it is left


def test_a_guard_is_told_what_lives_and_then_every_change() -> None:
    ours, theirs = os.pipe()
    os.set_blocking(theirs, False)
    register = Register(INSTANCE, None)
    register.add(record(1))
    register.add(record(3))
    register.attach_guard(theirs)
    os.close(theirs)
    register.add(record(2))
    register.remove(record(1).ident)
    register.detach_guard()
    with open(ours, "rb") as pipe:
        read = ledger(pipe.read())
    assert read.living == (record(3), record(2))
    assert read.stood_down


def test_a_guard_that_does_not_listen_is_given_up() -> None:
    ours, theirs = os.pipe()
    os.set_blocking(theirs, False)
    register = Register(INSTANCE, None)
    register.attach_guard(theirs)
    os.close(theirs)
    for pid in range(1, 5000):
        register.add(record(pid, "x" * 100))
    with open(ours, "rb") as pipe:  # it ends: nobody else holds the other end
        assert not ledger(pipe.read()).stood_down
    assert len(register.records()) == 4999

"""The folder that a launched program gets for what it unpacks, and that goes with its processes."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from boocode.adapters.processes.cookies import Instance, home_key
from boocode.adapters.processes.home_lock import HomeLock
from boocode.adapters.processes.leftovers import settle_leftovers
from boocode.adapters.processes.owner import LocalProcesses
from boocode.ports.processes import LaunchSpec

PLACE = "SCRATCH_OF_THIS_TEST"
UNPACKS = f'echo library > "${PLACE}/lib.so"; echo "${PLACE}"; cat'


def unpacking(env: Mapping[str, str] = {}, script: str = UNPACKS) -> LaunchSpec:
    return LaunchSpec(("sh", "-c", script), "/", {**os.environ, **env}, "unpacks", scratch=PLACE)


async def told_place(owner: LocalProcesses, spec: LaunchSpec) -> tuple[Path, list[str]]:
    """What the program was told, and what stood in there while it ran."""
    async with owner.launch(spec) as child:
        place = Path((await child.receive()).decode().strip())
        return place, os.listdir(place)


async def test_what_a_program_unpacks_goes_with_it(owner: LocalProcesses, home: Path) -> None:
    first, there = await told_place(owner, unpacking())
    second, _ = await told_place(owner, unpacking())
    assert there == ["lib.so"]
    assert first.parent == home / "run"
    assert first != second
    assert not first.exists()
    assert not second.exists()


async def test_of_two_programs_each_has_its_own(owner: LocalProcesses) -> None:
    async with owner.launch(unpacking()) as child:
        mine = Path((await child.receive()).decode().strip())
        await told_place(owner, unpacking())
        assert os.listdir(mine) == ["lib.so"]


async def test_a_persons_own_choice_stays(owner: LocalProcesses, tmp_path: Path) -> None:
    place, _ = await told_place(owner, unpacking({PLACE: str(tmp_path)}))
    assert place == tmp_path
    assert (tmp_path / "lib.so").exists()


async def test_who_asks_for_none_gets_none(owner: LocalProcesses, home: Path) -> None:
    spec = LaunchSpec(("sh", "-c", f"echo .${PLACE}; cat"), "/", dict(os.environ), "plain")
    async with owner.launch(spec) as child:
        assert await child.receive() == b".\n"


async def test_a_program_that_cannot_be_launched_leaves_none(owner: LocalProcesses, home: Path) -> None:
    with pytest.raises(OSError, match="Cannot start"):
        async with owner.launch(LaunchSpec(("/no/such",), "/", {}, "none", scratch=PLACE)):
            pass
    assert not list((home / "run").glob("scratch.*"))


async def test_where_none_can_be_made_the_program_runs_without(owner: LocalProcesses, home: Path) -> None:
    (home / "run" / f"scratch.{owner.instance.run}.1").touch()
    async with owner.launch(unpacking(script=f"echo .${PLACE}; cat")) as child:
        assert await child.receive() == b".\n"
    (home / "run" / f"scratch.{owner.instance.run}.1").unlink()


async def test_without_a_home_it_is_in_the_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    place, there = await told_place(LocalProcesses(), unpacking())
    assert place.parent == tmp_path
    assert there == ["lib.so"]
    assert os.listdir(tmp_path) == []


def test_the_next_start_removes_what_a_killed_one_left(home: Path) -> None:
    ours = Instance(home_key(str(home)), "aaaa")
    for name in ("scratch.bbbb.7", "scratch.aaaa.1"):
        (home / "run" / name).mkdir(parents=True)
        (home / "run" / name / "lib.so").touch()
    with HomeLock(str(home)) as lock:
        settle_leftovers(lock, current=ours)
        assert sorted(path.name for path in (home / "run").iterdir()) == ["lock", "scratch.aaaa.1"]
        settle_leftovers(lock)
    assert [path.name for path in (home / "run").iterdir()] == ["lock"]

"""What was applied is taken out of the project again, to the byte, and never with lines that a person wrote."""

import os

import pytest

from boocode.ports.worktrees import ApplyChanges, ApplyConflict, RewindChanges
from tests.actors.worktree_kit import Desk

BASE = "".join(f"line {n}\n" for n in range(30))


async def test_a_rewind_brings_every_kind_of_file_back(desk: Desk) -> None:
    desk.repo.write("gone.bin", b"\0\xff\r\n")
    desk.repo.write("tool.sh", "echo\n", executable=True)
    os.symlink("app.py", desk.repo.path("link"))
    desk.repo.commit("More")
    _, worktree = await desk.open()
    before = desk.repo.git("status", "--porcelain", "-z")
    worktree.write("app.py", "changed\n")
    worktree.write("made/new.txt", "new\n")
    os.unlink(worktree.path("gone.bin"))
    os.chmod(worktree.path("tool.sh"), 0o644)
    os.rename(worktree.path("lib/util.py"), worktree.path("lib/moved.py"))
    os.unlink(worktree.path("link"))
    worktree.write("link", "a file now\n")
    changes = await desk.capture()
    assert len(changes) == 6
    await desk.apply()
    assert desk.repo.git("status", "--porcelain", "-z") != before
    rewound = await desk.rewind(*(change.id for change in changes))
    assert {change.state for change in rewound} == {"rewound"}
    assert desk.repo.git("status", "--porcelain", "-z") == before
    assert desk.repo.read("gone.bin") == b"\0\xff\r\n"
    assert os.readlink(desk.repo.path("link")) == b"app.py"
    assert os.access(desk.repo.path("tool.sh"), os.X_OK)
    assert not desk.repo.exists("made")


async def test_a_rewound_change_is_offered_again_when_the_agent_touches_the_file(desk: Desk) -> None:
    _, worktree = await desk.open()
    worktree.write("app.py", "changed\n")
    [change] = await desk.capture()
    await desk.apply()
    await desk.rewind(change.id)
    moved = await desk.store.get_worktree(desk.session.id)
    assert moved is not None
    assert desk.repo.git("show", f"{moved.base_commit}:app.py") == b"one\n"
    assert await desk.capture() == ()
    worktree.write("app.py", "changed\nand more\n")
    [again] = await desk.capture()
    assert "+changed" in again.diff
    assert "+and more" in again.diff
    await desk.apply()
    assert desk.repo.read("app.py") == b"changed\nand more\n"


async def nine_applied(desk: Desk) -> str:
    """Applied: one line of a long file became two."""
    desk.repo.write("long.txt", BASE)
    desk.repo.commit("Long")
    _, worktree = await desk.open()
    worktree.write("long.txt", BASE.replace("line 9\n", "nine\nnine and a half\n"))
    [change] = await desk.capture()
    await desk.apply()
    return change.id


async def test_lines_that_a_person_wrote_since_stay(desk: Desk) -> None:
    applied = await nine_applied(desk)
    desk.repo.write("long.txt", b"by hand\n" + desk.repo.read("long.txt"))
    [rewound] = await desk.rewind(applied)
    assert desk.repo.read("long.txt") == b"by hand\n" + BASE.encode()
    assert rewound.state == "rewound"


async def test_a_line_that_a_person_wrote_right_beside_stays(desk: Desk) -> None:
    applied = await nine_applied(desk)
    desk.repo.write("long.txt", desk.repo.read("long.txt").replace(b"half\n", b"half\nby hand\n"))
    await desk.rewind(applied)
    assert desk.repo.read("long.txt") == BASE.replace("line 9\n", "line 9\nby hand\n").encode()


async def test_a_rewind_that_would_lose_a_line_of_a_person_is_refused(desk: Desk) -> None:
    applied = await nine_applied(desk)
    by_hand = desk.repo.read("long.txt").replace(b"a half", b"three quarters")
    desk.repo.write("long.txt", by_hand)
    for dry_run in (True, False):
        with pytest.raises(ApplyConflict) as caught:
            await desk.ask(RewindChanges(desk.session.id, (applied,), dry_run))
        [conflict] = caught.value.conflicts
        assert conflict.path == "long.txt"
        assert "'nine and three quarters'" in conflict.reason
    assert desk.repo.read("long.txt") == by_hand
    assert [change.id for change in await desk.listed("applied")] == [applied]


async def test_a_created_file_that_a_person_went_on_with_is_not_removed(desk: Desk) -> None:
    _, worktree = await desk.open()
    worktree.write("new.txt", "new\n")
    worktree.write("app.py", "changed\n")
    changes = await desk.capture()
    await desk.apply()
    desk.repo.write("new.txt", "new\nand mine\n")
    with pytest.raises(ApplyConflict) as caught:
        await desk.rewind(*(change.id for change in changes))
    assert [(c.path, c.reason) for c in caught.value.conflicts] == [("new.txt", "changed")]
    assert (desk.repo.read("app.py"), desk.repo.read("new.txt")) == (b"changed\n", b"new\nand mine\n")


async def test_two_changes_of_one_file_are_rewound_together_or_one_by_one(desk: Desk) -> None:
    _, worktree = await desk.open()
    ids = []
    for text in ("two\n", "three\n"):
        worktree.write("app.py", text)
        ids += [change.id for change in await desk.capture()]
        await desk.apply()
    assert len(await desk.ask(RewindChanges(desk.session.id, tuple(ids), dry_run=True))) == 2
    assert desk.repo.read("app.py") == b"three\n"
    await desk.rewind(ids[1])
    assert desk.repo.read("app.py") == b"two\n"
    assert await desk.capture() == ()
    await desk.rewind(ids[0])
    assert desk.repo.read("app.py") == b"one\n"
    assert await desk.capture() == ()


async def test_what_was_merged_goes_back_to_what_the_person_had(desk: Desk) -> None:
    desk.repo.write("long.txt", BASE)
    desk.repo.commit("Long")
    _, worktree = await desk.open()
    worktree.write("long.txt", BASE.replace("line 9\n", "nine\n"))
    await desk.capture()
    by_hand = ("mine\n" + BASE).replace("\n", "\r\n").encode()
    desk.repo.write("long.txt", by_hand)
    [applied] = await desk.apply()
    assert desk.repo.read("long.txt") == by_hand.replace(b"line 9\r\n", b"nine\r\n")
    assert (applied.tier, applied.score) == ("trim", 1.0)
    await desk.rewind(applied.id)
    assert desk.repo.read("long.txt") == by_hand


async def test_rewound_hunks_go_and_the_others_stay(desk: Desk) -> None:
    desk.repo.write("long.txt", BASE)
    desk.repo.commit("Long")
    _, worktree = await desk.open()
    worktree.write("long.txt", BASE.replace("line 3\n", "three\n").replace("line 25\n", "many\n"))
    [change] = await desk.capture()
    await desk.ask(ApplyChanges(desk.session.id, (change.id,), (0,)))
    await desk.rewind(change.id)
    assert desk.repo.read("long.txt") == BASE.encode()
    [rest] = await desk.capture()
    assert "+many" in rest.diff
    assert "+three" not in rest.diff
    await desk.apply(rest.id)
    assert desk.repo.read("long.txt") == BASE.replace("line 25\n", "many\n").encode()
    assert await desk.capture() == ()


async def test_only_applied_changes_are_rewound(desk: Desk) -> None:
    _, worktree = await desk.open()
    worktree.write("app.py", "changed\n")
    [change] = await desk.capture()
    request = RewindChanges(desk.session.id, (change.id,))
    error = await desk.refused(request)
    assert (error.code, "app.py is pending" in str(error)) == ("not_applied", True)
    assert (await desk.refused(RewindChanges(desk.session.id, ("chg_nope",)))).code == "not_found"
    await desk.apply()
    await desk.ask(request)
    assert (await desk.refused(request)).code == "not_applied"


async def test_nothing_is_rewound_while_a_turn_runs(desk: Desk) -> None:
    _, worktree = await desk.open()
    worktree.write("app.py", "changed\n")
    [change] = await desk.capture()
    await desk.apply()
    await desk.start_turn()
    assert (await desk.refused(RewindChanges(desk.session.id, (change.id,)))).code == "turn_running"

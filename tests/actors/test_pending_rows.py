"""What of a capture is news: decided on rows alone."""

from attrs import evolve

from actors.pending_rows import State, identity, still_offered
from boocode.contracts.resources import PendingChange
from boocode.ports.store import ChangeRow


def row(old: State | None, new: State | None, path: str = "f") -> ChangeRow:
    name = new[0] if new else path
    before = old[0] if old else name
    change = PendingChange(
        id=f"chg_{old}_{new}",
        session_id="ses_1",
        path=name,
        old_path=None if before == name else before,
        op="edit",
        agent=None,
        state="pending",
        diff="",
        binary=False,
        additions=0,
        deletions=0,
    )
    return ChangeRow(change, old and old[1], new and new[1], old[2] if old else None, new[2] if new else None)


def at(blob: str, path: str = "f") -> State:
    return (path, blob, 0o100644)


BASE, BETWEEN, NOW, LATER = at("base"), at("between"), at("now"), at("later")


def offered(found: ChangeRow, waiting: list[ChangeRow], declined: list[ChangeRow]) -> list[object]:
    return [identity(each) for each in still_offered([found], waiting, declined)]


def test_what_was_declined_is_no_news() -> None:
    assert offered(row(BASE, NOW), [], [row(BASE, NOW)]) == []


def test_what_changed_since_it_was_declined_is_news() -> None:
    assert offered(row(BASE, LATER), [], [row(BASE, NOW)]) == [identity(row(BASE, LATER))]


def test_declined_hunks_stay_away_and_the_rest_waits() -> None:
    waiting, rejected = row(BASE, BETWEEN), row(BETWEEN, NOW)
    [left] = still_offered([row(BASE, NOW)], [waiting], [rejected])
    assert identity(left) == identity(waiting)
    assert left.change.id != waiting.change.id


def test_what_was_rewound_below_what_waits_stays_away() -> None:
    waiting, rewound = row(BETWEEN, NOW), row(BASE, BETWEEN)
    assert offered(row(BASE, NOW), [waiting], [rewound]) == [identity(waiting)]


def test_parts_that_were_all_declined_are_no_news() -> None:
    assert offered(row(BASE, NOW), [], [row(BETWEEN, NOW), row(BASE, BETWEEN)]) == []


def test_two_parts_that_wait_are_one_change_again() -> None:
    assert offered(row(BASE, NOW), [row(BASE, BETWEEN), row(BETWEEN, NOW)], []) == [identity(row(BASE, NOW))]


def test_a_way_that_does_not_reach_the_end_explains_nothing() -> None:
    assert offered(row(BASE, LATER), [row(BASE, BETWEEN)], [row(BETWEEN, NOW)]) == [
        identity(row(BASE, LATER))
    ]


def test_ways_in_circles_come_to_an_end() -> None:
    circle = [row(BASE, BETWEEN), row(BETWEEN, BASE)]
    assert offered(row(BASE, NOW), [], circle) == [identity(row(BASE, NOW))]


def test_a_file_elsewhere_with_the_same_bytes_is_another_one() -> None:
    rejected = row(at("base", "g"), at("now", "g"))
    assert offered(row(BASE, NOW), [], [rejected]) == [identity(row(BASE, NOW))]


def test_a_rename_and_the_hunks_at_its_new_place_are_known() -> None:
    moved, on = at("between", "g"), at("now", "g")
    waiting, rejected = row(BASE, moved), row(moved, on)
    assert offered(row(BASE, on), [waiting], [rejected]) == [identity(waiting)]


def test_what_waits_as_it_was_found_keeps_its_row() -> None:
    waiting = row(BASE, NOW)
    found = evolve(waiting, change=evolve(waiting.change, id="chg_fresh"))
    assert still_offered([found], [waiting], []) == (found,)

"""Which orphans go: the table of verdicts, and the words that people read."""

import pytest
from attrs import fields

from boocode.domain.reaping import Condemn, Keep, Orphan, Reap, Risks, Verdict, Wait, grace_left, judge

HOUR = 3600.0
FRESH = Orphan(orphaned_at=1000.0, condemned_at=None)
CONDEMNED = Orphan(orphaned_at=1000.0, condemned_at=5000.0)
CLEAN = Risks()

RISKY = {
    Risks(changed=1): "1 changed file",
    Risks(changed=3, untracked=1, unpushed=2): (
        "3 changed files, 1 untracked file, 2 commits that are nowhere else"
    ),
    Risks(untracked=2): "2 untracked files",
    Risks(unpushed=1): "1 commit that is nowhere else",
    Risks(busy="a rebase"): "a rebase that is not over",
    Risks(locked=""): "a lock",
    Risks(locked="on a stick"): "a lock: on a stick",
    Risks(submodules=True): "the repositories of its submodules",
    Risks(at_work=("bash (7)", "vim (8)")): "bash (7), vim (8) at work in it",
    Risks(trouble="a disk error"): "it could not be looked at: a disk error",
}


@pytest.mark.parametrize(("risks", "words"), RISKY.items())
def test_what_would_be_lost_is_kept_and_said(risks: Risks, words: str) -> None:
    for orphan in (FRESH, CONDEMNED):
        assert judge(orphan, risks) == Keep(words)


@pytest.mark.parametrize(("orphan", "verdict"), [(FRESH, Condemn()), (CONDEMNED, Reap())])
@pytest.mark.parametrize(
    "risks", [CLEAN, Risks(directory="gone"), Risks(directory="gone", has_repository=False)]
)
def test_a_clean_one_is_condemned_first_and_reaped_at_a_later_look(
    orphan: Orphan, verdict: Verdict, risks: Risks
) -> None:
    assert judge(orphan, risks) == verdict


def test_every_single_risk_keeps_it() -> None:
    worse = {
        "changed": Risks(changed=1),
        "untracked": Risks(untracked=1),
        "unpushed": Risks(unpushed=1),
        "busy": Risks(busy="a merge"),
        "locked": Risks(locked=""),
        "submodules": Risks(submodules=True),
        "at_work": Risks(at_work=("sh (1)",)),
        "trouble": Risks(trouble="no"),
    }
    assert {each.name for each in fields(Risks)} == {*worse, "directory", "has_repository"}
    assert [name for name, risks in worse.items() if risks.words is None] == []


def test_what_was_half_made_was_nobodys_work() -> None:
    assert Risks(directory="half made", changed=5).words is None


def test_trouble_is_said_alone_and_keeps_also_what_was_half_made() -> None:
    assert Risks(directory="half made", changed=5, trouble="x").words == "it could not be looked at: x"


@pytest.mark.parametrize(
    ("now", "left"),
    [
        (1000.0, HOUR),
        (1000.0 + HOUR - 1, 1.0),
        (1000.0 + HOUR, None),
        (1000.0 + 2 * HOUR, None),
        (0.0, 4600.0),
    ],
)
def test_nothing_is_looked_at_before_its_grace_is_over(now: float, left: float | None) -> None:
    assert grace_left(FRESH, now, HOUR) == (None if left is None else Wait(left))


def test_no_grace_is_none() -> None:
    assert grace_left(FRESH, FRESH.orphaned_at, 0.0) is None

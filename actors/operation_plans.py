"""An apply or a rewind as the journal has it: JSON that whoever finds it open can go on with; pure."""

from collections.abc import Mapping
from typing import Any

from attrs import asdict, frozen

from boocode.ports.changes import FileMove, FileState, Plan
from boocode.ports.safety_store import Decided


@frozen
class Split:
    """Only these hunks of a change are applied; what is left gets the id `rest_id`."""

    change_id: str
    hunks: tuple[int, ...]
    rest_id: str


@frozen
class JournaledPlan:
    by: str
    """The BooCode that began it, by the directory of its worktrees: another one must not go on with it."""
    project_path: str
    base: str
    """The commit that the base moves on from."""
    plan: Plan
    """Without `contents`: git has them."""
    split: Split | None = None


def to_json(journaled: JournaledPlan) -> dict[str, object]:
    plan = journaled.plan
    return {
        "by": journaled.by,
        "project_path": journaled.project_path,
        "base": journaled.base,
        "files": [asdict(move) for move in plan.files],
        "base_files": [asdict(move) for move in plan.base],
        "decided": [asdict(each) for each in plan.decided],
        "split": None if journaled.split is None else asdict(journaled.split),
    }


def from_json(data: Mapping[str, Any]) -> JournaledPlan:
    split = data["split"]
    return JournaledPlan(
        by=data["by"],
        project_path=data["project_path"],
        base=data["base"],
        plan=Plan(
            files=tuple(_move(each) for each in data["files"]),
            decided=tuple(Decided(**each) for each in data["decided"]),
            base=tuple(_move(each) for each in data["base_files"]),
        ),
        split=None if split is None else Split(split["change_id"], tuple(split["hunks"]), split["rest_id"]),
    )


def _move(data: Mapping[str, Any]) -> FileMove:
    return FileMove(data["path"], _state(data["before"]), _state(data["after"]))


def _state(data: Mapping[str, Any] | None) -> FileState | None:
    return None if data is None else FileState(data["mode"], data["blob"])

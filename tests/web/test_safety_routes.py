"""What the edge makes of requests about changes, checkpoints and worktrees: which owner hears what, and refusals."""

from typing import Any

import pytest
from attrs import define, field

from boocode.contracts.resources import Checkpoint, PendingChange, RestorePreview, Session, WorktreeInfo
from boocode.kernel import Actor, CallRefused, ChildSpec
from boocode.ports.names import WORKTREES
from boocode.ports.safety_store import CheckpointRow
from boocode.ports.store import ChangeRow
from boocode.ports.worktrees import (
    ApplyChanges,
    ApplyConflict,
    Conflict,
    ListChanges,
    PreviewRestore,
    RejectChanges,
    RestoreCheckpoint,
    RewindChanges,
    StashWorktree,
    TakeCheckpoint,
    WorkspaceError,
)
from tests.web.edges import evolve, serving
from web.routes.changes import MAX_SELECTED

CHANGE = PendingChange("chg_1", "sess_1", "a.txt", None, "edit", "practice", "pending", "", False, 1, 0)
CHECKPOINT = Checkpoint(
    "ckpt_1", "sess_1", "chat_1", None, None, None, "manual", "0" * 40, "refs/boocode/checkpoints/chat_1/1", (), "now"
)  # fmt: skip
PREVIEW = RestorePreview(CHECKPOINT, ("a.txt",), (), (), (), 0, (), ())
INFO = WorktreeInfo("/w", "boocode/x", "0" * 40, 0, 0, 0, stashed="refs/boocode/stash/x/1")


@define
class Rows:
    """In the place of the store: the rows that the routes look up, and nothing else."""

    checkpoint: Checkpoint = CHECKPOINT
    changes: tuple[PendingChange, ...] = (CHANGE,)

    async def get_changes(self, ids: tuple[str, ...]) -> tuple[ChangeRow, ...]:
        return (ChangeRow(CHANGE, None, None, None, None),) if CHANGE.id in ids else ()

    async def list_pending(self, session_id: str, states: tuple[str, ...]) -> tuple[PendingChange, ...]:
        return tuple(c for c in self.changes if c.session_id == session_id and c.state in states)

    async def get_session(self, session_id: str) -> Session | None:
        return Session(session_id, "proj_1", "", "now") if session_id == CHANGE.session_id else None

    async def get_checkpoint(self, checkpoint_id: str) -> CheckpointRow | None:
        if checkpoint_id != self.checkpoint.id:
            return None
        return CheckpointRow(self.checkpoint, 1, 1, None, None, None)


@define
class Owner(Actor):
    """In the place of the owners of worktrees: notes what it hears and answers, or refuses, as it is told."""

    heard: list[Any]
    refusal: list[Exception] = field(factory=list)

    async def handle(self, message: Any) -> Any:
        self.heard.append(message)
        if self.refusal:
            raise CallRefused(self.refusal[0])
        match message:
            case PreviewRestore() | RestoreCheckpoint():
                return PREVIEW
            case StashWorktree():
                return INFO
            case TakeCheckpoint():
                return CHECKPOINT
            case _:
                return (CHANGE,)


def stage(heard: list[Any], *refusal: Exception, rows: Rows | None = None) -> Any:
    child = ChildSpec(id="w", start=lambda: Owner(heard, list(refusal)), name=WORKTREES)
    return serving(child, change=lambda deps: evolve(deps, store=rows or Rows()))


@pytest.mark.parametrize(
    ("path", "body", "request_"),
    [
        ("pending/chg_1/apply", None, ApplyChanges("sess_1", ("chg_1",))),
        ("pending/chg_1/apply", {"hunks": [2, 0, 2]}, ApplyChanges("sess_1", ("chg_1",), (0, 2))),
        ("pending/chg_1/apply", {"dry_run": True}, ApplyChanges("sess_1", ("chg_1",), dry_run=True)),
        ("pending/chg_1/reject", None, RejectChanges("sess_1", ("chg_1",))),
        ("pending/chg_1/reject", {"hunks": [1]}, RejectChanges("sess_1", ("chg_1",), (1,))),
        ("pending/chg_1/rewind", None, RewindChanges("sess_1", ("chg_1",))),
        ("pending/chg_1/rewind", {"dry_run": True}, RewindChanges("sess_1", ("chg_1",), dry_run=True)),
        ("sessions/sess_1/pending/apply", None, ApplyChanges("sess_1", None)),
        ("sessions/sess_1/pending/apply", {"ids": ["a"]}, ApplyChanges("sess_1", ("a",))),
        ("sessions/sess_1/pending/apply", {"dry_run": True}, ApplyChanges("sess_1", None, dry_run=True)),
        ("checkpoints/ckpt_1/restore", None, RestoreCheckpoint("sess_1", "ckpt_1")),
        ("sessions/sess_1/worktree/stash", None, StashWorktree("sess_1")),
    ],
)
async def test_the_owner_of_the_worktree_hears_what_was_asked(path, body, request_):
    heard: list[Any] = []
    async with stage(heard) as edge:
        content = {} if body is None else {"json": body}
        answer = await edge.http.post(f"/api/{path}", **content)
        assert answer.status_code == 200, answer.text
    assert heard == [request_]


async def test_only_what_waits_is_asked_of_the_owner():
    heard: list[Any] = []
    applied = evolve(CHANGE, state="applied")
    async with stage(heard, rows=Rows(changes=(applied,))) as edge:
        answer = await edge.http.get("/api/sessions/sess_1/pending?state=applied")
        assert [change["state"] for change in answer.json()] == ["applied"]
        assert heard == []
    async with stage(heard) as edge:
        await edge.http.get("/api/sessions/sess_1/pending")
        await edge.http.get("/api/sessions/sess_1/pending?state=all")
        unknown = await edge.http.get("/api/sessions/sess_1/pending?state=eaten")
        assert (unknown.status_code, unknown.json()["field"]) == (422, "state")
    first, second = heard
    assert first == ListChanges("sess_1", ("pending",))
    assert {"pending", "applied", "rewound"} <= set(second.states)


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (WorkspaceError("turn_running", "x"), 409),
        (ApplyConflict([Conflict("a.txt", "lines 3 and 9 fit")]), 409),
        (WorkspaceError("not_pending", "x"), 409),
        (WorkspaceError("not_applied", "x"), 409),
        (WorkspaceError("restore_conflict", "x"), 409),
        (WorkspaceError("restore_failed", "x"), 409),
        (WorkspaceError("checkpoint_failed", "x"), 409),
        (WorkspaceError("no_worktree", "x"), 404),
        (WorkspaceError("not_found", "x"), 404),
        (WorkspaceError("checkpoint_gone", "x"), 410),
        (WorkspaceError("no_such_hunk", "x"), 422),
        (WorkspaceError("rollback_failed", "x"), 500),
    ],
)
async def test_each_refusal_has_its_status_and_code(refusal, status):
    paths = ["pending/chg_1/apply", "checkpoints/ckpt_1/restore"]
    paths = paths[:1] if status == 422 else paths[1:] if status == 410 else paths
    async with stage([], refusal) as edge:
        for path in paths:
            answer = await edge.http.post(f"/api/{path}")
            problem = answer.json()
            assert (answer.status_code, problem["code"], problem["detail"]) == (
                status,
                refusal.code,
                str(refusal),
            )
            conflicts = [(c["path"], c["reason"]) for c in problem["conflicts"] or ()]
            assert conflicts == [(c.path, c.reason) for c in getattr(refusal, "conflicts", ())]


@pytest.mark.parametrize(
    ("path", "body", "field_"),
    [
        ("pending/chg_1/apply", {"hunks": []}, "hunks"),
        ("pending/chg_1/apply", {"hunks": [-1]}, "hunks"),
        ("pending/chg_1/apply", {"hunks": list(range(MAX_SELECTED + 1))}, "hunks"),
        ("pending/chg_1/apply", {"hunks": "0"}, "hunks"),
        ("pending/chg_1/apply", {"hunks": [0.5]}, "hunks[0]"),
        ("pending/chg_1/apply", {"hunks": [True]}, "hunks[0]"),
        ("pending/chg_1/apply", {"dry_run": "yes"}, "dry_run"),
        ("pending/chg_1/apply", {"dryrun": True}, "dryrun"),
        ("pending/chg_1/reject", {"hunks": {}}, "hunks"),
        ("pending/chg_1/rewind", {"hunks": [0]}, "hunks"),
        ("sessions/sess_1/pending/apply", {"ids": "chg_1"}, "ids"),
        ("sessions/sess_1/pending/apply", {"ids": [5]}, "ids[0]"),
        ("sessions/sess_1/pending/apply", {"ids": ["x"] * (MAX_SELECTED + 1)}, "ids"),
        ("sessions/sess_1/checkpoints", {}, "chat_id"),
        ("sessions/sess_1/checkpoints", {"chat_id": 7}, "chat_id"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_what_is_not_right_names_the_field_and_reaches_nobody(path, body, field_):
    heard: list[Any] = []
    async with stage(heard) as edge:
        answer = await edge.http.post(f"/api/{path}", json=body)
        assert (answer.status_code, answer.json()["field"]) == (422, field_), answer.text
    assert heard == []


async def test_a_body_that_is_no_object_is_refused():
    async with stage([]) as edge:
        for content in (b"[]", b"null", b"3", b'"x"'):
            answer = await edge.http.post("/api/pending/chg_1/apply", content=content)
            assert answer.status_code == 422, answer.text


async def test_what_is_not_there_is_said_by_its_kind():
    async with stage([]) as edge:
        for method, path, code in (
            ("POST", "pending/chg_9/apply", "change_not_found"),
            ("POST", "pending/chg_9/reject", "change_not_found"),
            ("POST", "pending/chg_9/rewind", "change_not_found"),
            ("GET", "checkpoints/ckpt_9/preview", "checkpoint_not_found"),
            ("POST", "checkpoints/ckpt_9/restore", "checkpoint_not_found"),
        ):
            answer = await edge.http.request(method, f"/api/{path}")
            assert (answer.status_code, answer.json()["code"]) == (404, code)


async def test_a_checkpoint_whose_chat_was_deleted_names_the_ref_that_keeps_it():
    lost = Rows(evolve(CHECKPOINT, chat_id=None))
    async with stage([], rows=lost) as edge:
        answer = await edge.http.get("/api/checkpoints/ckpt_1/preview")
        assert (answer.status_code, answer.json()["code"]) == (404, "chat_not_found")
        assert CHECKPOINT.ref in answer.json()["detail"]

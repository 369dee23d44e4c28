"""`@` files: what a session's prompts can name."""

import pytest

from tests.kit.repositories import make_repository, settle_git_environment


@pytest.fixture
def repository(tmp_path, monkeypatch):
    settle_git_environment(monkeypatch, tmp_path / "person")
    return make_repository(tmp_path / "hello", {"src/app.py": "1\n", "README.md": "hi\n"})


async def a_session(api, repository):
    project = await api.post("projects", {"path": str(repository.root)}, status=201)
    return (await api.post("sessions", {"project_id": project["id"]}, status=201))["id"]


async def test_before_the_first_turn_it_is_what_that_will_find(api, repository):
    session_id = await a_session(api, repository)
    (repository.root / "uncommitted.txt").write_text("x")
    page = await api.get(f"sessions/{session_id}/files")
    assert page == {
        "items": [
            {"path": "README.md", "kind": "file"},
            {"path": "src", "kind": "directory"},
            {"path": "src/app.py", "kind": "file"},
        ],
        "truncated": False,
    }
    assert await api.get(f"sessions/{session_id}/files?query=app&limit=1") == {
        "items": [{"path": "src/app.py", "kind": "file"}],
        "truncated": False,
    }


async def test_then_it_is_what_lies_in_the_worktree(api, repository):
    session_id = await a_session(api, repository)
    worktree = await api.get(f"sessions/{session_id}/worktree", status=404)
    assert worktree["code"] == "no_worktree"
    from boocode.ports.store import WorktreeRow

    other = make_repository(repository.root.parent / "elsewhere", {"mine.txt": "x"})
    row = WorktreeRow("wt_1", session_id, None, str(repository.root), str(other.root), None, "0" * 40)
    await api.store.save_worktree(row)
    (other.root / "new.txt").write_text("x")
    page = await api.get(f"sessions/{session_id}/files")
    assert [item["path"] for item in page["items"]] == ["mine.txt", "new.txt"]


async def test_a_session_that_is_not_there_and_questions_that_are_not_right(api, repository):
    assert (await api.get("sessions/sess_none/files", status=404))["code"] == "session_not_found"
    session_id = await a_session(api, repository)
    for query, field in (("limit=0", "limit"), (f"query={'x' * 1001}", "query"), ("colour=red", "colour")):
        assert (await api.get(f"sessions/{session_id}/files?{query}", status=422))["field"] == field
    assert len((await api.get(f"sessions/{session_id}/files?limit=9999"))["items"]) == 3


async def test_a_worktree_that_went_is_said(api, repository):
    from boocode.ports.store import WorktreeRow

    session_id = await a_session(api, repository)
    row = WorktreeRow("wt_1", session_id, None, str(repository.root), "/nowhere/at/all", None, "0" * 40)
    await api.store.save_worktree(row)
    assert (await api.get(f"sessions/{session_id}/files", status=404))["code"] == "not_found"

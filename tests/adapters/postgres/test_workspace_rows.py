"""Worktrees, pending changes, agent sessions and providers, as rows."""

from attrs import evolve

from boocode.adapters.postgres import PostgresStore
from boocode.contracts.resources import CommandInfo, Model, PendingChange, Provider
from boocode.domain.ids import new_id
from boocode.domain.probing import StoredAgent, Told
from boocode.ports.store import AgentSessionRow, ChangeRow, WorktreeRow
from tests.adapters.postgres.scenes import a_chat, a_session


def change(path: str, session_id: str = "filled in") -> ChangeRow:
    pending = PendingChange(
        new_id("chg"), session_id, path, None, "edit", None, "pending", "--- diff", False, 1, 2
    )
    return ChangeRow(pending, "old", "new", 0o100644, 0o100755)


async def test_new_changes_supersede_those_that_waited(store: PostgresStore) -> None:
    session = await a_session(store)
    first = await store.replace_pending(session.id, None, "practice", [change("a"), change("b")])
    assert [(one.path, one.agent, one.state) for one in first] == [
        ("a", "practice", "pending"),
        ("b", "practice", "pending"),
    ]
    second = await store.replace_pending(session.id, "task_unknown", None, [change("b")])
    assert await store.list_pending(session.id) == second
    superseded = await store.list_pending(session.id, ("superseded",))
    assert [one.id for one in superseded] == [one.id for one in first]
    assert await store.replace_pending(session.id, None, None, []) == ()


async def test_a_change_leaves_its_state_once(store: PostgresStore) -> None:
    session = await a_session(store)
    one, two = await store.replace_pending(session.id, None, None, [change("a"), change("b")])
    applied = await store.set_change_state([one.id], "pending", "applied")
    assert [(each.id, each.state) for each in applied] == [(one.id, "applied")]
    rejected = await store.set_change_state([one.id, two.id], "pending", "rejected", "why\0")
    assert [(each.id, each.state, each.error) for each in rejected] == [(two.id, "rejected", "why\ufffd")]
    rows = await store.get_changes([two.id, one.id, "unknown"])
    assert [(row.change.id, row.old_blob, row.new_mode) for row in rows] == [
        (one.id, "old", 0o100755),
        (two.id, "old", 0o100755),
    ]


async def test_a_worktree_is_found_by_its_session_until_it_is_gone(store: PostgresStore) -> None:
    session = await a_session(store)
    row = WorktreeRow("wt_1", session.id, session.project_id, "/src", "/wt/1", "branch", "base1")
    await store.save_worktree(row)
    await store.move_base("wt_1", "base2")
    assert await store.get_worktree(session.id) == evolve(row, base_commit="base2")
    await store.save_worktree(evolve(row, branch=None))
    assert await store.get_worktree(session.id) == evolve(row, branch=None)
    await store.forget_worktree("wt_1")
    assert await store.get_worktree(session.id) is None
    again = evolve(row, id="wt_2")
    await store.save_worktree(again)
    assert await store.get_worktree(session.id) == again


async def test_an_agent_session_is_remembered(store: PostgresStore) -> None:
    chat = await a_chat(store)
    row = AgentSessionRow(chat.id, "practice", "acp", "working", "s1", "hash")
    await store.save_agent_session(row)
    assert await store.get_agent_session(chat.id, "practice") == row
    (shown,) = await store.list_agent_sessions(chat.session_id)
    assert (shown.has_session, shown.status, shown.input_tokens) == (True, "working", None)
    assert await store.get_agent_session(chat.id, "other") is None
    await store.save_agent_session(evolve(row, chat_id="chat_unknown"))


async def test_the_newest_probe_of_a_provider_is_kept(store: PostgresStore) -> None:
    old = StoredAgent(Provider("goose", "Goose", False, None, "acp", (), (), (), "not found"))
    models, commands = (Model("m", "M"),), (CommandInfo("/x", "does x"),)
    new = StoredAgent(
        Provider("goose", "Goose", True, "1.2", "acp", models, ("plan",), commands, None),
        Told(models, ("plan",), commands, "1.2"),
        "0123456789abcdef",
    )
    await store.save_provider(old)
    assert await store.list_providers() == (old,)
    await store.save_provider(new)
    assert await store.list_providers() == (new,)

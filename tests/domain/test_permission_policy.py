"""What a policy answers, and what it leaves to a person."""

from typing import Any, get_args

import pytest

from boocode.contracts.resources import Diff, Part, PermissionOption, PermissionPolicy
from boocode.domain.permission_policy import MAX_PLACES, Places, automatic_answer, may_allow, named_places

ROOT = "/w/tree"
ONCE = PermissionOption("ja", "Allow", "allow_once")
ALWAYS = PermissionOption("immer", "Always", "allow_always")
NO = PermissionOption("nein", "Reject", "reject_once")
KINDS = "read search edit delete move execute think fetch switch_mode other".split()  # noqa: SIM905


def tool(kind: str | None, *locations: str, **more: Any) -> Part:
    return Part("tool", tool_call_id="t", title="t", kind=kind, locations=locations, **more)


def answered(policy: PermissionPolicy, kind: str | None, *places: str) -> bool:
    found = automatic_answer(policy, tool(kind), (ALWAYS, NO, ONCE), Places(ROOT, places))
    assert found in (None, "ja"), "a policy never rejects and never answers for ever"
    return found is not None


@pytest.mark.parametrize(
    ("policy", "kinds"),
    [
        ("ask", set()),
        ("allow_reads", {"read", "search"}),
        ("allow_worktree", {"read", "search", "edit", "delete", "move"}),
    ],
)
def test_each_policy_answers_its_kinds_inside_the_worktree_and_no_other(
    policy: PermissionPolicy, kinds: set[str]
):
    assert {kind for kind in KINDS if answered(policy, kind, f"{ROOT}/a.txt")} == kinds
    assert not answered(policy, None, f"{ROOT}/a.txt")
    assert {kind for kind in KINDS if may_allow(policy, tool(kind))} == kinds


@pytest.mark.parametrize("policy", get_args(PermissionPolicy))
@pytest.mark.parametrize(
    "place",
    ["/w", "/w/tree2/a", "/etc/passwd", "/w/tree/.git", "/w/tree/sub/.git/hooks/pre-commit", "a.txt", "/"],
)
def test_what_is_not_inside_is_a_persons(policy: PermissionPolicy, place: str):
    for kind in KINDS:
        assert not answered(policy, kind, place)
        assert not answered(policy, kind, f"{ROOT}/a.txt", place)


def test_the_worktree_itself_is_inside():
    assert answered("allow_reads", "search", ROOT)


def test_without_an_option_to_allow_once_a_person_is_asked():
    places = Places(ROOT, (f"{ROOT}/a",))
    assert automatic_answer("allow_worktree", tool("edit"), (ALWAYS, NO), places) is None


def test_nothing_named_is_nothing_allowed():
    assert automatic_answer("allow_worktree", tool("read"), (ONCE,), Places(ROOT, ())) is None


@pytest.mark.parametrize(
    ("call", "places"),
    [
        (tool("read", "/w/tree/a"), ("/w/tree/a",)),
        (tool("read", "a", input={"path": "b", "limit": 3}), ("a", "b")),
        (tool("edit", "a", diff=Diff("c", None, "new")), ("a", "c")),
        (tool("edit", input={"file_path": "a", "old_string": "/etc", "newString": "$HOME ../.."}), ("a",)),
        (tool("edit", input={"files": [{"name": "a"}, {"name": "b/c", "content": "~/x"}]}), ("a", "b/c")),
        (tool("edit", input={"filepath": "/w/tree/a", "diff": "--- /x\n+++ /y"}), ("/w/tree/a",)),
        (tool("read", input={"note.txt": None}), None),
        (tool("read"), None),
    ],
)
def test_every_text_of_the_input_may_name_a_place_except_contents(call: Part, places: tuple[str, ...] | None):
    assert named_places(call) == places


def test_old_and_new_are_content_of_an_edit_that_is_shown_and_else_may_be_names():
    shown = Diff("/w/tree/a.py", "x = $HOME", "x = 1")
    asked = {"path": "a.py", "old": "x = $HOME", "new": "../x", "edits": [{"old": "/etc/passwd", "new": "~"}]}
    assert named_places(tool("edit", "/w/tree/a.py", diff=shown, input=asked)) == ("/w/tree/a.py", "a.py")
    assert named_places(tool("edit", input={"old": "a.py", "new": "b.py"})) == ("a.py", "b.py")
    assert named_places(tool("move", diff=shown, input={"old": "a.py", "new": "../b.py"})) is None


@pytest.mark.parametrize(
    "value",
    [
        "../secret", "a/../../b", "a.txt, ../b", "a.txt, /etc/passwd", "~/x", "x ~/y", "$HOME/x", "a\\b", "..",
        "https://example.org/x", "a, b", "a\nb", "a\0b", "--file=/etc/passwd", "x" * 5000,
    ],
)  # fmt: skip
def test_a_text_that_may_lead_elsewhere_cannot_be_judged(value: str):
    assert named_places(tool("read", "a", input={"path": value})) is None
    assert named_places(tool("read", value)) is None


@pytest.mark.parametrize("key", ["command", "cmd", "url", "script", "patch_text", "URL"])
def test_a_key_that_reaches_beyond_files_cannot_be_judged(key: str):
    assert named_places(tool("read", "a", input={"nested": {key: "x"}})) is None


def test_more_places_than_anyone_looks_at_cannot_be_judged():
    many = [f"f{number}" for number in range(MAX_PLACES + 1)]
    assert named_places(tool("read", input={"paths": many[:-1]})) == tuple(many[:-1])
    assert named_places(tool("read", input={"paths": many})) is None
    deep: object = "a"
    for _ in range(20):
        deep = [deep]
    assert named_places(tool("read", input={"paths": deep})) is None

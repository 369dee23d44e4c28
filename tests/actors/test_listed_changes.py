"""What waits, beside what the project's files are today."""

from tests.actors.worktree_kit import Desk


async def test_a_list_says_whether_the_projects_file_has_changed(desk: Desk) -> None:
    text = "".join(f"line {n}\n" for n in range(20))
    desk.repo.write("long.txt", text)
    desk.repo.commit("Long")
    _, worktree = await desk.open()
    worktree.write("long.txt", text.replace("line 9\n", "nine\n"))
    worktree.write("app.py", "of the agent\n")
    worktree.write("new.txt", "new\n")
    stored = {change.path: change for change in await desk.capture()}
    assert {change.path: change for change in await desk.listed()} == stored
    desk.repo.write("long.txt", "mine\n" + text)
    desk.repo.write("app.py", "of the person\n")
    listed = {change.path: change for change in await desk.listed()}
    assert {path: change.base_changed for path, change in listed.items()} == {
        "long.txt": True,
        "app.py": True,
        "new.txt": False,
    }
    assert "@@ -8,7 +8,7 @@" in listed["long.txt"].diff  # a line further down than in the agent's own file
    assert "@@ -7,7 +7,7 @@" in stored["long.txt"].diff
    assert listed["app.py"].diff == stored["app.py"].diff
    assert "app.py (changed: " in (listed["app.py"].error or "")
    assert await desk.pending() == stored


async def test_what_cannot_be_looked_at_is_listed_all_the_same(desk: Desk) -> None:
    _, worktree = await desk.open()
    worktree.write("app.py", "changed\n")
    changes = await desk.capture()
    desk.repo.root.rename(desk.repo.root.with_name("gone"))
    assert await desk.listed() == changes

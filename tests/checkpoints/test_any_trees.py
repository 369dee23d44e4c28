"""Any tree of files can be gone back to, and from there forward again, byte for byte."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import trio
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from boocode.adapters.git import GitCheckpoints, GitWorkspaces
from boocode.ports.checkpoints import RestoreConflict
from boocode.ports.worktrees import WorktreePlace
from tests.checkpoints.conftest import Ground, files_of
from tests.kit.repositories import Repo

NAMES = [
    b"a",
    b"b",
    b"A",
    b"new\nline",
    b'q"uote',
    b"-d",
    b"\xff\xfe",
    b"blank ",
    b"*",
    b":(top)",
    b"\xc3\xa9",
]
CONTENTS = [b"", b"one\n", b"two\r\n", b"\0\xff", b"one\nmore\n"]
RULES = [b"a\n", b"b/\n", b"/A\n", b"*\n!b\n", b"\\*\n", b"a/b\n**/-d\n"]

PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.target)
"""Nothing is made smaller once it fails: each trial takes a good part of a second."""

content = st.sampled_from(CONTENTS)
leaf = st.one_of(
    st.tuples(st.just("file"), content),
    st.tuples(st.just("executable"), content),
    st.tuples(st.just("symlink"), st.sampled_from([b"a", b"b/..", b"/nowhere", b"\xff", b"."])),
)
Leaf = tuple[str, bytes]
names = st.sampled_from(NAMES)
trees = st.recursive(leaf, lambda inner: st.dictionaries(names, inner, min_size=1, max_size=3), max_leaves=6)
plain_roots = st.dictionaries(names, trees, max_size=4)
rules = st.one_of(st.none(), st.sampled_from(RULES))


def lay_out(root: bytes, tree: Mapping[bytes, object]) -> None:
    for name, what in tree.items():
        path = os.path.join(root, name)
        if isinstance(what, Mapping):
            os.mkdir(path)
            lay_out(path, what)
            continue
        assert isinstance(what, tuple)
        kind, data = what
        if kind == "symlink":
            os.symlink(data, path)
            continue
        with open(path, "wb") as file:
            file.write(data)
        os.chmod(path, 0o755 if kind == "executable" else 0o644)


def replace_all(work: Repo, tree: Mapping[bytes, object], rule: bytes | None = None) -> Mapping[bytes, Leaf]:
    """Puts this tree in place of all files of the worktree; returns what is there then."""
    for name in os.listdir(os.fsencode(work.root)):
        path = work.path(name)
        if name == b".git":
            continue
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.unlink(path)
    lay_out(os.fsencode(work.root), tree)
    if rule is not None:
        work.write(".gitignore", rule)
    return files_of(work.root)


async def opened(project: Repo, place: WorktreePlace) -> Ground:
    if not await trio.Path(place.path).exists():
        await GitWorkspaces().open_worktree(place)
    return Ground(GitCheckpoints(), project, place)


@settings(
    max_examples=20, deadline=None, phases=PHASES, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(first=plain_roots, second=plain_roots)
def test_any_tree_becomes_any_other_and_back(
    project: Repo, place: WorktreePlace, first: dict[bytes, object], second: dict[bytes, object]
) -> None:
    async def there_and_back() -> None:
        ground = await opened(project, place)
        wanted = replace_all(ground.worktree, first)
        target = (await ground.capture()).commit
        start = replace_all(ground.worktree, second)
        now = (await ground.capture(also_like=target)).commit
        await ground.git.restore(place, now, target)
        assert files_of(ground.worktree.root) == wanted
        await ground.git.restore(place, target, now)
        assert files_of(ground.worktree.root) == start

    trio.run(there_and_back)


@settings(
    max_examples=20, deadline=None, phases=PHASES, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(first=plain_roots, second=plain_roots, rule=rules, other_rule=rules)
def test_the_way_back_is_exact_whatever_rules_ignore(
    project: Repo,
    place: WorktreePlace,
    first: dict[bytes, object],
    second: dict[bytes, object],
    rule: bytes | None,
    other_rule: bytes | None,
) -> None:
    """With ignored files a restore may refuse, or keep some; it never loses one, and can always be taken back."""

    async def there_and_back() -> None:
        ground = await opened(project, place)
        wanted = replace_all(ground.worktree, first, rule)
        target = (await ground.capture()).commit
        held = ground.held(target)
        start = replace_all(ground.worktree, second, other_rule)
        now = (await ground.capture(also_like=target)).commit
        try:
            plan = await ground.restore(target)
        except RestoreConflict:
            assert files_of(ground.worktree.root) == start
            return
        there = files_of(ground.worktree.root)
        assert {path: there.get(path) for path in held} == {path: wanted[path] for path in held}
        assert len(there) - len(held) >= len(plan.kept_ignored)
        await ground.restore(now)
        assert files_of(ground.worktree.root) == start

    trio.run(there_and_back)


def test_these_trees_are_odd_enough(tmp_path: Path) -> None:
    """The names and kinds above can really be made on this file system."""
    root = tmp_path / "odd"
    root.mkdir()
    lay_out(os.fsencode(root), dict.fromkeys(NAMES, ("file", b"x")))
    assert set(files_of(root)) == set(NAMES)

"""Which launch a process belongs to. Pure but for the look at its marks, which is passed in.

As child subreaper we are an ancestor of everything that our children started, however it daemonised itself.
Of what is below us, a process belongs to a launch when (first rule that fits):

1. it is the launched child, or was seen to belong to it before,
2. its session is the one that the launched child leads,
3. its parent belongs to it,
4. it was adopted by us and carries the launch's cookie, or holds the other end of one of its pipes.

What fits none of them was started by somebody else in this program, and is not touched. (So an orphan escapes that
shed cookie, pipes and session before anybody looked: only a cgroup would hold it.)
"""

from collections.abc import Callable, Iterable, Mapping

from attrs import field, frozen

from boocode.adapters.processes.proctable import Ident, Proc, Table


@frozen
class Launched:
    """A launch whose tree is looked for; `known` are members that were found earlier."""

    number: int
    leader: Ident
    pipes: frozenset[int] = frozenset()
    """Inodes of the pipes between us and the child."""
    known: frozenset[Ident] = frozenset()


@frozen
class Survey:
    """Who belongs to whom; launches that ended long ago may still have members, by their cookie."""

    members: Mapping[int, frozenset[Proc]] = field(factory=dict)
    strangers: frozenset[Proc] = frozenset()
    """Our direct children that belong to no launch."""

    def alive(self, number: int) -> frozenset[Proc]:
        return frozenset(proc for proc in self.members.get(number, ()) if proc.is_alive)


def attribute(
    table: Table, me: int, launches: Iterable[Launched], marked_as: Callable[[Proc], int | None]
) -> Survey:
    """Sorts everything below `me`. `marked_as` looks at cookie and pipes; asked of adopted processes only."""
    by_ident: dict[Ident, int] = {}
    by_leader: dict[int, int] = {}
    for launch in launches:
        by_ident.update(dict.fromkeys((*launch.known, launch.leader), launch.number))
        by_leader[launch.leader.pid] = launch.number

    def belongs_to(proc: Proc, parents: int | None) -> int | None:
        for number in (by_ident.get(proc.ident), by_leader.get(proc.sid), parents):
            if number is not None:
                return number
        return marked_as(proc) if proc.ppid == me and proc.is_alive else None

    members: dict[int, set[Proc]] = {}
    strangers: set[Proc] = set()
    children = _children(table)
    todo: list[tuple[Proc, int | None]] = [(proc, None) for proc in children.get(me, ())]
    while todo:
        proc, parents = todo.pop()
        number = belongs_to(proc, parents)
        if number is not None:
            members.setdefault(number, set()).add(proc)
        elif proc.ppid == me:
            strangers.add(proc)
        todo.extend((child, number) for child in children.get(proc.pid, ()))
    return Survey({number: frozenset(procs) for number, procs in members.items()}, frozenset(strangers))


def _children(table: Table) -> Mapping[int, list[Proc]]:
    children: dict[int, list[Proc]] = {}
    for proc in table.values():
        children.setdefault(proc.ppid, []).append(proc)
    return children

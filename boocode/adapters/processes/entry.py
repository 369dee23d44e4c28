"""A launch in the owner's table."""

import time
from math import inf

from attrs import define

from boocode.adapters.processes.attribution import Launched
from boocode.adapters.processes.child import Child
from boocode.adapters.processes.proctable import Ident, Proc, command_line, resident, started_at
from boocode.domain.secrets import redacted
from boocode.ports.processes import OwnedProcessInfo

RSS_CACHE_S = 1.0


@define(eq=False)
class Entry:
    """A launch whose block has not been left, or which left something unkillable behind."""

    number: int
    child: Child
    known: frozenset[Ident] = frozenset()
    """Members that were seen: they stay members when they lose every other mark."""
    adopted: frozenset[Ident] = frozenset()
    """Those of them that are in the register because no longer below the child."""
    block_left: bool = False
    _rss: int = 0
    _rss_at: float = -inf

    @property
    def launched(self) -> Launched:
        return Launched(self.number, self.child.ident, self.child.pipes, self.known)

    @property
    def rss(self) -> int | None:
        """The last measured one; None when that is too long ago."""
        return self._rss if time.monotonic() - self._rss_at < RSS_CACHE_S else None

    def measure(self, members: frozenset[Proc]) -> None:
        """What is each process's alone, and the largest shared part once: PostgreSQL's map the same buffers."""
        sizes = [resident(proc.pid) for proc in members]
        shared = max((shared for _, shared in sizes), default=0)
        self._rss, self._rss_at = sum(every - part for every, part in sizes) + shared, time.monotonic()

    def describe(self, proc: Proc) -> OwnedProcessInfo:
        """One living member, for people."""
        leads = proc.ident == self.child.ident
        command = " ".join(self.child.spec.command) if leads else command_line(proc.pid)
        return OwnedProcessInfo(
            pid=proc.pid,
            pgid=proc.pgid,
            label=self.child.spec.label,
            command=redacted(command, self.child.spec.secrets),
            started_at=started_at(proc),
            rss=resident(proc.pid)[0] or None,
        )

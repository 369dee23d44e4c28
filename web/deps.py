"""What the edge is given by the composition root."""

from collections.abc import Callable
from pathlib import Path

from attrs import frozen

from boocode.contracts.resources import Health, Provider
from boocode.contracts.settings import About
from boocode.kernel import System
from boocode.ports.log import EventLog
from boocode.ports.processes import ProcessOwner
from boocode.ports.safety_store import WorktreeStore
from boocode.ports.worktrees import Git
from web.static_files import BUILT_UI


@frozen(kw_only=True)
class EdgeDeps:
    system: System
    store: WorktreeStore
    log: EventLog
    git: Git
    processes: ProcessOwner
    providers: Callable[[], tuple[Provider, ...]]
    """What is known of the agents now, without waiting."""
    health: Callable[[], Health]
    about: Callable[[], About]
    token: str
    version: str
    ui_folder: Path = BUILT_UI
    """Where the web UI was built to."""
    allowed_hosts: frozenset[str] = frozenset()
    """Host names beside the loopback ones under which the edge may be asked for."""
    any_address: bool = False
    """Also any plain IP address: for an edge that listens on all of them. Rebinding needs a name."""

"""Bring `.agents/` to the locked versions: what `python -m tools.agents install` does.

`tools/npm/package-lock.json` holds the version and the hash of every package. No install script is run but opencode's,
which puts its program into place.
"""

import hashlib
import shutil
from pathlib import Path

from tools.node_packages import LOCK, NODE_LOCK, ROOT, find_node, install_packages, run

FOLDER = ROOT / ".agents"
LOCKED = ROOT / "tools" / "npm"
NODE = FOLDER / "bin" / "node"
"""A link to the Node.js that installed the agents: they run with the same."""
STAMP = FOLDER / "installed.sha256"


def install() -> bool:
    """False when everything was there already. Raises SystemExit with a message when a program is missing or fails."""
    if STAMP.exists() and STAMP.read_text() == _wanted():
        return False
    FOLDER.mkdir(exist_ok=True)
    node = find_node()
    _link(node.program)
    for name in ("package.json", LOCK):
        shutil.copy(LOCKED / name, FOLDER / name)
    install_packages(node, FOLDER, LOCKED / LOCK)
    run(str(NODE), str(FOLDER / "node_modules" / "opencode-ai" / "postinstall.mjs"))
    STAMP.write_text(_wanted())
    return True


def _wanted() -> str:
    locks = (LOCKED / LOCK, NODE_LOCK)
    return hashlib.sha256(b"".join(lock.read_bytes() for lock in locks)).hexdigest()


def _link(node: Path) -> None:
    NODE.parent.mkdir(exist_ok=True)
    NODE.unlink(missing_ok=True)
    NODE.symlink_to(node)

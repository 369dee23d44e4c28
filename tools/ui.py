"""The browser client: `python -m tools.ui build [--out DIR] | check`.

build    installs what is locked and builds `web/ui` when its sources have changed since the last time
check    types, and the tests of its state
"""

import argparse
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.node_packages import LOCK, ROOT, Node, find_node, install_packages, run

FOLDER = ROOT / "web" / "ui"
DIST = FOLDER / "dist"
MODULES = FOLDER / "node_modules"
INSTALLED = MODULES / ".boocode-lock.sha256"
BUILT = ".boocode-sources.sha256"
SOURCES = ("index.html", "package.json", LOCK, "tsconfig.json", "vite.config.ts")


def build(out: Path = DIST) -> bool:
    """False when it was built from these very sources already."""
    wanted = _digest(_sources())
    stamp = out / BUILT
    if stamp.exists() and stamp.read_text() == wanted:
        return False
    node = _with_packages()
    options = ("build", "--logLevel", "warn", "--outDir", str(out), "--emptyOutDir")
    run(str(node.program), str(MODULES / "vite" / "bin" / "vite.js"), *options, cwd=FOLDER)
    stamp.write_text(wanted)
    return True


def check() -> None:
    node = _with_packages()
    run(str(node.program), str(MODULES / "typescript" / "bin" / "tsc"), "--noEmit", "-p", ".", cwd=FOLDER)
    run(str(node.program), str(MODULES / "vitest" / "vitest.mjs"), "run", "--reporter", "dot", cwd=FOLDER)


def _with_packages() -> Node:
    node = find_node()
    wanted = _digest([FOLDER / LOCK])
    if not INSTALLED.exists() or INSTALLED.read_text() != wanted:
        install_packages(node, FOLDER, FOLDER / LOCK)
        INSTALLED.write_text(wanted)
    return node


def _sources() -> Iterator[Path]:
    yield from (FOLDER / name for name in SOURCES)
    yield from sorted(path for path in (FOLDER / "src").rglob("*") if path.is_file())


def _digest(paths: Iterator[Path] | list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(FOLDER)}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.ui", description="The browser client.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("build").add_argument("--out", type=Path, default=DIST)
    commands.add_parser("check")
    chosen = parser.parse_args(arguments)
    if chosen.command == "check":
        check()
    elif build(chosen.out.resolve()):
        print("The web UI is built.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

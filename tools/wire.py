"""Writes schema/wire, JSON Schema of everything that clients send and see, and what the web UI has of it.

python -m tools.wire            writes what changed
python -m tools.wire --check    exits 1 and names what is not current
"""

import json
import sys
from pathlib import Path
from typing import Any

from boocode.contracts.json_schema import documents
from tools import typescript

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "schema" / "wire"
GOLDEN = ROOT / "tests" / "contracts" / "golden.json"
"""One frame of every type, as it travels."""
TYPES = ROOT / "web" / "ui" / "src" / "wire" / "types.ts"
GOLDEN_TYPES = ROOT / "web" / "ui" / "tests" / "golden.ts"


def rendered(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def wanted() -> dict[Path, str]:
    files = {FOLDER / f"{name}.json": rendered(document) for name, document in documents().items()}
    golden = typescript.golden(json.loads(GOLDEN.read_text()))
    return files | {TYPES: typescript.types(documents()), GOLDEN_TYPES: golden}


def stale() -> list[Path]:
    """Files that are missing, not current, or no longer wanted."""
    files = wanted()
    old = [path for path in sorted(FOLDER.glob("*.json")) if path not in files]
    return old + [path for path, text in files.items() if not path.exists() or path.read_text() != text]


def main(arguments: list[str]) -> int:
    changed = stale()
    if "--check" in arguments:
        for path in changed:
            print(f"{path} is not current: run python -m tools.wire", file=sys.stderr)
        return 1 if changed else 0
    files = wanted()
    for path in changed:
        if path in files:
            path.write_text(files[path])
        else:
            path.unlink()
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

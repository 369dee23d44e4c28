"""Values that a model copied from a manual are refused, and values that a person may mean are not."""

import time
from collections.abc import Mapping

import pytest

from boocode.domain.native.placeholders import placeholder_in

MANUAL: list[Mapping[str, object]] = [
    *(
        {"path": path}
        for path in (
            "path/to/file", "path/to/file.py", "/path/to/your/file.txt", "./path/to/dir/", "C:\\path\\to\\x",
            "/absolute/path/to/x.py", "<filename>", "<path>", "{{path}}", "${PATH}", "[file path]", "...", "…",
            "FILE_PATH", "file_path", "PATH", "filename.ext", "src/filename.ext", "your_file.py",
            "your_project/main.py",
            "insert path here", "your_path_here", "null", "None", "undefined", "string", " path/to/x ",
        )
    ),
    {"source": "path/to/a"},
    {"old_path": "path/to/a"},
    {"filePath": "/path/to/a"},
    {"files": ["a.py", "path/to/b.py"]},
    {"content": "your_code_here"},
    {"content": "# your code here"},
    {"content": "// TODO: your code here\n"},
    {"content": "..."},
    {"content": "<insert code here>"},
    {"new": "…"},
    {"old": "..."},
    {"command": "<command>"},
    {"command": "..."},
    {"query": "your query here"},
    {"name": "your_name"},
    {"content": "import os\n# ... existing code ...\nprint()\n"},
    {"content": "a();\n// ... rest of the code\n"},
    {"content": "<p>\n<!-- ... rest unchanged -->\n"},
    {"content": "a\n/* ... remaining functions ... */\n"},
    {"content": "def f():\n    ...  # implementation stays the same\n"},
    {"edits": [{"old": "x", "new": "# ... (rest of the file)"}]},
]  # fmt: skip

MEANT: list[Mapping[str, object]] = [
    *(
        {"path": path}
        for path in (
            "src/path.py", "path", ".", "./", "docs/your-first-app.md", "paths/to.py", "src/pathto/file.py", "file.txt",
            "filenames.txt", "tests/path_to_x.py", "[id].tsx", "app/[slug]/page.tsx", "None.py", "string.py", "a b.md",
            "placeholder.png", "src/.../x",
        )
    ),
    {"pattern": "path/to/file"},
    {"pattern": "<div>"},
    {"query": "..."},
    {"glob": "**/*"},
    {"old": "<filename>", "new": "<div>"},
    {"old": "path/to/file", "new": "src/file"},
    {"command": "echo path/to/file <x >y"},
    {"content": "def f(): ...\n"},
    {"content": "class A(Protocol):\n    def f(self) -> int: ...\n"},
    {"content": "Loading ...\n"},
    {"content": "x[...]\nmore ... text\n"},
    {"content": "Insert the coin here"},
    {"content": ""},
    {"old": "# ... existing code ...", "new": "# ... existing code ...\nx = 1"},
    {"name": "path/to/thing"},
    {"first_line": 3, "all": True, "none": None},
]  # fmt: skip


@pytest.mark.parametrize("values", MANUAL, ids=str)
def test_what_stands_in_a_manual_is_refused(values: Mapping[str, object]) -> None:
    words = placeholder_in(values)
    assert words is not None
    assert words.startswith(f"'{next(iter(values))}'") or "'new'" in words


@pytest.mark.parametrize("values", MEANT, ids=str)
def test_what_a_person_may_mean_passes(values: Mapping[str, object]) -> None:
    assert placeholder_in(values) is None


def test_the_words_say_what_to_do() -> None:
    assert placeholder_in({"path": "path/to/file"}) == (
        "'path' is a placeholder ('path/to/file'), not a real value. Give the path of a real file or folder, from the"
        " project's root. Look it up first (list_files, search_files), or ask the person."
    )
    assert "Write the whole text" in (placeholder_in({"content": "a\n# ... existing code ...\n"}) or "")


@pytest.mark.parametrize(
    "text", ["  ... " * 300_000, "... unchange\n" * 100_000, "#" * 500_000, " " * 500_000 + "..."]
)
def test_long_texts_take_time_in_proportion(text: str) -> None:
    began = time.perf_counter()
    placeholder_in({"content": text})
    assert time.perf_counter() - began < 20  # quadratic would be minutes

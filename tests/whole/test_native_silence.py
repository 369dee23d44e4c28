"""Silence in a turn of BooCode's own agent, with limits that anything else would run into."""

from pathlib import Path

from boocode.cli.errors import FAILED, OK
from tests.kit.model_endpoint import serve_model
from tests.kit.server import running_server
from tests.whole.test_native import boocode, configure

LIMITS = """
[native]
mode = "auto"
[limits]
turn_quiet_s = 0.6
turn_stall_s = 2.0
native_stall_s = 2.5
"""


async def test_a_tool_may_be_silent_and_a_silent_model_is_told_by_its_own_deadline(
    home: Path, repository: Path
) -> None:
    """The endpoint's deadline is the longer one here: whoever raises it for a slow model need not know of the other."""
    async with serve_model() as endpoint:
        configure(home, endpoint, LIMITS)
        async with running_server(home):
            words = "shell sleep 5; echo slept > slept.txt then say done"
            slept = await boocode(home, "run", words, "--agent", "boocode", "--apply", cwd=repository)
            silent = await boocode(home, "run", "hang", "--agent", "boocode", cwd=repository)
    assert slept.returncode == OK, slept.stderr
    assert (repository / "slept.txt").read_text() == "slept\n"
    assert silent.returncode == FAILED
    assert "2.5 s" in silent.stderr
    assert "native_stall_s" in silent.stderr

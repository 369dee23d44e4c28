"""A process whose children capture or restore, and are killed on the way: `python -m tests.checkpoints.dying`.

A line of JSON on standard input asks for a child; a line on standard output says how it ended: 0, -9, or
REFUSED for a restore that failed and says that everything is as before.
Children are forked, since a new interpreter for each death would take longer than everything else.
"""

import json
import os
import resource
import signal
import sys
import time

import cattrs
import trio

from boocode.adapters.crashing import Crashing
from boocode.adapters.git import GitCheckpoints
from boocode.ports.crash_points import pass_by
from boocode.ports.worktrees import WorkspaceError, WorktreePlace

REFUSED = 3


async def work(asked: dict[str, str]) -> None:
    place = cattrs.structure(json.loads(asked["place"]), WorktreePlace)
    nth = int(asked.get("nth", "0"))
    git = GitCheckpoints(reached=Crashing("*", nth) if nth else pass_by)
    if asked["what"] == "capture":
        await git.capture(place, asked["ref"], "A checkpoint")
    else:
        await git.restore(place, asked["now"], asked["target"])


def child(asked: dict[str, str]) -> int:
    """The child's exit status; killed after `after_s` seconds where that is asked for."""
    pid = os.fork()
    if not pid:
        status = 1
        try:
            if "max_bytes" in asked:
                # The nearest thing to a full disk that needs no disk: no file may grow beyond this.
                resource.setrlimit(resource.RLIMIT_FSIZE, (int(asked["max_bytes"]),) * 2)
            trio.run(work, asked)
            status = 0
        except WorkspaceError as error:
            status = REFUSED if error.code == "restore_failed" else 1
        finally:
            os._exit(status)
    if "after_s" in asked:
        time.sleep(float(asked["after_s"]))
        os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def main() -> None:
    for line in sys.stdin:
        print(child(json.loads(line)), flush=True)


if __name__ == "__main__":
    main()

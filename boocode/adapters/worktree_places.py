"""Where the paths of a tool call really lead: every symlink followed, in threads with a limiter of their own."""

import os.path
from collections.abc import Sequence

import trio

from boocode.domain.permission_policy import Places

THREADS = 2


class WorktreePlaces:
    """The PlaceFinder of this machine. A path that does not exist yet leads where it would be made."""

    def __init__(self) -> None:
        self._limiter = trio.CapacityLimiter(THREADS)

    async def find(self, root: str, named: Sequence[str]) -> Places | None:
        def follow() -> Places:
            real = os.path.realpath(root)
            return Places(real, tuple(os.path.realpath(os.path.join(real, path)) for path in named))

        try:
            return await trio.to_thread.run_sync(follow, limiter=self._limiter, abandon_on_cancel=True)
        except (OSError, ValueError):
            return None

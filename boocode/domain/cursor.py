"""How far a follower of a numbered stream has come, and whether it must read the log to go on.

The same rule serves the hub (per topic) and every subscriber (per subscription). A follower is either in
step, then the next frame is `seen + 1`; or it lags, then nothing is taken from the live side until the log
has been read up to `target`. So whatever is lost, late or repeated on the live side, the follower passes on
each seq once and in order.

    in step --frame seen+1--> in step          in step --later frame--> lagging
    lagging --any frame--> lagging (target up) lagging --log read up to target--> in step
"""

from attrs import define


@define
class Cursor:
    """`seen`: everything up to it was passed on. `target`: the newest seq known to exist."""

    seen: int
    target: int = 0
    is_lagging: bool = False

    def __attrs_post_init__(self) -> None:
        self.target = max(self.target, self.seen)

    def fresh_from(self, first: int, last: int) -> int | None:
        """How many of the frames `first..last` to leave out because they were passed on before; None when
        none of them may be taken: all are old, or the follower lags or now begins to. A number is a promise
        of the caller to pass the rest on and to call `advance(last)`."""
        if last <= self.seen:
            return None
        if self.is_lagging or first > self.seen + 1:
            self.fall_behind(last)
            return None
        return self.seen + 1 - first

    def advance(self, last: int) -> None:
        """Everything up to `last` was passed on."""
        self.seen = max(self.seen, last)
        self.target = max(self.target, self.seen)
        if self.seen >= self.target:
            self.is_lagging = False

    def fall_behind(self, last: int) -> None:
        """There are frames up to `last` that must be read from the log."""
        self.target = max(self.target, last)
        self.is_lagging = self.target > self.seen

    def settle(self) -> None:
        """The log holds nothing beyond `seen`: whoever spoke of more was wrong."""
        self.target = self.seen
        self.is_lagging = False

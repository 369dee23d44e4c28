"""How a conversation is kept within a model's window. The rule, in this order, and each only as far as needed:

1. results of tools from before the last answer are shortened to their two ends, the oldest first
2. what is oldest is left out, by whole answers with their tool results, behind a line that says so and repeats how
   the conversation began; the running turn's prompt always stays
3. the reasoning of the running turn is left out
4. the results that the model has not seen yet are shortened, to equal shares of the room that is left

What does not fit then is refused in words: the prompt alone is too long. Steps 1 and 2 free more than they must (down
to ROOMY of the room), so that the beginning of the request stays the same for a while: servers keep what they have
read of it. How far they went is a `Cut`, which the session hands in again.

Tokens are estimated from UTF-8 bytes; the session corrects the estimate by what the endpoint counts.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import accumulate

from attrs import evolve, frozen

from boocode.domain.native.conversation import AssistantSaid, Compacted, Entry, Told, ToolSaid, UserSaid

DEFAULT_WINDOW = 32_768
"""Tokens, where neither the settings nor the endpoint tell."""
MAX_RESERVE = 8_192
"""What is kept free for the answer, at most; never more than a quarter of the window."""
BYTES_PER_TOKEN = 3.2
_SANE = (1.5, 6.0)
ROOMY = 0.7
SHORT_CHARS = 400
FIRST_CHARS = 2_000
ENTRY_BYTES = 60
"""What a message counts for beside its text."""


@frozen
class Room:
    """What the entries of a request may take."""

    window: int
    """Tokens that the model takes, question and answer together."""
    fixed_bytes: int
    """The system's message and the tools on offer."""
    bytes_per_token: float = BYTES_PER_TOKEN
    answer_tokens: int | None = None
    """The most that it may answer, where that is set."""

    @property
    def bytes(self) -> int:
        reserve = min(self.answer_tokens or MAX_RESERVE, self.window // 4)
        return max(int((self.window - reserve) * self.bytes_per_token) - self.fixed_bytes, 0)


@frozen
class Cut:
    """How far the beginning of the entries was shortened and left out, as indices into them."""

    shortened_below: int = 0
    left_out_below: int = 0


@frozen
class Fitted:
    entries: tuple[Entry, ...]
    cut: Cut
    size: int
    """Of the entries, in bytes as they are counted here."""
    note: str | None = None
    """For people, when more was shortened or left out than before."""


@frozen
class TooLong:
    """It cannot be made to fit. `message` is for people."""

    message: str


def fit(entries: Sequence[Entry], room: Room, cut: Cut | None = None) -> Fitted | TooLong:
    """`entries` without orphans; `cut`: what came of the last fit of the same entries, or fewer of them."""
    before = cut or Cut()
    entries = _thinking_of_now(entries)
    limit, roomy = room.bytes, int(room.bytes * ROOMY)
    now = _advanced(entries, before, limit, roomy) if _size(_cut(entries, before)) > limit else before
    fitted = _cut(entries, now)
    if _size(fitted) > limit:
        fitted = _without_reasoning(fitted)
    if _size(fitted) > limit:
        fitted = _with_fresh_shortened(fitted, limit)
    if (size := _size(fitted)) > limit:
        return TooLong(_too_long(entries, room))
    return Fitted(fitted, now, size, _note(before, now))


def measured(bytes_sent: int, tokens_counted: int | None) -> float:
    """Bytes per token as the endpoint has just counted them; the default when it tells nothing sane."""
    if not tokens_counted or bytes_sent <= 0:
        return BYTES_PER_TOKEN
    low, high = _SANE
    return min(max(bytes_sent / tokens_counted, low), high)


def size_of(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


# The cut


class _Sums:
    """What any cut of the entries takes, without making it: each entry is measured once, not once a cut."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._whole = (0, *accumulate(map(_entry_size, entries)))
        self._short = (0, *accumulate(_entry_size(_short(entry)) for entry in entries))

    def of(self, cut: Cut) -> int:
        left_out = cut.left_out_below
        shortened = max(cut.shortened_below, left_out)
        short = self._short[shortened] - self._short[left_out]
        return _size(_instead(self._entries, left_out)) + short + self._whole[-1] - self._whole[shortened]


def _advanced(entries: Sequence[Entry], cut: Cut, limit: int, roomy: int) -> Cut:
    sums = _Sums(entries)
    cut = _first(sums, cut, _shorter(entries, cut), roomy)
    return cut if sums.of(cut) <= limit else _first(sums, cut, _later(entries, cut), roomy)


def _first(sums: _Sums, cut: Cut, further: Sequence[Cut], roomy: int) -> Cut:
    """The first of the ever smaller ones that is small enough, else the last."""
    if not further:
        return cut
    at = bisect_left(further, True, key=lambda each: sums.of(each) <= roomy)
    return further[min(at, len(further) - 1)]


def _shorter(entries: Sequence[Entry], cut: Cut) -> list[Cut]:
    start = max(cut.shortened_below, cut.left_out_below)
    return [
        evolve(cut, shortened_below=at + 1)
        for at in range(start, _fresh(entries))
        if isinstance(entries[at], ToolSaid)
    ]


def _later(entries: Sequence[Entry], cut: Cut) -> list[Cut]:
    """Never between an answer and the results of its calls, and not beyond the last answer or prompt."""
    last = max(_fresh(entries), 0)
    return [
        evolve(cut, left_out_below=at)
        for at in range(cut.left_out_below + 1, last + 1)
        if at < len(entries) and not isinstance(entries[at], ToolSaid)
    ]


def _fresh(entries: Sequence[Entry]) -> int:
    """The index from which on the model has not answered: its last answer with calls, else the last prompt."""
    for at in range(len(entries) - 1, -1, -1):
        entry = entries[at]
        if isinstance(entry, UserSaid) or (isinstance(entry, AssistantSaid) and entry.calls):
            return at
    return 0


def _cut(entries: Sequence[Entry], cut: Cut) -> tuple[Entry, ...]:
    kept = [
        _short(entry) if at < cut.shortened_below else entry
        for at, entry in enumerate(entries)
        if at >= cut.left_out_below
    ]
    return (*_instead(entries, cut.left_out_below), *kept)


def _short(entry: Entry) -> Entry:
    return evolve(entry, text=shortened(entry.text, SHORT_CHARS)) if isinstance(entry, ToolSaid) else entry


def _instead(entries: Sequence[Entry], below: int) -> tuple[Entry, ...]:
    """What stands for the entries that are left out."""
    if below <= 0:
        return ()
    turn = max((at for at, each in enumerate(entries) if isinstance(each, UserSaid)), default=-1)
    prompt = entries[turn] if 0 <= turn < below else None
    first = next((each for each in entries[:below] if isinstance(each, UserSaid | Compacted)), None)
    words = f"{below} earlier messages were left out here, because the model's window is full."
    if first is not None and first is not prompt:
        words = f"{words} The conversation began with:\n{shortened(first.text, FIRST_CHARS)}"
    return (Told(words), *((prompt,) if prompt is not None else ()))


def _thinking_of_now(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Reasoning of turns that are over is not sent: see messages.py."""
    turn = max((at for at, each in enumerate(entries) if isinstance(each, UserSaid)), default=-1)
    return (*_without_reasoning(entries[: max(turn, 0)]), *entries[max(turn, 0) :])


# The last resorts


def _without_reasoning(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    return tuple(
        evolve(entry, reasoning="") if isinstance(entry, AssistantSaid) else entry for entry in entries
    )


def _with_fresh_shortened(entries: Sequence[Entry], limit: int) -> tuple[Entry, ...]:
    start = _fresh(entries)
    fresh = [entry for entry in entries[start:] if isinstance(entry, ToolSaid)]
    rest = _size(entries) - sum(size_of(entry.text) for entry in fresh)
    if not fresh or rest >= limit:
        return tuple(entries)
    share = _share([size_of(entry.text) for entry in fresh], limit - rest)
    return tuple(
        evolve(entry, text=shortened(entry.text, share, size_of))
        if at >= start and isinstance(entry, ToolSaid)
        else entry
        for at, entry in enumerate(entries)
    )


def _share(sizes: Sequence[int], room: int) -> int:
    """The most that each may take so that all together fit: small ones leave theirs to the others."""
    left, count = room, len(sizes)
    for size in sorted(sizes):
        if size > left // count:
            return left // count
        left, count = left - size, count - 1
    return room


def shortened(text: str, limit: int, measure: Callable[[str], int] = len) -> str:
    """`text`, or its two ends around a line that says what is missing; never longer than `limit` where that leaves
    room for the line itself."""
    if measure(text) <= limit:
        return text
    keep = len(text) * limit // measure(text)
    while True:
        line = f"\n[… {len(text) - keep} characters left out here; call the tool again if you need them …]\n"
        half = (keep - len(line)) // 2
        if half <= 0:
            return line.strip()
        short = f"{text[:half]}{line}{text[-half:]}"
        if measure(short) <= limit:
            return short
        keep = keep * 9 // 10


def _size(entries: Sequence[Entry]) -> int:
    """What they take in a request, roughly and rather too much: JSON's own signs and escapes count too."""
    return sum(_entry_size(entry) for entry in entries)


def _entry_size(entry: Entry) -> int:
    size = ENTRY_BYTES + size_of(entry.text)
    if isinstance(entry, AssistantSaid):
        size += size_of(entry.reasoning)
        size += sum(ENTRY_BYTES + size_of(call.name) + size_of(call.arguments) for call in entry.calls)
    return size


# Words


def _note(before: Cut, now: Cut) -> str | None:
    if now.left_out_below > before.left_out_below:
        return "The model's window is full: the oldest messages of this conversation are not sent to it any more."
    if now.shortened_below > before.shortened_below:
        return "The model's window is nearly full: older results of tools are sent to it shortened."
    return None


def _too_long(entries: Sequence[Entry], room: Room) -> str:
    last = next((each for each in reversed(entries) if isinstance(each, UserSaid)), None)
    tokens = int((size_of(last.text) if last else _size(entries)) / room.bytes_per_token)
    free = int(room.bytes / room.bytes_per_token)
    if tokens <= free // 2:
        return (
            "What the model has to be sent is too long for it, although the prompt is not: what it has just written "
            f"itself leaves no room in its window of {room.window} tokens, of which about {free} are free (the rest "
            "is for instructions, tools and the answer). Ask for smaller steps, or run the model with a larger window "
            "and set `context_tokens` under [native]."
        )
    return (
        f"The prompt is too long for the model: it has about {tokens} tokens, and of the model's window of "
        f"{room.window} tokens about {free} are free for it (the rest is for instructions, tools and the answer). "
        "Send a shorter one, or run the model with a larger window and set `context_tokens` under [native]."
    )

"""Makes the calls of one answer: checked, asked about where the mode says so, run, and told to people and the model.

    unknown, unreadable, refused by the mode or by the tool itself → an error that the model can act on
    otherwise → asked if need be → running → completed or failed

A call that was read from the text of a model that calls tools as one should may be a quotation: of a hostile file, for
example. A person is asked about it in every mode, unless it only reads.

Calls that only read are made together, all others one after another. Whatever cuts them off, each call of the answer
gets a result: what there is none of is told by `loop.unanswered`.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

import trio
from attrs import frozen

from actors.native_equipment import Equipment
from actors.native_questions import Decision
from actors.native_turn import NativeTurn
from boocode.domain.acp.tools import MAX_DIFF_CHARS, bounded
from boocode.domain.events import Notice, ToolCall, ToolDiff, ToolUpdate
from boocode.domain.native.arguments import Refused, read_arguments
from boocode.domain.native.conversation import CallAsked, ToolSaid
from boocode.domain.native.loop import batches
from boocode.domain.native.modes import standing_key, standing_label, verdict
from boocode.domain.native.window import shortened
from boocode.kernel import KernelError
from boocode.ports.native_tools import CallShown, NativeTool, ToolRefused, ToolResult
from boocode.ports.store import StoreError

EXPECTED = (KernelError, StoreError, OSError)
"""What may fail behind a tool without a bug in it."""
MOST_CALLS = 50
"""Of one answer; a model that repeats itself writes thousands."""
SHOWN_CHARS = 20_000
"""Of one argument."""
TOO_MANY = f"Not made: more than {MOST_CALLS} calls in one answer. Look at the results of the first ones."
QUOTED = "The agent wrote this call into its answer, where it may only quote what it has read. Allow it if you want it."
NO_CHANGES = "In this mode nothing may be changed: {name} cannot be called. Say what you would do instead."


@frozen
class _Ready:
    """A call that can be made."""

    asked: CallAsked
    tool: NativeTool
    arguments: Mapping[str, object]
    shown: CallShown
    shown_id: str


class CallRunner:
    def __init__(
        self,
        turn: NativeTurn,
        equipment: Equipment,
        standing: set[str],
        new_key: Callable[[], str],
        remember: Callable[[ToolSaid], None],
        keep: Callable[[], Awaitable[None]],
    ) -> None:
        """`standing`: what a person has allowed for the whole session. `remember` gets each result, in the order of
        the calls; `keep` makes durable what it got."""
        self._turn = turn
        self._equipment = equipment
        self._limits = equipment.choices.limits
        self._standing = standing
        self._new_key = new_key
        self._remember = remember
        self._keep = keep
        self._batch: tuple[CallAsked, ...] = ()
        self._results: dict[str, ToolSaid] = {}
        """Of the batch that is being made."""
        self._doubtful: frozenset[str] = frozenset()

    async def run(self, calls: tuple[CallAsked, ...], doubtful: frozenset[str], *, cut_short: bool) -> None:
        """`doubtful`: ids of those that may be quotations. `cut_short`: the last one may be half a call."""
        self._doubtful = doubtful
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._beat)
            for batch in batches(calls[:MOST_CALLS], self._equipment.effect):
                await self._together(batch, cut_short)
                await self._keep()
            for call in calls[MOST_CALLS:]:
                self._remember(self._said(call, TOO_MANY, failed=True))
            nursery.cancel_scope.cancel()

    async def _together(self, batch: tuple[CallAsked, ...], cut_short: bool) -> None:
        self._batch = batch
        places = trio.CapacityLimiter(self._limits.parallel_reads)

        async def make(call: CallAsked) -> None:
            async with places:
                self._results[call.id] = await self._make(call, cut_short)

        try:
            async with trio.open_nursery() as nursery:
                for call in batch:
                    nursery.start_soon(make, call)
        finally:
            self.settle()

    def settle(self) -> None:
        """What has a result keeps it when the others are cut off; a result that comes later is too late."""
        batch, self._batch = self._batch, ()
        for call in batch:
            if call.id in self._results:
                self._remember(self._results.pop(call.id))

    async def _beat(self) -> None:
        """A tool may be silent for long: whoever waits for the turn hears that it is not stuck."""
        while True:
            await trio.sleep(self._limits.beat_s)
            self._turn.delivery.beat()

    # One call

    async def _make(self, call: CallAsked, cut_short: bool) -> ToolSaid:
        self._turn.calls += 1
        shown_id = f"{self._turn.start.task_id}-{self._turn.calls}"
        try:
            ready = await self._ready(call, shown_id, cut_short)
        except (ToolRefused, *EXPECTED) as error:
            words = str(error) if isinstance(error, ToolRefused) else _trouble(call, error)
            self._turn.say([self._unmade(call, shown_id), _failed(shown_id, words)])
            return self._said(call, words, failed=True)
        self._turn.say([_shown(ready)])
        decision = await self._decision(ready)
        if decision is not None and decision.what == "no":
            self._turn.say([_failed(shown_id, decision.words)])
            return self._said(call, decision.words, failed=True)
        return await self._run(ready)

    async def _ready(self, call: CallAsked, shown_id: str, cut_short: bool) -> _Ready:
        tool = self._equipment.tools.get(call.name)
        if tool is None:
            raise ToolRefused(self._equipment.unknown_words(call.name))
        read = read_arguments(call.arguments, tool.offer.schema, cut_short=cut_short)
        if isinstance(read, Refused):
            raise ToolRefused(read.message)
        if read.repaired:
            self._turn.say([Notice(read.repaired)])
        shown = await tool.look(read.values)
        if verdict(self._equipment.manner.leave, shown.effect or tool.offer.effect) == "refuse":
            raise ToolRefused(NO_CHANGES.format(name=call.name))
        return _Ready(call, tool, read.values, shown, shown_id)

    async def _decision(self, ready: _Ready) -> Decision | None:
        """None: nobody has to be asked."""
        effect = ready.shown.effect or ready.tool.offer.effect
        key = standing_key(ready.asked.name, effect, ready.arguments)
        if ready.asked.id in self._doubtful and effect != "read":
            self._turn.say([Notice(QUOTED)])
        elif verdict(self._equipment.manner.leave, effect) == "go" or key in self._standing:
            return None
        questions = self._turn.questions
        opened, events = questions.ask(self._new_key(), _shown(ready), standing_label(effect))
        self._turn.delivery.put(events)
        decision = await questions.decided(opened)
        if decision.what == "always":
            self._standing.add(key)
        return decision

    async def _run(self, ready: _Ready) -> ToolSaid:
        self._turn.say([ToolUpdate(ready.shown_id, status="running")])
        try:
            result = await ready.tool.run(ready.arguments, partial(self._tell, ready.shown_id))
        except ToolRefused as refusal:
            result = ToolResult(str(refusal), failed=True)
        except EXPECTED as error:
            result = ToolResult(_trouble(ready.asked, error), failed=True)
        output = bounded(result.text if result.shown is None else result.shown)
        self._turn.say(
            [
                ToolUpdate(
                    ready.shown_id,
                    status="failed" if result.failed else "completed",
                    output=output or None,
                    diff=_small(result.diff),
                )
            ]
        )
        return self._said(ready.asked, result.text, failed=result.failed, told=result.told)

    def _tell(self, shown_id: str, output: str) -> None:
        if not self._turn.delivery.is_full:  # the next one, or the result, says it all
            self._turn.say([ToolUpdate(shown_id, output=bounded(output))])

    def _unmade(self, call: CallAsked, shown_id: str) -> ToolCall:
        tool = self._equipment.tools.get(call.name)
        kind = tool.offer.kind if tool is not None else "other"
        return ToolCall(
            shown_id, call.name or "Tool", kind, input={"arguments": bounded(call.arguments, 2_000)}
        )

    def _said(self, call: CallAsked, text: str, *, failed: bool, told: tuple[str, ...] = ()) -> ToolSaid:
        return ToolSaid(call.id, call.name, shortened(text, self._limits.tool_chars), failed, told)


def _shown(ready: _Ready) -> ToolCall:
    shown = ready.shown
    return ToolCall(
        ready.shown_id,
        shown.title,
        ready.tool.offer.kind,
        input={name: _short(value) for name, value in ready.arguments.items()},
        locations=shown.locations,
        diff=_small(shown.diff),
    )


def _short(value: object) -> object:
    """As people are shown it; what is nested and large as the text that it was."""
    if not isinstance(value, str | list | dict):
        return value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return value if len(text) <= SHOWN_CHARS else bounded(text, SHOWN_CHARS)


def _small(diff: ToolDiff | None) -> ToolDiff | None:
    """A larger edit is not shown with its call; the worktree's own diff has it."""
    size = 0 if diff is None else len(diff.new_text) + len(diff.old_text or "")
    return diff if size <= MAX_DIFF_CHARS else None


def _trouble(call: CallAsked, error: Exception) -> str:
    return f"{call.name} failed: {error}"


def _failed(shown_id: str, words: str) -> ToolUpdate:
    return ToolUpdate(shown_id, status="failed", output=bounded(words))

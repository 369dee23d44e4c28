"""One round of looking at the agents of this machine, for the prober: first everybody's program, then themselves.

    every agent       on PATH? → what is around it → its version → Seen
    some time later   whose set-up has not answered yet (a full round: all) is asked itself → Answered, Failed

AT_ONCE at a time, each for `each_s`, all for `round_s`. Not an actor: the prober's helper task runs it.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping

import trio
from attrs import frozen

from boocode.contracts.resources import Provider
from boocode.domain.agent_settings import nearby_models
from boocode.domain.probing import Nearby, Told, set_up, version_command, version_in
from boocode.ports.agents import ProviderSpec
from boocode.ports.probing import Asker, Askers, Machine, ProbeFailed, Surroundings
from boocode.ports.processes import LaunchSpec, ProcessOwner
from boocode.ports.store import Store

AT_ONCE = 2
OUTPUT_LIMIT = 4096
VERSION_GRACE_S = 0.5
NOTHING_NEARBY = Nearby()


@frozen
class ProbeLimits:
    """Seconds."""

    version_s: float = 10.0
    each_s: float = 35.0
    round_s: float = 45.0
    ask_after_s: float = 3.0
    """A start has the machine to itself before agents are started only to be asked."""


@frozen
class ProberParts:
    """What the composition root gives."""

    specs: tuple[ProviderSpec, ...]
    store: Store
    processes: ProcessOwner
    machine: Machine
    askers: Askers
    environment: Callable[[ProviderSpec], dict[str, str]]
    """All that an agent's program sees."""
    cwd: str
    announce: Callable[[tuple[Provider, ...]], None]
    """Told whenever something is known anew."""
    known: Mapping[str, Told]
    """By provider id: agents that need not be asked."""
    transports: Collection[str]
    """What there is a backend for."""
    wall: Callable[[], float]
    """Seconds since the epoch."""
    limits: ProbeLimits = ProbeLimits()


@frozen
class Seen:
    """What was found out besides asking."""

    agent: str
    version: str | None = None
    nearby: Nearby = NOTHING_NEARBY
    error: str | None = None
    is_there: bool = True
    is_asked_now: bool = False
    """What is wrong with it will be known after that."""


@frozen
class Answered:
    agent: str
    told: Told
    asked_as: str


@frozen
class Failed:
    agent: str
    error: str


@frozen
class RoundOver:
    is_full: bool


Step = Seen | Answered | Failed | RoundOver


@frozen
class _Question:
    """An agent that is to be asked."""

    spec: ProviderSpec
    asker: Asker
    asked_as: str


class ProbeRound:
    """`answered`: by agent, the set-up that is known to have answered. Steps are told as they come."""

    def __init__(
        self,
        parts: ProberParts,
        answered: Mapping[str, str | None],
        tell: Callable[[Step], None],
        *,
        is_full: bool,
    ) -> None:
        self.is_full = is_full
        self._parts = parts
        self._limits = parts.limits
        self._answered = answered
        self._tell = tell
        self._slots = trio.CapacityLimiter(AT_ONCE)
        self._scope = trio.CancelScope()
        self._unfinished = {spec.id: spec for spec in parts.specs}
        self._questions: list[_Question] = []
        self._served: tuple[str, tuple[str, ...]] = ("", ())

    def give_up(self) -> None:
        """Ends what runs; RoundOver is told all the same."""
        self._scope.cancel()

    async def run(self) -> None:
        not_before = trio.current_time() + (0.0 if self.is_full else self._limits.ask_after_s)
        with self._scope:
            with trio.move_on_after(self._limits.round_s) as in_time:
                await self._learn_served()
                async with trio.open_nursery() as nursery:
                    for spec in self._parts.specs:
                        nursery.start_soon(self._each, spec, self._look, spec)
                if self._questions:
                    await trio.sleep_until(not_before)
                async with trio.open_nursery() as nursery:
                    for question in self._questions:
                        nursery.start_soon(self._each, question.spec, self._ask, question)
            if in_time.cancelled_caught:
                for spec in self._unfinished.values():
                    self._tell(Failed(spec.id, f"There was no time left to ask {spec.label}."))
        self._tell(RoundOver(self.is_full))

    async def _learn_served(self) -> None:
        try:
            self._served = await self._parts.machine.served_models()
        except ProbeFailed:
            return  # its models are missing then; `boocode doctor` says why

    async def _each(self, spec: ProviderSpec, do: Callable[..., Awaitable[bool]], *arguments: object) -> None:
        """One agent. Whatever goes wrong is its own: another agent, and the prober, go on."""
        is_done = True
        async with self._slots:
            try:
                with trio.fail_after(self._limits.each_s):
                    is_done = await do(*arguments)
            except trio.TooSlowError:
                self._tell(
                    Failed(spec.id, f"{spec.label} took more than {self._limits.each_s:g} s to answer.")
                )
            except Exception as error:  # noqa: BLE001 - see above
                self._tell(Failed(spec.id, _words(error)))
        if is_done:
            self._unfinished.pop(spec.id, None)

    async def _look(self, spec: ProviderSpec) -> bool:
        """Whether this is all that there is to be found out."""
        if (error := self._parts.machine.missing(spec)) is not None:
            self._tell(Seen(spec.id, error=error, is_there=False))
            return True
        around = await self._parts.machine.surroundings(spec)
        nearby = nearby_models(around.settings, *self._served)
        version, problem = await self._version(spec)
        question = self._question(spec, version, around)
        if spec.transport not in self._parts.transports:
            problem = f"It is set to speak '{spec.transport}', which this version does not."
        self._tell(
            Seen(
                spec.id,
                version,
                nearby,
                problem if question is None else None,
                is_asked_now=question is not None,
            )
        )
        if question is None:
            return True
        if not spec.command:  # nothing is started for it
            return await self._ask(question)
        self._questions.append(question)
        return False

    async def _ask(self, question: _Question) -> bool:
        told = await question.asker(question.spec)
        self._tell(Answered(question.spec.id, told, question.asked_as))
        return True

    def _question(self, spec: ProviderSpec, version: str | None, around: Surroundings) -> _Question | None:
        """None when nobody can ask it now, or need."""
        asked_as = set_up(spec.transport, spec.command, spec.env, version, around.digest)
        asker = self._parts.askers.get(spec.transport)
        is_known = spec.id in self._parts.known or self._answered.get(spec.id) == asked_as
        if asker is None or (is_known and not self.is_full):
            return None
        return _Question(spec, asker, asked_as)

    async def _version(self, spec: ProviderSpec) -> tuple[str | None, str | None]:
        """The version that the program tells, and what was wrong with asking for it."""
        command = version_command(spec.command)
        if command is None:
            return None, None
        env, label = self._parts.environment(spec), f"version of {spec.id}"
        launch = LaunchSpec(command, self._parts.cwd, env, label, term_grace_s=VERSION_GRACE_S, stdin=False)
        output = b""
        with trio.move_on_after(self._limits.version_s) as in_time:
            async with self._parts.processes.launch(launch) as process:
                while len(output) < OUTPUT_LIMIT and (some := await process.receive()):
                    output += some
        if in_time.cancelled_caught:
            return None, f"'{' '.join(command)}' did not answer within {self._limits.version_s:g} s."
        return version_in(output.decode("utf-8", "replace")), None


def _words(error: BaseException) -> str:
    if isinstance(error, BaseExceptionGroup):
        return _words(error.exceptions[0])
    return str(error) or type(error).__name__

"""Asking Claude what it offers: a fresh process, the one question that its SDK begins with, and its end.

Not an actor: the prober's helper task runs it, as a call. The SDK itself is not loaded for it: that would cost tens of
megabytes for as long as BooCode runs. Nothing is prompted, no model is called.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, suppress

import trio
from attrs import frozen

from boocode.contracts.resources import CommandInfo, Model
from boocode.domain.claude.offers import commands_in, models_in, thinking_with
from boocode.domain.probing import Told
from boocode.ports.agent_wire import BrokenWire
from boocode.ports.agents import ProviderSpec
from boocode.ports.message_lines import MessageLines
from boocode.ports.probing import ProbeFailed
from boocode.ports.processes import LaunchSpec, OwnedProcess, ProcessOwner

ANSWER_S = 20.0
TERM_GRACE_S = 0.5
LAST_WORDS_S = 1.0
ASKED = "what-is-there"
FLAGS = (
    *("--output-format", "stream-json", "--input-format", "stream-json", "--verbose"),
    *("--setting-sources", "", "--strict-mcp-config"),
)
QUESTION = json.dumps({"type": "control_request", "request_id": ASKED, "request": {"subtype": "initialize"}})


@frozen
class ClaudeAsker:
    """The Asker of the transport `claude-sdk`. `folder` gives an empty git repository of this name while its block
    lasts."""

    processes: ProcessOwner
    make_lines: Callable[[], MessageLines]
    environment: Callable[[ProviderSpec], dict[str, str]]
    folder: Callable[[str], AbstractAsyncContextManager[str]]
    modes: Callable[[Mapping[str, str]], tuple[str, ...]]
    """That a Claude in this environment takes; it does not tell them itself."""
    answer_s: float = ANSWER_S

    async def __call__(self, spec: ProviderSpec) -> Told:
        env = self.environment(spec)
        async with self.folder(spec.id) as cwd:
            command, label = (*spec.command, *FLAGS), f"probe of {spec.id}"
            async with self.processes.launch(
                LaunchSpec(command, cwd, env, label, term_grace_s=TERM_GRACE_S)
            ) as child:
                answer = await self._ask(spec, child)
        models, commands = models_in(answer), commands_in(answer)
        return Told(
            models=tuple(Model(model.id, model.label, model.thinking) for model in models),
            modes=self.modes(env),
            default_mode=next(iter(self.modes(env)), None),
            commands=tuple(CommandInfo(command.name, command.description) for command in commands),
            thinking=thinking_with(models, None),
        )

    async def _ask(self, spec: ProviderSpec, child: OwnedProcess) -> Mapping[str, object]:
        try:
            with trio.fail_after(self.answer_s):
                with suppress(BrokenPipeError):  # it ended before it was asked: its own end says more
                    await child.send(QUESTION.encode() + b"\n")
                response = await _response(self.make_lines(), child)
        except trio.TooSlowError:
            raise ProbeFailed(f"{spec.label} did not answer within {self.answer_s:g} s.") from None
        except BrokenWire as error:
            raise ProbeFailed(f"{spec.label} could not be asked: {error}") from error
        if response is None:
            raise ProbeFailed(f"{spec.label} could not be started: it {await _end(child)}.")
        if response.get("subtype") != "success":
            raise ProbeFailed(f"{spec.label} did not say what it offers: {response.get('error') or ''}")
        answer = response.get("response")
        return answer if isinstance(answer, Mapping) else {}


async def _response(lines: MessageLines, child: OwnedProcess) -> Mapping[str, object] | None:
    """The answer to our question; None when the output ended before."""
    while data := await child.receive():
        for line in lines.feed(data):
            response = line.get("response") if isinstance(line, Mapping) else None
            if isinstance(response, Mapping) and response.get("request_id") == ASKED:
                return response
    return None


async def _end(child: OwnedProcess) -> str:
    with trio.move_on_after(LAST_WORDS_S):
        return (await child.wait()).describe()
    return "closed its output"

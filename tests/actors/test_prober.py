"""Probing: real programs, real handshakes, a real database; what hangs and what crashes."""

import time
from pathlib import Path

import pytest
import trio
from attrs import evolve

from actors.probe_round import ProbeLimits
from boocode.adapters.postgres import PostgresStore
from boocode.domain.events import Command
from boocode.domain.probing import Told
from boocode.ports.agents import SessionLimits
from boocode.ports.names import PROBER
from boocode.ports.probing import AgentLearned
from tests.actors.agent_kit import fault
from tests.actors.prober_kit import PRACTICE, Place, Scene, acp, probing

SHORT = SessionLimits(initialize_s=0.6, open_s=0.6)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


async def test_an_agent_is_found_with_its_version_models_modes_and_commands(
    place: Place, store: PostgresStore
):
    place.agent("helper", "3.2.1", *PRACTICE)
    async with probing(place, store, acp("helper")) as scene:
        await scene.until_quiet()
        helper = scene.providers["helper"]
    assert (helper.installed, helper.version, helper.transport, helper.error) == (True, "3.2.1", "acp", None)
    assert [model.id for model in helper.models] == ["practice-1", "practice-slow"]
    assert helper.modes == ("default", "plan", "auto")
    assert "count" in [command.name for command in helper.commands]


async def test_the_version_of_an_agent_behind_an_interpreter_is_its_own_word(
    place: Place, store: PostgresStore
):
    async with probing(place, store, acp("helper", *PRACTICE)) as scene:
        await scene.until_quiet()
        assert scene.providers["helper"].version == "1.0.0"


async def test_a_program_that_is_not_there_says_how_to_get_it(place: Place, store: PostgresStore):
    specs = (acp("gone", how_to_get="npm install gone"), acp("mine", "/opt/mine"))
    async with probing(place, store, *specs) as scene:
        await scene.until_quiet()
        gone, mine = scene.providers["gone"], scene.providers["mine"]
    assert (gone.installed, mine.installed) == (False, False)
    assert gone.error == "'gone' is not on PATH. To get Gone: npm install gone"
    assert mine.error is not None
    assert "config.toml" in mine.error


async def test_what_was_found_is_served_at_once_at_the_next_start_and_not_asked_again(
    place: Place, store: PostgresStore
):
    place.agent("helper", "1.0", *PRACTICE)
    async with probing(place, store, acp("helper")) as scene:
        await scene.until_quiet()
        first = scene.providers["helper"]
    async with probing(place, store, acp("helper")) as scene:
        assert scene.announced[0] == (first,)
        await scene.until_quiet()
        assert scene.providers["helper"] == first
        assert scene.published == []
    assert place.starts("helper") == 1


async def test_another_version_is_asked_anew(place: Place, store: PostgresStore):
    place.agent("helper", "1.0", *PRACTICE)
    async with probing(place, store, acp("helper")) as scene:
        await scene.until_quiet()
    place.agent("helper", "1.1", *PRACTICE)
    async with probing(place, store, acp("helper")) as scene:
        assert scene.announced[0][0].version == "1.0"
        await scene.until_quiet()
        assert scene.providers["helper"].version == "1.1"
        assert scene.published[-1] == scene.providers["helper"]
    assert place.starts("helper") == 2


async def test_another_environment_is_asked_anew(place: Place, store: PostgresStore):
    place.agent("helper", "1.0", *PRACTICE)
    for value in ("a", "a", "b"):
        async with probing(place, store, acp("helper", env={"A": value})) as scene:
            await scene.until_quiet()
    assert place.starts("helper") == 2


async def test_an_agent_that_has_gone_offers_nothing_any_more(place: Place, store: PostgresStore):
    place.agent("helper", "1.0", *PRACTICE)
    async with probing(place, store, acp("helper")) as scene:
        await scene.until_quiet()
    (place.bin / "helper").unlink()
    async with probing(place, store, acp("helper")) as scene:
        helper = scene.announced[0][0]
        assert (helper.installed, helper.version, helper.models) == (False, None, ())


async def test_a_refresh_asks_everybody_and_tells_what_is_new(place: Place, store: PostgresStore):
    place.agent("helper", "1.0", *PRACTICE)
    async with probing(place, store, acp("helper"), acp("late")) as scene:
        await scene.until_quiet()
        assert not scene.providers["late"].installed
        before = len(scene.published)
        place.agent("late", "2.0", *PRACTICE)
        found = await scene.refresh()
        assert (found["late"].installed, found["late"].version) == (True, "2.0")
        assert {provider.id for provider in scene.published[before:]} == {"late"}
    assert place.starts("helper") == 2


async def test_refreshes_at_the_same_time_are_one(place: Place, store: PostgresStore):
    place.agent("helper", "1.0", *PRACTICE)
    answers: list[object] = []

    async def refresh(scene: Scene) -> None:
        answers.append(await scene.refresh())

    async with probing(place, store, acp("helper")) as scene:
        await scene.until_quiet()
        async with trio.open_nursery() as nursery:
            for _ in range(8):
                nursery.start_soon(refresh, scene)
    assert place.starts("helper") == 2
    assert len(answers) == 8
    assert all(answer == answers[0] for answer in answers)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("mute-initialize",), "initialize"),
        (("mute-session",), "session/new"),
        (("refuse-initialize",), "Authentication required"),
        (("refuse-session",), "Authentication required"),
        (("exit-initialize",), "this agent was not set up: no key"),
    ],
)
async def test_an_agent_that_cannot_be_asked_is_reported_in_its_words_and_is_gone(
    place: Place, store: PostgresStore, words: tuple[str, ...], said: str
):
    async with probing(place, store, acp("broken", *fault(*words)), session_limits=SHORT) as scene:
        await scene.until_quiet()
        broken = scene.providers["broken"]
        assert broken.installed
        assert broken.error is not None
        assert said in broken.error
        assert scene.processes.owned() == ()


async def test_an_agent_that_hangs_in_everything_keeps_nobody_waiting(place: Place, store: PostgresStore):
    place.program("deaf", "trap '' TERM\nwhile :; do sleep 600 & wait; done")
    place.agent("helper", "1.0", *PRACTICE)
    limits = ProbeLimits(version_s=0.5, each_s=20.0, round_s=20.0)
    async with probing(
        place, store, acp("deaf"), acp("helper"), limits=limits, session_limits=SHORT
    ) as scene:
        await scene.until_quiet()
        assert scene.providers["helper"].error is None
        assert scene.providers["deaf"].error is not None
        assert scene.processes.owned() == ()


async def test_a_round_has_an_end_whoever_hangs(place: Place, store: PostgresStore):
    deaf = [acp(f"deaf{n}", *fault("mute-initialize")) for n in range(5)]
    limits = ProbeLimits(version_s=0.5, each_s=60.0, round_s=1.5)
    async with probing(place, store, *deaf, limits=limits) as scene:
        await scene.until_quiet()
        errors = [provider.error for provider in scene.providers.values()]
    assert errors == [f"There was no time left to ask Deaf{n}." for n in range(5)]


async def test_a_version_that_never_comes_costs_only_the_version(place: Place, store: PostgresStore):
    command = " ".join(f"'{word}'" for word in PRACTICE)
    place.program("slow", f'if [ "$1" = --version ]; then sleep 600; fi\nexec {command}')
    async with probing(place, store, acp("slow"), limits=ProbeLimits(version_s=0.5)) as scene:
        await scene.until_quiet()
        slow = scene.providers["slow"]
    assert (slow.error, slow.version) == (None, "1.0.0")
    assert slow.models


async def test_a_refresh_gives_up_a_round_that_hangs(place: Place, store: PostgresStore):
    place.program(
        "once", f"[ -e {place.folder}/twice ] && echo 5.0 && exit\ntouch {place.folder}/twice\nsleep 600"
    )
    spec = evolve(acp("once"), transport="stream-json")
    async with probing(place, store, spec, limits=ProbeLimits(version_s=300.0)) as scene:
        with trio.fail_after(20):
            while not (place.folder / "twice").exists():
                await trio.sleep(0.02)
        began = time.monotonic()
        found = await scene.refresh()
        assert time.monotonic() - began < 20
        assert (found["once"].version, found["once"].error) == ("5.0", None)


async def test_a_prober_may_stop_while_an_agent_hangs(place: Place, store: PostgresStore):
    place.program("deaf", "trap '' TERM\nwhile :; do sleep 600 & wait; done")
    async with probing(place, store, acp("deaf")) as scene:
        with trio.fail_after(20):
            while not scene.processes.owned():
                await trio.sleep(0.02)


async def test_an_error_is_not_what_the_next_start_is_content_with(place: Place, store: PostgresStore):
    place.agent("helper", "1.0", *fault("refuse-session"))
    async with probing(place, store, acp("helper")) as scene:
        await scene.until_quiet()
    async with probing(place, store, acp("helper")) as scene:
        assert scene.announced[0][0].error is not None
        await scene.until_quiet()
    assert place.starts("helper") == 2


async def test_commands_that_come_before_the_session_are_kept(place: Place, store: PostgresStore):
    async with probing(place, store, acp("early", *fault("early-commands"))) as scene:
        await scene.until_quiet()
        assert [command.name for command in scene.providers["early"].commands] == ["early"]


async def test_an_agent_without_commands_is_not_waited_for_for_ever(place: Place, store: PostgresStore):
    async with probing(place, store, acp("plain", *fault("none"))) as scene:
        await scene.until_quiet()
        plain = scene.providers["plain"]
    assert (plain.error, plain.commands, plain.models) == (None, (), ())


async def test_what_is_said_of_itself_in_a_chat_is_learned_stored_and_published(
    place: Place, store: PostgresStore
):
    place.agent("quiet", "1.0", "false")
    spec = evolve(acp("quiet"), transport="stream-json")
    async with probing(place, store, spec) as scene:
        await scene.until_quiet()
        assert scene.providers["quiet"].models == ()
        prober = scene.system.whereis(PROBER)
        prober.cast(AgentLearned("quiet", (("m1", "Model 1"),), ("plan",), (Command("go", "Goes"),)))
        prober.cast(AgentLearned("nobody", (("m1", "Model 1"),)))
        quiet = (await scene.refresh())["quiet"]
        assert ([model.label for model in quiet.models], quiet.modes) == (["Model 1"], ("plan",))
        assert scene.published[-1] == quiet
    assert (await store.list_providers())[0].provider == quiet


async def test_a_known_agent_is_only_asked_on_request(place: Place, store: PostgresStore):
    place.agent("ours", "1.0", *PRACTICE)
    async with probing(place, store, acp("ours"), known={"ours": Told(modes=("known",))}) as scene:
        await scene.until_quiet()
        assert scene.providers["ours"].modes == ("known",)
        assert place.starts("ours") == 0
        assert "plan" in (await scene.refresh())["ours"].modes


async def test_a_transport_without_a_backend_is_named(place: Place, store: PostgresStore):
    place.agent("odd", "1.0", "false")
    async with probing(place, store, evolve(acp("odd"), transport="opencode")) as scene:
        await scene.until_quiet()
        assert scene.providers["odd"].error == "It is set to speak 'opencode', which this version does not."

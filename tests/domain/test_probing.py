"""What is made of an agent's own words, of what lies around it, and of what was known before."""

import pytest
from attrs import evolve

from boocode.contracts.resources import CommandInfo, Model
from boocode.domain.probing import (
    KnownAgent,
    Nearby,
    StoredAgent,
    Told,
    missing,
    models_of,
    set_up,
    version_command,
    version_in,
)


@pytest.mark.parametrize(
    ("command", "asked"),
    [
        (("goose", "acp"), ("goose", "--version")),
        (("/opt/x/qwen", "--acp"), ("/opt/x/qwen", "--version")),
        (("/usr/bin/python3.11", "-m", "agent"), None),
        (("npx", "agent"), None),
        (("env", "A=1", "agent"), None),
    ],
)
def test_an_interpreter_is_not_asked_for_the_agents_version(
    command: tuple[str, ...], asked: tuple[str, ...] | None
):
    assert version_command(command) == asked


@pytest.mark.parametrize(
    ("output", "version"),
    [(" 1.34.0\n", "1.34.0"), ("goose v2.1.0-rc.1 (abc)", "2.1.0-rc.1"), ("no idea", None), ("", None)],
)
def test_the_first_version_in_the_output_counts(output: str, version: str | None):
    assert version_in(output) == version


def models(*names: str) -> tuple[Model, ...]:
    return tuple(Model(name, name.upper()) for name in names)


def ids(*found: Model) -> list[str]:
    return [model.id for model in found]


def test_settings_stand_in_until_the_agent_has_told_of_models():
    nearby = Nearby(listed=models("a", "b"))
    assert ids(*models_of((), Told(), nearby)) == ["a", "b"]
    assert ids(*models_of((), Told(models("x")), nearby)) == ["x"]


def test_configured_and_served_models_are_always_there_and_each_once():
    nearby = Nearby(listed=models("a"), served=models("s", "x"))
    assert ids(*models_of(("x", "c"), Told(models("x")), nearby)) == ["x", "c", "s"]
    assert models_of(("x",), Told(models("x")), Nearby())[0].label == "X"


def test_qwens_model_of_a_sign_in_is_left_out_beside_others():
    assert ids(*models_of((), Told(models("coder(qwen-oauth)", "a")), Nearby())) == ["a"]
    assert ids(*models_of((), Told(models("coder(qwen-oauth)")), Nearby())) == ["coder(qwen-oauth)"]


AGENT = KnownAgent("goose", "Goose", "acp", configured=("c",), installed=True)
TOLD = Told(models("m"), ("plan",), (CommandInfo("go", "Goes"),), "2.0")


def test_what_was_stored_is_shown_at_once():
    before = evolve(AGENT, version="1.0", nearby=Nearby(served=models("s"))).answered(TOLD, "hash")
    stored = StoredAgent(before.provider, before.told, before.asked_as)
    assert AGENT.remembering(stored).provider == before.provider
    assert AGENT.remembering(stored).asked_as == "hash"


def test_nothing_is_remembered_of_an_agent_that_has_gone_or_spoke_otherwise():
    before = AGENT.answered(TOLD, "hash")
    stored = StoredAgent(before.provider, before.told, before.asked_as)
    for now in (evolve(AGENT, installed=False), evolve(AGENT, transport="opencode")):
        assert now.remembering(stored) == now


def test_an_error_from_before_it_was_installed_is_not_remembered():
    gone = StoredAgent(evolve(AGENT, installed=False, error="not there").provider)
    assert AGENT.remembering(gone).error is None


def test_a_failed_question_leaves_what_was_told_and_asks_for_another():
    failed = AGENT.answered(TOLD, "hash").failed("it hung")
    assert (failed.error, failed.told, failed.asked_as) == ("it hung", TOLD, None)
    assert failed.answered(TOLD, "hash").error is None


def test_its_own_version_counts_where_the_program_tells_none():
    assert AGENT.answered(TOLD, "hash").provider.version == "2.0"
    assert evolve(AGENT, version="1.9").answered(TOLD, "hash").provider.version == "1.9"


def test_commands_of_a_chat_fill_in_only_for_an_agent_that_could_not_be_asked():
    heard = Told(commands=(CommandInfo("mine", ""),))
    assert AGENT.overheard(heard).told.commands == heard.commands
    assert AGENT.answered(TOLD, "hash").overheard(heard).told.commands == TOLD.commands


def test_models_and_modes_of_a_chat_are_the_newest_and_empty_ones_say_nothing():
    asked = AGENT.answered(TOLD, "hash")
    assert asked.overheard(Told(models("n"), ("auto",))).told == evolve(
        TOLD, models=models("n"), modes=("auto",)
    )
    assert asked.overheard(Told()).told == TOLD


def test_how_it_thinks_and_what_it_takes_by_itself_stay_when_a_chat_does_not_say_them():
    known = (Model("a", "A", ("low", "high")), Model("b", "B", ()), Model("c", "C"))
    asked = AGENT.answered(Told(known, thinking=("x",), default_model="a", default_mode="plan"), "hash")
    heard = asked.overheard(Told((Model("a", "A!"), Model("b", "B"), Model("n", "N")), ("plan",))).provider
    assert [(m.label, m.thinking) for m in heard.models[:3]] == [
        ("A!", ("low", "high")),
        ("B", ()),
        ("N", None),
    ]
    assert (heard.thinking, heard.default_model, heard.default_mode) == (("x",), "a", "plan")


def test_an_agent_that_works_in_a_chat_has_no_error():
    assert AGENT.failed("it hung").overheard(Told(modes=("auto",))).error is None


def test_a_set_up_differs_by_everything_that_an_answer_depends_on():
    basis = set_up("acp", ("a",), {"A": "1"}, "1", "x")
    assert basis == set_up("acp", ("a",), {"A": "1"}, "1", "x")
    others = {
        set_up("opencode", ("a",), {"A": "1"}, "1", "x"),
        set_up("acp", ("a", "b"), {"A": "1"}, "1", "x"),
        set_up("acp", ("a",), {"A": "2"}, "1", "x"),
        set_up("acp", ("a",), {"A": "1"}, None, "x"),
        set_up("acp", ("a",), {"A": "1"}, "1", "y"),
    }
    assert len(others | {basis}) == 6


def test_a_missing_program_says_what_to_do():
    assert missing("Goose", "goose", "npm i goose") == "'goose' is not on PATH. To get Goose: npm i goose"
    assert "config.toml" in missing("Mine", "mine", "")

"""The registry of agents: built-ins, what config.toml changes of them, and agents that nobody here wrote for."""

from pathlib import Path

import pytest

from boocode.ports.agents import ProviderSpec
from boocode.providers import BUILT_IN, Provider, merge_providers
from boocode.settings import SettingsError, load_settings

FILE = Path("/home/x/config.toml")


def merged(**entries: Provider) -> dict[str, ProviderSpec]:
    return {spec.id: spec for spec in merge_providers(entries, FILE)}


def test_without_entries_the_built_ins_are_there_in_their_order():
    assert merge_providers({}, FILE) == BUILT_IN
    assert list(merged())[:2] == ["boocode", "practice"]


def test_an_overridden_launch_command_wins_and_the_rest_stays():
    goose = merged(goose=Provider(command=("/opt/goose", "acp"), env={"A": "1"}))["goose"]
    assert goose.command == ("/opt/goose", "acp")
    assert (goose.label, goose.env["A"], goose.env["GOOSE_DISABLE_KEYRING"]) == ("Goose", "1", "1")


def test_a_program_of_ones_own_is_not_to_be_got_from_our_registry():
    assert merged(goose=Provider(command=("/opt/goose", "acp")))["goose"].how_to_get == ""
    assert "install" in merged(goose=Provider(command=("goose", "acp")))["goose"].how_to_get


def test_an_entrys_variable_wins_over_the_built_ins():
    assert (
        merged(goose=Provider(env={"GOOSE_DISABLE_KEYRING": ""}))["goose"].env["GOOSE_DISABLE_KEYRING"] == ""
    )


def test_another_transport_of_a_built_in_brings_its_own_command():
    for id_ in ("opencode", "qwen"):
        spec = merged(**{id_: Provider(transport="acp")})[id_]
        assert (spec.transport, spec.command[0]) == ("acp", id_)
        assert "acp" in spec.command[1]


def test_a_command_of_a_built_in_says_which_transport_is_meant():
    spec = merged(opencode=Provider(command=("/opt/opencode", "acp", "--pure")))["opencode"]
    assert (spec.transport, spec.command) == ("acp", ("/opt/opencode", "acp", "--pure"))
    spec = merged(opencode=Provider(command=("/opt/opencode", "serve")))["opencode"]
    assert spec.transport == "opencode"
    spec = merged(opencode=Provider(command=("/opt/wrapper",)))["opencode"]
    assert spec.transport == "opencode"


def test_opencode_runs_nothing_that_a_repository_brings_along_unless_told_to():
    assert merged()["opencode"].env["OPENCODE_DISABLE_PROJECT_CONFIG"] == "1"
    own = Provider(env={"OPENCODE_DISABLE_PROJECT_CONFIG": "0"})
    assert merged(opencode=own)["opencode"].env["OPENCODE_DISABLE_PROJECT_CONFIG"] == "0"


def test_a_new_agent_needs_a_command_and_nothing_else():
    spec = merged(mine=Provider(command=("my-agent", "--acp")))["mine"]
    assert spec == ProviderSpec("mine", "mine", "acp", ("my-agent", "--acp"))


def test_new_agents_follow_the_built_ins_in_the_order_of_the_file(tmp_path: Path):
    (tmp_path / "config.toml").write_text(
        '[providers.zed]\ncommand = ["z"]\n[providers.goose]\nlabel = "G"\n[providers.abc]\ncommand = ["a"]'
    )
    ids = [spec.id for spec in load_settings({}, home=tmp_path).providers]
    assert ids == [*(spec.id for spec in BUILT_IN), "zed", "abc"]


@pytest.mark.parametrize(
    "entry", [Provider(), Provider(label="x"), Provider(command=()), Provider(command=("",))]
)
def test_a_new_agent_without_a_command_is_refused_by_its_name(entry: Provider):
    with pytest.raises(SettingsError, match=r"config.toml: \[providers.mine\]"):
        merged(mine=entry)


def test_boocodes_own_agent_starts_no_program():
    spec = merged()["boocode"]
    assert (spec.label, spec.transport, spec.command) == ("BooCode", "native", ())


def test_it_may_have_another_label_and_models():
    spec = merged(boocode=Provider(label="Local", models=("a", "b")))["boocode"]
    assert (spec.label, spec.transport, spec.command, spec.models) == ("Local", "native", (), ("a", "b"))


def test_there_may_be_others_of_its_kind_and_they_need_no_command():
    small = merged(small=Provider(transport="native", models=("qwen-4b",)))["small"]
    assert small == ProviderSpec("small", "small", "native", (), models=("qwen-4b",))
    assert merged(goose=Provider(transport="native"))["goose"] == ProviderSpec("goose", "goose", "native", ())


@pytest.mark.parametrize(
    ("key", "entry"),
    [
        ("command", Provider(command=("x",))),
        ("env", Provider(env={"A": "1"})),
        ("fallback", Provider(fallback=("x",))),
    ],
)
def test_what_belongs_to_a_program_is_refused_where_there_is_none(key: str, entry: Provider):
    with pytest.raises(SettingsError, match=rf"\[providers.boocode\].*leave its {key} out"):
        merged(boocode=entry)


def test_it_can_be_replaced_by_a_program():
    spec = merged(boocode=Provider(command=("mine", "--acp"), transport="acp"))["boocode"]
    assert (spec.transport, spec.command) == ("acp", ("mine", "--acp"))


def test_an_id_is_short_and_plain():
    with pytest.raises(SettingsError, match="1 to 32"):
        merge_providers({"a" * 33: Provider(command=("a",))}, FILE)

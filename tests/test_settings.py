"""Settings: precedence, defaults, and refusals that name the file and the key."""

from pathlib import Path

import pytest

from boocode.settings import SettingsError, default_home, load_settings

REFUSED = [
    ('[server]\nport = "x"', ["server.port", "expected int", "found str"]),
    ("[server]\nprt = 1", ["[server]", "'prt'", "host, port"]),
    ("[surver]\nport = 1", ["unknown key 'surver'", "server"]),
    ("[server]\nport = 70000", ["server.port", "70000", "from 0 to 65535"]),
    ("[pool]\nmax_warm = 0", ["pool.max_warm", "at least 1"]),
    ("[database]\npatience_s = -1", ["database.patience_s", "0 seconds or more"]),
    ("[dispatch]\nlease_s = 0.5", ["dispatch.lease_s", "0.5", "at least 1 seconds"]),
    ("[worktrees]\ngrace_s = -1", ["worktrees.grace_s", "0 seconds or more"]),
    ("[worktrees]\nlook_s = 0", ["worktrees.look_s", "more than 0 seconds"]),
    ("[limits]\nturn_stall_s = -1", ["limits.turn_stall_s", "more than 0 seconds"]),
    ("[limits]\nagent_cancel_s = 0", ["limits.agent_cancel_s", "more than 0 seconds"]),
    ('[model]\nbase_url = "localhost:8080"', ["model.base_url", "localhost:8080", "http://"]),
    ('[model]\nbase_url = ""', ["model.base_url", "http://"]),
    ('[model]\napi_key = "sk-ü"', ["model.api_key", "plain letters"]),
    ('[model]\napi_key = "sk\\n"', ["model.api_key", "on one line"]),
    ('[native]\nmode = "careful"', ["native.mode", "careful"]),
    ('[native]\nedits = "never"', ["native.edits", "never"]),
    ("[native]\nmax_steps = 0", ["native.max_steps", "at least 1"]),
    ("[native]\ncontext_tokens = 100", ["native.context_tokens", "100", "at least 2000 tokens"]),
    ("[native]\ncommand_timeout_s = 0", ["native.command_timeout_s", "more than 0 seconds"]),
    ('[native]\nallowed_read_paths = ["docs"]', ["native.allowed_read_paths", "'docs'", "absolute"]),
    ('[native]\nallowed_read_paths = "/a"', ["native.allowed_read_paths", "expected array"]),
    ('[permissions]\non_timeout = "maybe"', ["permissions.on_timeout", "maybe"]),
    ('[providers.x]\nlabel = "a"', ["[providers.x]", "no command", 'command = ["my-agent"']),
    ('[providers."A b"]\ncommand = ["a"]', ["[providers.A b]", "1 to 32"]),
    ('[providers.x]\ncommand = "a b"', ["providers", "expected array"]),
    ('[providers.x]\ncommand = ["a"]\nenv = { A = 1 }', ["expected str", "found int"]),
    ('[providers.x]\ncommand = ["a"]\ntransprt = "acp"', ["[providers.x]", "'transprt'"]),
    ("server = 3", ["server", "expected object"]),
    ("[server", ["not valid TOML"]),
]


@pytest.mark.parametrize(("text", "words"), REFUSED)
def test_a_wrong_file_is_refused_with_its_name_and_key(tmp_path: Path, text: str, words: list[str]):
    (tmp_path / "config.toml").write_text(text)
    with pytest.raises(SettingsError) as refused:
        load_settings({}, home=tmp_path)
    for word in [str(tmp_path / "config.toml"), *words]:
        assert word in str(refused.value)


def test_without_a_file_the_defaults_hold(tmp_path: Path):
    settings = load_settings({}, home=tmp_path)
    assert (settings.host, settings.port) == ("127.0.0.1", 9502)
    assert settings.database_url is None
    assert settings.config.limits.turn_stall_s == 180.0
    assert [spec.id for spec in settings.providers][:2] == ["boocode", "practice"]


def test_the_command_line_wins_over_the_environment_over_the_file(tmp_path: Path):
    (tmp_path / "config.toml").write_text('[server]\nport = 1\n[database]\nurl = "file"')
    environ = {"BOOCODE_PORT": "2", "DATABASE_URL": "environment", "BOOCODE_TOKEN": "t"}
    assert load_settings({}, home=tmp_path).port == 1
    assert load_settings(environ, home=tmp_path).port == 2
    assert load_settings(environ, home=tmp_path, port=3).port == 3
    assert load_settings({}, home=tmp_path).database_url == "file"
    assert load_settings(environ, home=tmp_path).database_url == "environment"
    assert load_settings(environ, home=tmp_path, database_url="line").database_url == "line"
    assert load_settings(environ, home=tmp_path).token == "t"


@pytest.mark.parametrize("port", ["x", "-1", "65536", "", "٣"])
def test_a_port_that_is_none_is_refused_by_its_name(tmp_path: Path, port: str):
    with pytest.raises(SettingsError, match="BOOCODE_PORT"):
        load_settings({"BOOCODE_PORT": port}, home=tmp_path)


def test_the_home_comes_from_the_environment():
    assert default_home({"BOOCODE_HOME": "/x/y"}) == Path("/x/y")
    assert default_home({"XDG_DATA_HOME": "/data"}) == Path("/data/boocode")
    assert default_home({}).name == "boocode"


def test_an_entry_overrides_a_built_in_key_by_key(tmp_path: Path):
    (tmp_path / "config.toml").write_text(
        '[providers.goose]\ncommand = ["/opt/goose", "acp"]\nenv = { A = "1" }'
    )
    goose = next(spec for spec in load_settings({}, home=tmp_path).providers if spec.id == "goose")
    assert goose.command == ("/opt/goose", "acp")
    assert goose.label == "Goose"
    assert goose.env["A"] == "1"
    assert goose.env["GOOSE_DISABLE_KEYRING"] == "1"


def test_a_new_provider_needs_only_a_command(tmp_path: Path):
    (tmp_path / "config.toml").write_text(
        '[providers.mine]\ncommand = ["my-agent", "--acp"]\nmodels = ["m1"]'
    )
    mine = load_settings({}, home=tmp_path).providers[-1]
    assert (mine.id, mine.label, mine.transport, mine.models) == ("mine", "mine", "acp", ("m1",))


def test_the_practice_agent_remembers_in_the_home(tmp_path: Path):
    (practice,) = (spec for spec in load_settings({}, home=tmp_path).providers if spec.id == "practice")
    assert practice.env["BOOCODE_PRACTICE_STATE"] == str(tmp_path / "practice")


def test_the_native_agent_has_settings_and_defaults(tmp_path: Path):
    default = load_settings({}, home=tmp_path).config.native
    assert (default.mode, default.edits, default.context_tokens, default.max_steps) == (
        "edit",
        "pending",
        None,
        50,
    )
    assert (default.allowed_read_paths, default.command_timeout_s) == ((), 600.0)
    (tmp_path / "config.toml").write_text(
        '[native]\nmode = "plan"\nedits = "worktree"\ncontext_tokens = 32768\nmax_steps = 10\n'
        'allowed_read_paths = ["/usr/include", "~/notes"]\ncommand_timeout_s = 5\n'
        '[model]\nbase_url = "http://127.0.0.1:8080/v1"\napi_key = "k"\ndefault = "a"\nfast = "b"'
    )
    config = load_settings({}, home=tmp_path).config
    assert (config.native.mode, config.native.edits, config.native.context_tokens) == (
        "plan",
        "worktree",
        32768,
    )
    assert config.native.allowed_read_paths == ("/usr/include", "~/notes")
    assert (config.model.base_url, config.model.default, config.model.fast) == (
        "http://127.0.0.1:8080/v1",
        "a",
        "b",
    )


def test_a_key_that_is_refused_is_not_shown(tmp_path: Path):
    (tmp_path / "config.toml").write_text('[model]\napi_key = "hünter2"\n')
    with pytest.raises(SettingsError) as refused:
        load_settings({}, home=tmp_path)
    assert "nter2" not in str(refused.value)

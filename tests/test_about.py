"""What people are told of the set-up holds no secret."""

from boocode.about import about
from boocode.contracts.codec import encode
from boocode.settings import load_settings

CONFIG = """
[server]
port = 4711
[database]
url = "postgresql://me:hunter2@db.example/boocode"
[limits]
turn_stall_s = 60
[permissions]
on_timeout = "allow"
[model]
base_url = "http://user:hunter2@models.example"
api_key = "hunter2"
[providers.mine]
label = "Mine"
command = ["mine", "--key", "hunter2"]
transport = "acp"
env = { KEY = "hunter2" }
"""


def test_it_says_what_is_set_and_no_secret(tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG)
    told = about(load_settings({"BOOCODE_TOKEN": "hunter2"}, home=tmp_path), "http://127.0.0.1:4711")
    facts = {fact.key: fact for fact in told.facts}
    assert (facts["limits.turn_stall_s"].value, facts["limits.turn_stall_s"].is_default) == (60, False)
    assert (facts["permissions.on_timeout"].value, facts["permissions.on_timeout"].is_default) == (
        "allow",
        False,
    )
    assert (facts["pool.max_warm"].value, facts["pool.max_warm"].is_default) == (8, True)
    assert (told.database, told.config_file) == ("own", str(tmp_path / "config.toml"))
    assert b"hunter2" not in encode(told)


def test_without_a_config_everything_is_as_by_default(tmp_path):
    told = about(load_settings({}, home=tmp_path), "http://127.0.0.1:9502")
    assert told.database == "embedded"
    assert told.facts
    assert all(fact.is_default for fact in told.facts)


def test_settings_of_the_native_agent_are_among_them_in_plain_words(tmp_path):
    (tmp_path / "config.toml").write_text('[native]\nmode = "plan"\nallowed_read_paths = ["/a", "/b"]\n')
    facts = {fact.key: fact for fact in about(load_settings({}, home=tmp_path), "http://h").facts}
    assert (facts["native.mode"].value, facts["native.mode"].is_default) == ("plan", False)
    assert facts["native.allowed_read_paths"].value == "/a, /b"
    assert (facts["native.context_tokens"].value, facts["native.context_tokens"].is_default) == (
        "not set",
        True,
    )

"""What an agent sees of BooCode's environment."""

from boocode.domain.agent_environment import agent_environment


def test_what_coding_agents_need_is_passed_on() -> None:
    ours = {
        "PATH": "/bin",
        "HOME": "/home/me",
        "LC_ALL": "de_DE.UTF-8",
        "XDG_CONFIG_HOME": "/c",
        "HTTPS_PROXY": "http://proxy",
        "ANTHROPIC_BASE_URL": "http://localhost",
        "SOME_VENDOR_API_KEY": "key",
    }
    assert agent_environment(ours, {}) == {**ours, "LANG": "C.UTF-8"}


def test_what_is_boocodes_own_or_unknown_stays() -> None:
    ours = {
        "BOOCODE_TOKEN": "secret",
        "BOOCODE_API_KEY": "secret",
        "DATABASE_URL": "postgresql://me:secret@db/x",
        "PGPASSWORD": "secret",
        "SSH_AUTH_SOCK": "/run/agent",
        "SOMETHING_ELSE": "secret",
    }
    assert "secret" not in "".join(agent_environment(ours, {}).values())
    assert "SSH_AUTH_SOCK" not in agent_environment(ours, {})


def test_the_providers_own_variables_win() -> None:
    env = agent_environment({"PATH": "/bin", "OPENAI_API_KEY": "mine"}, {"OPENAI_API_KEY": "none", "X": "1"})
    assert (env["OPENAI_API_KEY"], env["X"], env["PATH"]) == ("none", "1", "/bin")


def test_no_config_hands_over_the_token() -> None:
    assert "BOOCODE_TOKEN" not in agent_environment({}, {"BOOCODE_TOKEN": "secret"})

"""mcp.json: what is read of it, what is refused, and that one bad entry harms no other."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from boocode.domain.native.mcp_config import (
    CALL_S,
    Http,
    McpConfig,
    McpConfigError,
    McpEntry,
    Stdio,
    parse_mcp,
)


def parsed(servers: Mapping[str, Any], **environ: str) -> McpConfig:
    return parse_mcp(json.dumps({"mcpServers": servers}), environ)


def only(entry: Mapping[str, Any], **environ: str) -> McpEntry:
    config = parsed({"s": entry}, **environ)
    assert config.refused == {}
    return config.entries[0]


def test_an_empty_file_holds_no_servers():
    assert parse_mcp("", {}) == parse_mcp("{}", {}) == McpConfig()


def test_a_child_has_command_arguments_environment_and_place():
    entry = only({"command": "uvx", "args": ["mcp-server-git", "-v"], "env": {"A": "1"}, "cwd": "~/x"})
    assert entry.way == Stdio(("uvx", "mcp-server-git", "-v"), {"A": "1"}, "~/x")
    assert entry.call_s == CALL_S


def test_a_listening_server_has_an_address_and_headers():
    entry = only({"type": "http", "url": "https://x.test/mcp", "headers": {"X-Key": " k \n"}, "timeout_s": 5})
    assert (entry.way, entry.call_s) == (Http("https://x.test/mcp", {"X-Key": "k"}), 5.0)


@pytest.mark.parametrize("word", ["streamable-http", "streamableHttp", "http", "remote"])
def test_other_programs_words_for_http_are_understood(word: str):
    assert isinstance(only({"type": word, "url": "http://localhost:1/"}).way, Http)


def test_other_programs_shapes_are_understood():
    entry = only(
        {"type": "local", "command": ["npx", "-y", "it"], "environment": {"A": "1"}, "enabled": True}
    )
    assert entry.way == Stdio(("npx", "-y", "it"), {"A": "1"})
    assert parse_mcp('{"servers": {"a": {"command": "x"}}}', {}).entries[0].name == "a"


def test_variables_are_replaced_at_any_depth():
    entry = only(
        {"command": "{env:PROGRAM}", "args": ["--key=${env:KEY}"], "env": {"URL": "{env:A}/{env:B}"}},
        PROGRAM="prog",
        KEY="k",
        A="1",
        B="2",
    )
    assert entry.way == Stdio(("prog", "--key=k"), {"URL": "1/2"})


def test_a_variable_in_a_value_is_not_replaced_again():
    assert only({"command": "x", "args": ["{env:A}"]}, A="{env:B}", B="b").way == Stdio(("x", "{env:B}"))


def test_unset_names_are_warned_of_by_name_once():
    config = parsed({"s": {"command": "x", "args": ["{env:NO}{env:NO}", "{env:NEITHER}"]}})
    assert config.entries[0].way == Stdio(("x", "", ""))
    assert config.warnings == (
        "MCP server s: the environment variable NO is not set.",
        "MCP server s: the environment variable NEITHER is not set.",
    )


def test_boocodes_own_variables_are_given_to_nobody():
    config = parsed({"s": {"command": "x", "args": ["{env:BOOCODE_TOKEN}"]}}, BOOCODE_TOKEN="the-token")
    assert config.entries[0].way == Stdio(("x", ""))
    assert "BOOCODE_TOKEN" in config.warnings[0]


def test_a_disabled_server_is_not_even_looked_at():
    config = parsed({"a": {"disabled": True}, "b": {"enabled": False, "command": "{env:NO}"}})
    assert (config.entries, config.disabled, config.warnings) == ((), ("a", "b"), ())


def test_a_key_without_effect_is_warned_of():
    config = parsed({"s": {"command": "x", "autoApprove": ["y"], "headers": {}}})
    assert [words.split("`")[1] for words in config.warnings] == ["autoApprove", "headers"]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("x", "must be an object"),
        ({}, "needs either a `command` or a `url`"),
        ({"command": "x", "url": "http://x"}, "needs either"),
        ({"command": "  "}, "`command` must be the name of a program"),
        ({"command": 5}, "`command` must be"),
        ({"command": []}, "`command` must be"),
        ({"command": "x", "args": "y"}, "`args` must be a list of strings"),
        ({"command": "x", "args": [1]}, "`args` must be a list of strings"),
        ({"command": "x", "env": {"A": 1}}, "`env` must be an object of strings"),
        ({"command": "x", "env": {"A=B": "1"}}, "a name that no variable can have"),
        ({"command": "x", "cwd": 1}, "`cwd` must be a string"),
        ({"command": "x\0y"}, "NUL"),
        ({"type": "stdio", "url": "http://x"}, "needs a `command`"),
        ({"type": "http", "command": "x"}, "needs a `url`"),
        ({"type": "carrier pigeon", "command": "x"}, "`type` must be stdio or http"),
        ({"type": "sse", "url": "http://x"}, "streamable HTTP"),
        ({"url": "ftp://x"}, "http:// or https://"),
        ({"url": "http://"}, "http:// or https://"),
        ({"url": "http://x:99999/"}, "http:// or https://"),
        ({"url": "http://[::1"}, "http:// or https://"),
        ({"url": "http://x", "headers": {"A": "b\r\nC: d"}}, "characters that no header can"),
        ({"url": "http://x", "headers": {"A": "é"}}, "characters that no header can"),
        ({"command": "x", "disabled": "yes"}, "`disabled` must be true or false"),
        ({"command": "x", "timeout_s": 0}, "`timeout_s`"),
        ({"command": "x", "timeout_s": True}, "`timeout_s`"),
    ],
)
def test_a_bad_entry_is_refused_with_its_reason_and_alone(entry: object, words: str):
    config = parsed({"bad": entry, "good": {"command": "x"}})
    assert [each.name for each in config.entries] == ["good"]
    assert list(config.refused) == ["bad"]
    assert words in config.refused["bad"]


def test_one_name_in_both_tables_is_refused():
    text = '{"mcpServers": {"a": {"command": "x"}}, "servers": {"a": {"command": "y"}}}'
    config = parse_mcp(text, {})
    assert (config.entries, list(config.refused)) == ((), ["a"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is not JSON"),
        ("[]", "must be an object"),
        ('{"mcpServers": []}', "must be an object of servers"),
        ('{"mcpservers": {}}', 'has no "mcpServers"'),
        ("[" * 100_000, "is not JSON"),
    ],
)
def test_a_file_that_is_none_is_refused_as_a_whole(text: str, words: str):
    with pytest.raises(McpConfigError, match=words):
        parse_mcp(text, {})


def test_a_refused_header_does_not_say_its_value():
    config = parsed({"s": {"url": "http://x", "headers": {"A": "{env:KEY}\0"}}}, KEY="very-secret")
    assert "very-secret" not in str(config)


def test_an_entry_shows_no_secret():
    child = only(
        {"command": "x", "args": ["--key", "{env:KEY}"], "env": {"API_TOKEN": "literal-1"}}, KEY="k-4711"
    )
    assert child.shown == "x --key •••"
    assert child.redacted("k-4711 literal-1") == "••• •••"
    url = "https://user:pass-4711@x.test/mcp?key=query-4711"
    there = only({"url": url, "headers": {"Authorization": "Bearer header-4711"}})
    assert there.shown == "https://user:•••@x.test/mcp?key=•••"
    assert there.redacted("header-4711") == "•••"
    assert not any(secret in repr((child, there)) for secret in ("4711", "literal-1"))


def test_a_secret_that_stands_in_an_argument_or_is_written_in_percents_is_shown_nowhere():
    args = [
        "--api-key",
        "flag-4711",
        "--token=joined-4711",
        "--verbose",
        "postgres://postgres:pass%40-4711@h/db",
    ]
    child = only({"command": "x", "args": args})
    assert child.shown == "x --api-key ••• --token=••• --verbose postgres://postgres:•••@h/db"
    assert child.redacted("pass@-4711") == "•••"
    there = only({"url": "https://x.test/mcp?key=a%2Fquery-4711"})
    assert there.shown == "https://x.test/mcp?key=•••"
    assert there.redacted("a/query-4711") == "•••"


def test_an_entry_that_no_program_or_screen_can_be_given_is_refused_alone():
    config = parse_mcp(
        '{"servers": {"a\\ud800\\u001b": {"command": "x"}, "b": {"command": "\\ud800"}, "c": {"command": "x"}}}',
        {},
    )
    assert [entry.name for entry in config.entries] == ["c"]
    assert sorted(config.refused) == ["a??", "b"]
    str(config.refused).encode()


def test_a_path_from_the_environment_is_no_secret():
    entry = only({"command": "x", "args": ["{env:HOME}/work"], "env": {"ROOT": "/srv/data"}}, HOME="/home/me")
    assert entry.shown == "x /home/me/work"
    assert entry.redacted("/srv/data") == "/srv/data"

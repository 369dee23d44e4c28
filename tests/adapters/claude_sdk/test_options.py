"""How Claude is started, and what its questions and its offer mean in our words."""

import subprocess
import sys

import pytest
from claude_agent_sdk import PermissionUpdate
from claude_agent_sdk.types import PermissionRuleValue

from boocode.adapters.claude_sdk.options import child_environment, command_line, is_uuid, options_for
from boocode.adapters.claude_sdk.talk import always_means, offer_of
from boocode.domain.claude.offers import ClaudeModel
from boocode.ports.processes import LaunchSpec

ID = "6a1f6f0e-3a0f-4d2f-9c58-0d5e6b7a8c9d"


def words(*, bypass: bool = False, **ids: str) -> tuple[str, ...]:
    return command_line(
        ("npx", "claude"), options_for("/srv/work", "/home/x/.claude", None, **ids), bypass=bypass
    )


def test_the_command_stays_whole_and_the_flags_follow():
    assert words(session_id=ID)[:2] == ("npx", "claude")
    assert f"--session-id={ID}" in words(session_id=ID)
    assert f"--resume={ID}" in words(resume=ID)
    assert not any(word.startswith("--session-id") for word in words(resume=ID))


def test_nothing_of_the_repositorys_settings_is_taken_and_questions_come_to_us():
    flags = words(session_id=ID)
    assert {"--setting-sources=", "--strict-mcp-config", "--include-partial-messages"} <= set(flags)
    assert flags[flags.index("--permission-prompt-tool") + 1] == "stdio"
    assert flags[flags.index("--permission-mode") + 1] == "default"
    assert "--system-prompt" not in flags, "the SDK would start it with an empty one"


def test_tools_that_are_boocodes_are_not_offered():
    flags = words(session_id=ID)
    refused = flags[flags.index("--disallowedTools") + 1].split(",")
    assert {"EnterWorktree", "CronCreate", "SendMessage", "AskUserQuestion"} <= set(refused)


def test_leave_to_do_everything_is_a_flag_only_where_it_may_be_chosen():
    flag = "--allow-dangerously-skip-permissions"
    assert (flag in words(bypass=True), flag in words()) == (True, False)
    assert "bypassPermissions" in offer_of({}, bypass=True).modes
    assert "bypassPermissions" not in offer_of({}, bypass=False).modes


def test_the_environment_is_the_launchs_and_what_the_sdk_adds():
    launch = LaunchSpec(
        ("claude",), "/srv/work", {"HOME": "/home/x", "CLAUDE_CODE_ENTRYPOINT": "cli"}, "test"
    )
    env = child_environment(launch)
    assert (env["HOME"], env["PWD"], env["CLAUDE_CODE_ENTRYPOINT"]) == ("/home/x", "/srv/work", "sdk-py")
    assert "PATH" not in env


@pytest.mark.parametrize("text", ["", "1", "../x", "--version", f"{ID}/..", ID.replace("-", "")])
def test_only_a_uuid_is_resumed(text: str):
    assert not is_uuid(text)
    assert is_uuid(ID)


def test_what_always_would_mean_is_said():
    rules = [PermissionRuleValue("Bash", "npm test:*"), PermissionRuleValue("WebFetch")]
    add = PermissionUpdate(type="addRules", rules=rules, behavior="allow", destination="localSettings")
    edits = PermissionUpdate(type="setMode", mode="acceptEdits", destination="session")
    place = PermissionUpdate(type="addDirectories", directories=["/srv/other"], destination="session")
    assert always_means([add]) == "Always allow Bash(npm test:*), WebFetch"
    assert always_means([edits, place]) == "Always allow all edits, work in /srv/other"
    assert always_means([]) is None


def test_an_offer_leaves_out_what_it_cannot_read():
    info = {"models": [{"value": "opus"}, {"displayName": "x"}, 3], "commands": [{"name": "init"}, {}]}
    offer = offer_of(info, bypass=False)
    assert offer.models == (ClaudeModel("opus", "opus"),)
    assert [command.name for command in offer.commands.commands] == ["init"]


def test_the_sdk_is_imported_only_when_it_is_wanted():
    """It would cost tens of megabytes for as long as BooCode runs."""
    code = "import sys, boocode.compose; sys.exit('claude_agent_sdk' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

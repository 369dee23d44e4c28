"""The SDK's options for one conversation, and the command line that its own launcher would make of them."""

import uuid
from typing import Any

from claude_agent_sdk import ClaudeAgentOptions, SessionStore, __version__
from claude_agent_sdk._internal.transport.subprocess_cli import SubprocessCLITransport

from boocode.domain.claude.modes import may_bypass as may_bypass
from boocode.ports.processes import LaunchSpec

NOT_OFFERED = (
    *("EnterWorktree", "ExitWorktree"),  # the worktree is BooCode's to choose
    *("CronCreate", "CronDelete", "CronList", "ScheduleWakeup"),  # turns begin with a prompt of ours
    *("ListAgents", "SendMessage"),  # agents of other chats are none of its business
    "AskUserQuestion",  # nobody could answer it
)


def options_for(
    cwd: str,
    config_dir: str,
    store: SessionStore | None,
    session_id: str | None = None,
    resume: str | None = None,
) -> ClaudeAgentOptions:
    """Nothing of the repository's own settings, hooks and servers is run: it may be a hostile one."""
    return ClaudeAgentOptions(
        cwd=cwd,
        env={
            "CLAUDE_CONFIG_DIR": config_dir
        },  # for the SDK's own eyes: the child's environment is the launch's
        include_partial_messages=True,
        permission_mode="default",
        setting_sources=[],
        strict_mcp_config=True,
        system_prompt={"type": "preset", "preset": "claude_code"},
        disallowed_tools=list(NOT_OFFERED),
        session_store=store,
        session_store_flush="eager",
        session_id=session_id,
        resume=resume,
    )


def command_line(command: tuple[str, ...], options: ClaudeAgentOptions, *, bypass: bool) -> tuple[str, ...]:
    """The words that start Claude for a conversation with the SDK: `command` and then the SDK's flags."""
    options.permission_prompt_tool_name = "stdio"
    options.extra_args = {"allow-dangerously-skip-permissions": None} if bypass else {}
    options.cli_path = command[0]
    flags = SubprocessCLITransport(prompt=_no_prompt(), options=options)._build_command()[1:]
    return (*command, *flags)


def child_environment(launch: LaunchSpec) -> dict[str, str]:
    """What the SDK's launcher adds to the environment."""
    return {
        **launch.env,
        "CLAUDE_CODE_ENTRYPOINT": "sdk-py",
        "CLAUDE_AGENT_SDK_VERSION": __version__,
        "CLAUDE_CODE_SDK_READS_SESSION_STATE": "1",
        "PWD": launch.cwd,
    }


def is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


async def _no_prompt() -> Any:
    return
    yield

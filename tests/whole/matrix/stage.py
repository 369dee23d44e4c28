"""The stage of the fault matrix: one real server with an agent for each fault, and what must hold after every row."""

import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import psutil
import trio
from attrs import define, frozen

import tests.kit.fault_agent
from boocode.cli.client import Client, path_of
from boocode.cli.server import Server
from tests.kit.deaths import agent_process
from tests.kit.driving import Json, Turn, assert_sound, chat_frames, follow, new_chat, post, prompt, whole_log
from tests.kit.server import family_of

FAULT_AGENT = str(tests.kit.fault_agent.__file__)
STALL_S, QUIET_S, HANDSHAKE_S, CANCEL_S = 8.0, 2.0, 5.0, 1.0
SLACK = 10
"""Machines are busy: what the table asks for is asserted ten times over, and measured by `python -m benchmarks`."""
LIMITS = {
    "turn_stall_s": STALL_S,
    "turn_quiet_s": QUIET_S,
    "agent_initialize_s": HANDSHAKE_S,
    "agent_session_s": HANDSHAKE_S,
    "agent_cancel_s": CANCEL_S,
}
GOOD = "be good"
WELL = "all is well"


def config(folder: Path, faults: Mapping[str, tuple[str, ...]], limits: Mapping[str, float] = LIMITS) -> str:
    """config.toml with one agent for each fault: name → the fault agent's words.

    A name that ends in `-first` misbehaves only in processes that start while the file of that name exists.
    """
    lines = ["[pool]", "max_warm = 6", "[limits]", *(f"{key} = {value}" for key, value in limits.items())]
    for name, words in faults.items():
        command = [sys.executable, FAULT_AGENT, *words]
        lines += [f"[providers.{name}]", f"command = {command!r}".replace("'", '"')]
        if name.endswith("-first"):
            lines.append(f'env = {{ FAULT_WHILE = "{folder / name}" }}')
    return "\n".join(lines) + "\n"


@frozen
class Place:
    """A running server, as processes see it."""

    home: Path
    folder: Path
    """Where agents leave notes and find out whether to misbehave."""
    repository: Path
    url: str
    token: str
    pid: int


@define
class Stage:
    """What a row does with the server."""

    place: Place
    client: Client
    other: str = ""
    """A chat that no fault concerns."""

    async def chat(self) -> str:
        return await new_chat(self.client, self.place.repository)

    async def turn(
        self, chat: str, agent: str, text: str = "go on", on_frame: Callable[[Json], Any] | None = None
    ) -> Turn:
        return await prompt(self.client, chat, text, agent=agent, on_frame=on_frame)

    async def begin(self, chat: str, agent: str, text: str = "go on") -> str:
        """Posts a prompt; the task's id."""
        return str((await post(self.client, chat, text, agent))["task"]["id"])

    async def follow(self, chat: str, task: str, on_frame: Callable[[Json], Any] | None = None) -> Turn:
        return await follow(self.client, chat, task, on_frame=on_frame)

    async def until(self, chat: str, fits: Callable[[Json], object], within_s: float = 30.0) -> Json:
        """The first frame of the chat that fits, from its beginning on."""
        with trio.fail_after(within_s):
            async with chat_frames(self.client, chat) as frames:
                async for frame in frames:
                    if fits(frame):
                        return frame
        raise AssertionError("the frames ended")

    async def cancel(self, chat: str) -> None:
        await self.client.post(path_of("chats", chat, "cancel"))

    async def text(self, chat: str) -> str:
        """The text of the chat's last answer, as stored."""
        page = await self.client.get(path_of("chats", chat, "messages"))
        return str(page["items"][-1]["text"])

    async def owned(self) -> list[Json]:
        found: list[Json] = (await self.client.get("/api/supervision"))["owned_processes"]
        return found

    async def agent_process(self, chat: str) -> psutil.Process:
        return await agent_process(self.client, chat)

    def memory(self) -> int:
        return int(psutil.Process(self.place.pid).memory_info().rss)

    def switch(self, name: str) -> Path:
        """The file that makes the agent of this name misbehave, now there."""
        path = self.place.folder / name
        path.touch()
        return path

    async def all_is_well(self, chat: str, agent: str) -> None:
        """What must hold after every row."""
        turn = await self.turn(chat, agent, GOOD)
        assert (turn.status, turn.text) == ("complete", WELL), turn.ends
        beside = await self.turn(self.other, "none", GOOD)
        assert (beside.status, beside.text) == ("complete", WELL), beside.ends
        for each in (chat, self.other):
            assert_sound(await whole_log(self.client, each))
        await self.owned_is_living()

    async def owned_is_living(self) -> None:
        await owned_is_living(self.client, self.place.pid, self.place.home)


async def owned_is_living(client: Client, pid: int, home: Path) -> None:
    """What the API says and what the machine says may differ for the moment between an end and its notice."""
    owned: set[int] = set()
    living: set[int] = {-1}
    with trio.move_on_after(10):
        while owned != living:
            owned = {each["pid"] for each in (await client.get("/api/supervision"))["owned_processes"]}
            living = {each.pid for each in family_of(pid, home)}
            if owned != living:
                await trio.sleep(0.1)
    assert owned == living


@asynccontextmanager
async def stage_at(place: Place) -> AsyncIterator[Stage]:
    async with httpx2.AsyncClient(
        base_url=place.url, headers={"authorization": f"Bearer {place.token}"}, timeout=60.0
    ) as http:
        stage = Stage(place, Client(Server(place.url, place.token), http))
        stage.other = await stage.chat()
        yield stage


def is_gone(pid: int) -> bool:
    """Ended, if perhaps not reaped yet."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


async def until_gone(*pids: int) -> None:
    """Nothing tells of the end of a process that is not ours."""
    with trio.move_on_after(10):
        while not all(map(is_gone, pids)):
            await trio.sleep(0.02)
    assert [pid for pid in pids if not is_gone(pid)] == []


def pids_in(path: Path) -> Iterator[int]:
    return map(int, path.read_text().split())


def environment(home: Path) -> dict[str, str]:
    environ = {**os.environ, "BOOCODE_HOME": str(home)}
    environ.pop("DATABASE_URL", None)
    return environ

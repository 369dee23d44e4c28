"""Starting an opencode server: its command, its password, and the line in which it says where it listens."""

import re

import trio

from boocode.ports.processes import OwnedProcess

USER = "opencode"
CLOSED_S = 2.0
"""How long a server whose output has ended may take to end itself, so that we can say how it did."""
_LISTENS = re.compile(rb"listening on (http://\S+)\s")
_FIRST_OUTPUT_BYTES = 64 * 1024


class NotListening(Exception):
    """The server's output ended before it listened; str() says how, for people."""


def server_command(command: tuple[str, ...]) -> tuple[str, ...]:
    """The provider's command with what we rely on, unless it says so itself: a port of its own, on loopback."""
    for option, value in (("--port", "0"), ("--hostname", "127.0.0.1")):
        if not any(word == option or word.startswith(f"{option}=") for word in command):
            command = (*command, option, value)
    return command


def locked(password: str) -> dict[str, str]:
    """The environment that makes a server ask for this password; without one it would be open to everybody here."""
    return {"OPENCODE_SERVER_USERNAME": USER, "OPENCODE_SERVER_PASSWORD": password}


async def where_it_listens(child: OwnedProcess) -> str:
    """The URL that it prints. Raises NotListening."""
    seen = b""
    while (found := _LISTENS.search(seen)) is None:
        data = await child.receive()
        if not data:
            how = "closed its output"
            with trio.move_on_after(CLOSED_S):
                how = (await child.wait()).describe()
            raise NotListening(how)
        seen = (seen + data)[-_FIRST_OUTPUT_BYTES:]
    return found[1].decode()

"""Run a command where only loopback can be reached, and say what it tried beyond: `python -m tools.offline CMD …`.

The command runs in a network namespace of its own, in which every address is this machine: whoever looks for the world
is refused at once, and seen. Exits with the command's code, or with 3 when it went well but reached out. Needs Linux,
`unshare`, `ip`, and the right to make user namespaces; where that is missing it exits with 2, or with `--if-possible`
says so and runs the command as it is.
"""

import ipaddress
import shutil
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Sequence

from attrs import frozen

REACHED_OUT = 3
NOT_POSSIBLE = 2
INSIDE = "--inside"
IF_POSSIBLE = "--if-possible"
ETH_P_ALL = 0x0003
DNS_PORT = 53
TCP, UDP = 6, 17
SYN_ONLY = 0x12
"""Of a TCP header's flags: SYN and ACK; a connection's first packet has only the first."""
NAMESPACE = ("unshare", "--map-root-user", "--net")
SETUP = (
    ("ip", "link", "set", "lo", "up"),
    ("ip", "route", "add", "local", "default", "dev", "lo"),
    ("ip", "-6", "route", "add", "local", "default", "dev", "lo"),
)


@frozen
class Packet:
    """What can be told of an IP packet; `name` is what a DNS query asks for."""

    protocol: int
    target: str
    target_port: int
    opens: bool
    """The first of a TCP connection, or any of another protocol."""
    name: str = ""

    @property
    def is_outward(self) -> bool:
        """Addressed beyond loopback, or to a resolver, which would ask on."""
        if not self.opens:
            return False
        address = ipaddress.ip_address(self.target)
        beyond = not (address.is_loopback or address.is_multicast or address.is_link_local)
        return beyond or (self.protocol == UDP and self.target_port == DNS_PORT)

    def __str__(self) -> str:
        asked = f" for {self.name}" if self.name else ""
        kind = {TCP: "tcp", UDP: "udp"}.get(self.protocol, f"protocol {self.protocol}")
        return f"{kind} {self.target}:{self.target_port}{asked}"


def parse(data: bytes) -> Packet | None:
    """An IPv4 or IPv6 packet; None for anything else."""
    if len(data) >= 20 and data[0] >> 4 == 4:
        length, protocol = (data[0] & 15) * 4, data[9]
        target = socket.inet_ntop(socket.AF_INET, data[16:20])
    elif len(data) >= 40 and data[0] >> 4 == 6:
        length, protocol = 40, data[6]
        target = socket.inet_ntop(socket.AF_INET6, data[24:40])
    else:
        return None
    body = data[length:]
    if protocol not in (TCP, UDP):
        return Packet(protocol, target, 0, opens=False)  # ICMP: answers to what was seen already
    port: int = struct.unpack("!H", body[2:4])[0]
    opens = protocol == UDP or (len(body) > 13 and body[13] & SYN_ONLY == 2)
    name = _asked_name(body[8:]) if protocol == UDP and port == DNS_PORT else ""
    return Packet(protocol, target, port, opens, name)


def _asked_name(query: bytes) -> str:
    """The first name of a DNS query."""
    labels, at = [], 12
    while at < len(query) and query[at]:
        labels.append(query[at + 1 : at + 1 + query[at]].decode("ascii", "replace"))
        at += 1 + query[at]
    return ".".join(labels)


class Watch(threading.Thread):
    """Listens to all that goes through lo, which here is everything."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.outward: dict[str, int] = {}
        """How often each target was tried."""
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
        self._socket.bind(("lo", 0))

    def run(self) -> None:
        while True:
            data, address = self._socket.recvfrom(65_536)
            packet = parse(data) if address[2] == socket.PACKET_OUTGOING else None
            if packet is not None and packet.is_outward:
                self.outward[str(packet)] = self.outward.get(str(packet), 0) + 1


def inside(command: Sequence[str]) -> int:
    """In the namespace: closes the world, watches, runs."""
    for step in SETUP:
        done = subprocess.run(step, check=False, capture_output=True, text=True)
        if done.returncode and "-6" not in step:  # a machine without IPv6 needs no route for it
            sys.stderr.write(f"{' '.join(step)} failed: {done.stderr}")
            return NOT_POSSIBLE
    watch = Watch()
    watch.start()
    code = subprocess.run(command, check=False).returncode
    for target, times in sorted(watch.outward.items()):
        sys.stderr.write(f"reached out: {target} ({times} times)\n")
    if not watch.outward:
        sys.stderr.write("nothing was reached for beyond loopback\n")
    return code or (REACHED_OUT if watch.outward else 0)


def obstacle() -> str | None:
    """Why it cannot be done here; None when it can."""
    for program in ("unshare", "ip"):
        if shutil.which(program) is None:
            return f"the program {program} is missing"
    tried = subprocess.run([*NAMESPACE, *SETUP[0]], check=False, capture_output=True, text=True)
    return tried.stderr.strip() or "no namespace could be made" if tried.returncode else None


def main(arguments: list[str]) -> int:
    if arguments[:1] == [INSIDE]:
        return inside(arguments[1:])
    leniently = arguments[:1] == [IF_POSSIBLE]
    command = arguments[1:] if leniently else arguments
    if not command:
        sys.stderr.write(f"{__doc__}\n")
        return NOT_POSSIBLE
    if (reason := obstacle()) is None:
        again = [*NAMESPACE, sys.executable, "-m", "tools.offline", INSIDE, *command]
        return subprocess.run(again, check=False).returncode
    sys.stderr.write(f"not shown that only loopback is reached: {reason}\n")
    return subprocess.run(command, check=False).returncode if leniently else NOT_POSSIBLE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

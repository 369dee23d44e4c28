"""What goes beyond loopback is seen: told from packets, and in a namespace of its own."""

import socket
import subprocess
import sys

import pytest

from tools.offline import Packet, obstacle, parse

DNS_QUERY = bytes(12) + b"\x07example\x03org\x00\x00\x01\x00\x01"


def ipv4(protocol: int, target: str, body: bytes) -> bytes:
    head = bytes([0x45, *bytes(8), protocol, 0, 0])
    return head + socket.inet_aton("127.0.0.1") + socket.inet_aton(target) + body


def tcp(port: int, flags: int) -> bytes:
    return b"\x99\x99" + port.to_bytes(2, "big") + bytes(9) + bytes([flags]) + bytes(6)


def udp(port: int, data: bytes = b"") -> bytes:
    return b"\x99\x99" + port.to_bytes(2, "big") + bytes(4) + data


@pytest.mark.parametrize(
    ("data", "is_outward"),
    [
        (ipv4(6, "1.2.3.4", tcp(443, flags=0x02)), True),
        (ipv4(6, "1.2.3.4", tcp(443, flags=0x12)), False),  # an answer
        (ipv4(6, "1.2.3.4", tcp(443, flags=0x10)), False),
        (ipv4(6, "127.0.0.1", tcp(443, flags=0x02)), False),
        (ipv4(17, "8.8.8.8", udp(53, DNS_QUERY)), True),
        (ipv4(17, "127.0.0.53", udp(53, DNS_QUERY)), True),  # a resolver that would ask on
        (ipv4(17, "127.0.0.1", udp(9999)), False),
        (ipv4(17, "1.2.3.4", udp(443)), True),
        (ipv4(1, "1.2.3.4", bytes(8)), False),
    ],
)
def test_only_what_opens_a_way_beyond_loopback_is_outward(data: bytes, is_outward: bool) -> None:
    packet = parse(data)
    assert packet is not None
    assert packet.is_outward == is_outward


def test_a_packet_of_ipv6_is_read_too() -> None:
    target = "2001:db8::1"
    head = bytes([0x60, *bytes(5), 6, 64]) + socket.inet_pton(socket.AF_INET6, "::1")
    packet = parse(head + socket.inet_pton(socket.AF_INET6, target) + tcp(80, flags=0x02))
    assert packet == Packet(6, target, 80, opens=True)
    assert packet.is_outward


def test_a_query_is_told_with_its_name() -> None:
    assert str(parse(ipv4(17, "8.8.8.8", udp(53, DNS_QUERY)))) == "udp 8.8.8.8:53 for example.org"


def test_what_is_no_packet_of_the_internet_is_nothing() -> None:
    assert parse(b"") is None
    assert parse(bytes(60)) is None


CONNECT = """
import socket, sys
try:
    socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=10)
except OSError:
    pass
"""


@pytest.mark.skipif(obstacle() is not None, reason=f"no network namespace can be made here: {obstacle()}")
@pytest.mark.parametrize(("target", "code"), [("192.0.2.1", 3), ("127.0.0.1", 0)])
def test_a_command_that_reaches_out_fails_and_says_where_to(target: str, code: int) -> None:
    command = [sys.executable, "-m", "tools.offline", sys.executable, "-c", CONNECT, target, "80"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == code
    assert (f"tcp {target}:80" in done.stderr) == (code == 3)

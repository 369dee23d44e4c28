"""What makes an agent session another one: the table of the fingerprint."""

import pytest

from boocode.domain.fingerprint import TOLD_EVERY_TIME, fingerprint

TRANSPORTS = (*sorted(TOLD_EVERY_TIME), "any other")
BASE = (("goose", "acp"), {"A": "1", "B": "2"}, "/w")


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize(
    "other",
    [
        (("goose",), BASE[1], "/w"),
        (("goose acp",), BASE[1], "/w"),
        (("acp", "goose"), BASE[1], "/w"),
        (BASE[0], {"A": "1"}, "/w"),
        (BASE[0], {"A": "1", "B": "3"}, "/w"),
        (BASE[0], {"A": "1", "B": "2", "C": ""}, "/w"),
        (BASE[0], BASE[1], "/v"),
    ],
)
def test_another_command_environment_or_folder_is_another_session(transport: str, other: tuple):  # type: ignore[type-arg]
    assert fingerprint(transport, *other) != fingerprint(transport, *BASE)


def test_another_transport_is_another_session():
    assert len({fingerprint(transport, *BASE) for transport in TRANSPORTS}) == len(TRANSPORTS)


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_the_order_of_the_environment_does_not_count(transport: str):
    command, _, cwd = BASE
    assert fingerprint(transport, list(command), {"B": "2", "A": "1"}, cwd) == fingerprint(transport, *BASE)


@pytest.mark.parametrize(
    ("transport", "is_another"),
    [
        ("acp", False),
        ("claude-sdk", False),
        ("opencode", False),
        ("stream-json", False),
        ("native", False),
        ("any other", True),
    ],
)
def test_another_model_or_mode_counts_only_where_it_cannot_be_told_later(transport: str, is_another: bool):
    plain = fingerprint(transport, *BASE)
    chosen = {fingerprint(transport, *BASE, model="m"), fingerprint(transport, *BASE, mode="m")}
    assert (plain not in chosen) is is_another
    assert len(chosen) == (2 if is_another else 1)

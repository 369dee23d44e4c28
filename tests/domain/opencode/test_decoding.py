"""Events out of JSON: what counts, what is left out, what is no event."""

import pytest

from boocode.domain.opencode.decoding import Undecodable, decode
from boocode.domain.opencode.vendor import PartDelta, SessionErrored
from tests.domain.opencode.samples import NAMES, sample


@pytest.mark.parametrize("name", NAMES)
def test_every_recorded_event_is_understood(name: str):
    assert len(sample(name).events) > 3


def test_the_copy_of_a_persisted_event_is_left_out():
    copies = [line for line in sample("text").lines if b'"type":"sync"' in line]
    assert copies
    assert {decode(line) for line in copies} == {None}


def test_unknown_kinds_and_fields_are_left_out():
    assert decode(b'{"payload":{"type":"server.heartbeat","properties":{}}}') is None
    line = (
        b'{"directory":"/d","payload":{"type":"message.part.delta","new":1,"properties":{"sessionID":"s",'
        b'"messageID":"m","partID":"p","field":"text","delta":"x","more":{}}}}'
    )
    assert decode(line) == PartDelta("s", "m", "p", "x")


def test_an_error_may_belong_to_no_session():
    assert decode(b'{"payload":{"type":"session.error","properties":{}}}') == SessionErrored()


@pytest.mark.parametrize("line", [b"", b"{", b'{"payload":{"type":"session.idle","properties":{}}}', b"[1]"])
def test_what_is_no_event_is_said(line: bytes):
    with pytest.raises(Undecodable):
        decode(line)

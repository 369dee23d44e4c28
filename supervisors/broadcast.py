"""The hub: between the event writer, which feeds it, and everything that may publish a hint."""

from functools import partial

from actors.hub import Hub
from boocode.kernel import ChildSpec, MailboxSpec, Overflow
from boocode.ports.log import EventLog
from boocode.ports.names import HUB


def hub_child(log: EventLog) -> ChildSpec:
    """A message that the hub loses is read from the log later, so a full mailbox refuses nobody."""
    return ChildSpec(
        id="hub",
        start=partial(Hub, log),
        name=HUB,
        shutdown=1.0,
        mailbox=MailboxSpec(capacity=16_384, overflow=Overflow.DROP_OLDEST),
    )

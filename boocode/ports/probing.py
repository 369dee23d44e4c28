"""Probing the agents on this machine: what may be asked of the prober."""

from attrs import frozen

from boocode.contracts.resources import Provider
from boocode.kernel import Request


@frozen
class RefreshProviders(Request[tuple[Provider, ...]]):
    """Call to the prober: look again for every agent; replies with what was found."""

"""What those who show the tree ask of others."""

from attrs import frozen

from boocode.kernel import Request


@frozen
class ReadLag(Request[float]):
    """Call to the loop probe: the 99th percentile of the last ten seconds, in milliseconds."""

"""An opencode server over HTTP on loopback: calls with deadlines, and its event stream."""

from boocode.ports.opencode import OpencodeApi


def connect_opencode(url: str, password: str) -> OpencodeApi:
    """Loads the HTTP client when it is first needed: it is 10 MB, and not everybody uses opencode."""
    from boocode.adapters.opencode.client import HttpOpencode

    return HttpOpencode(url, password)

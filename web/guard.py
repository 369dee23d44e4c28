"""Who may ask: decisions about Host, Origin and token, without a web framework.

A page of a foreign site can make a browser send requests to this machine. It cannot fake Host (so a rebound DNS
name is refused) nor Origin (so its scripts, forms and sockets are), and it does not know the token.
"""

import hmac
from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from attrs import frozen

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
COOKIE_PREFIX = "boocode_token_"
OPEN_PATHS = frozenset({"/api/health"})


@frozen
class Asked:
    """What the guard looks at."""

    path: str
    host: str
    """The Host header, port included."""
    origin: str | None
    authorization: str | None
    cookie: Callable[[str], str | None]
    fetch_site: str | None = None
    """Sec-Fetch-Site, where the browser sends it."""


@frozen
class Refusal:
    status: int
    code: str
    detail: str


def judge(
    asked: Asked, token: str, allowed_hosts: frozenset[str], *, any_address: bool = False
) -> Refusal | None:
    """None = may pass. Host and Origin come first: without them nothing is answered, health included."""
    name = host_name(asked.host)
    if not (name in LOOPBACK_HOSTS or name in allowed_hosts or (any_address and is_address(name))):
        detail = (
            f"The Host header is {asked.host[:100]!r}. BooCode answers only under its own names: "
            "use the address that `boocode serve` printed, or add the name to its settings."
        )
        return Refusal(403, "wrong_host", detail)
    if asked.origin is not None and not is_same_origin(asked.origin, asked.host):
        return Refusal(
            403, "wrong_origin", f"A page of {asked.origin[:100]!r} may not ask BooCode for anything."
        )
    if asked.path in OPEN_PATHS or has_token(asked, token):
        return None
    detail = (
        "Send the header `Authorization: Bearer TOKEN`, or open the address that `boocode serve` printed."
    )
    return Refusal(401, "token_needed", detail)


def host_name(host: str) -> str:
    """The name of a Host header, lower case, without port and brackets; empty when it is none."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port  # raises when it is no port
    except ValueError:
        return ""
    if parts.path or parts.query or parts.username is not None:
        return ""
    return (parts.hostname or "").rstrip(".")


def is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def is_same_origin(origin: str, host: str) -> bool:
    parts = urlsplit(origin)
    return parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower()


def has_token(asked: Asked, token: str) -> bool:
    scheme, _, value = (asked.authorization or "").partition(" ")
    if scheme.lower() == "bearer" and same_token(value.strip(), token):
        return True
    if asked.fetch_site == "cross-site":
        return False  # another site's page makes the browser ask: the cookie does not speak for a person
    return same_token(asked.cookie(cookie_name(asked.host)) or "", token)


def same_token(given: str, token: str) -> bool:
    """In a time that does not depend on where they differ."""
    return hmac.compare_digest(given.encode(), token.encode())


def cookie_name(host: str) -> str:
    """Browsers share cookies among the ports of a host; two BooCodes must not."""
    port = urlsplit(f"//{host}").port
    return f"{COOKIE_PREFIX}{port or 80}"

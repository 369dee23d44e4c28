"""The config fingerprint of an agent session: another one means that the session must not be resumed.

transport    | launch command, environment, folder | model and mode
-------------+-------------------------------------+---------------------------------------------
acp          | in it                               | told before every prompt: not in it
claude-sdk   | in it                               | told before every prompt: not in it
opencode     | in it                               | sent with every prompt: not in it
stream-json  | in it                               | arguments of every prompt's process: not in it
native       | in it                               | its memory is the same for all: not in it
any other    | in it                               | in it: nobody has said that it can be told later
"""

import hashlib
import json
from collections.abc import Mapping, Sequence

TOLD_EVERY_TIME = frozenset({"acp", "claude-sdk", "native", "opencode", "stream-json"})
"""Transports whose conversation goes on with another model or mode."""


def fingerprint(
    transport: str,
    command: Sequence[str],
    env: Mapping[str, str],
    cwd: str,
    model: str | None = None,
    mode: str | None = None,
) -> str:
    """16 hex digits over everything that makes an agent session what it is.

    `env` is what the provider's entry sets; what BooCode itself was started with is not in it.
    """
    fixed = [None, None] if transport in TOLD_EVERY_TIME else [model, mode]
    facts = [transport, list(command), sorted(env.items()), cwd, *fixed]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]

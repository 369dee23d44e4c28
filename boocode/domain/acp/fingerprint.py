"""The config fingerprint of an agent session: another one means that the session must not be resumed."""

import hashlib
import json
from collections.abc import Mapping, Sequence


def fingerprint(
    transport: str,
    command: Sequence[str],
    env: Mapping[str, str],
    cwd: str,
    model: str | None = None,
    mode: str | None = None,
) -> str:
    """16 hex digits over everything that makes an agent session what it is.

    Pass `model` and `mode` only for an agent that fixes them at its start: an ACP session is told both at
    every prompt, so that a change of them keeps the conversation.
    """
    facts = [transport, list(command), sorted(env.items()), cwd, model, mode]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]

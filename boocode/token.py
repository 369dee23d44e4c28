"""The token that opens the edge: from the environment, else one kept in the home, readable by its owner alone."""

import os
import secrets
from pathlib import Path

TOKEN_NAME = "token"  # noqa: S105 - a file's name
TOKEN_BYTES = 24


def home_token(home: Path) -> str:
    """The home's token; made the first time. Raises OSError when the file can neither be read nor made."""
    path = home / TOKEN_NAME
    try:
        if token := path.read_text(encoding="ascii").strip():
            return token
    except FileNotFoundError:
        pass
    token = secrets.token_urlsafe(TOKEN_BYTES)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(token + "\n")
    return token

"""Chats with a long past, written straight into a server's database: a thousand turns in a second."""

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from boocode.adapters.postgres.binaries import find_binaries
from boocode.adapters.postgres.cluster import Cluster

Json = dict[str, Any]

INSERT = """
INSERT INTO messages (id, chat_id, role, status, agent, model, parts, error)
SELECT 'past_' || md5(m.chat_id || m.n), m.chat_id, m.role, coalesce(m.status, 'complete'),
       CASE m.role WHEN 'assistant' THEN 'practice' END, CASE m.role WHEN 'assistant' THEN 'practice-1' END,
       m.parts, m.error
  FROM json_to_recordset(:'messages') AS m (n int, chat_id text, role text, status text, parts json, error text)
 ORDER BY m.n;
"""


def text(words: str) -> Json:
    return {"type": "text", "text": words}


def prompt(words: str) -> Json:
    return {"role": "user", "parts": [text(words)]}


def answer(*parts: Json, status: str = "complete", error: str | None = None) -> Json:
    return {"role": "assistant", "parts": list(parts), "status": status, "error": error}


def write_history(home: Path, chat_id: str, messages: Iterable[Json]) -> None:
    """Messages of turns that are over, at the end of the chat. No frames tell of them: write before anybody looks."""
    rows = [{"n": n, "chat_id": chat_id, **message} for n, message in enumerate(messages)]
    psql = find_binaries().program("psql")
    script = f"\\set messages {_quoted(json.dumps(rows))}\n{INSERT}"
    subprocess.run(
        [psql, "-q", "-X", "-v", "ON_ERROR_STOP=1", Cluster(home).url()],
        input=script,
        text=True,
        check=True,
        capture_output=True,
    )


def _quoted(value: str) -> str:
    """For psql's own reading of a meta-command."""
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"

"""What makes the sessions of each backend, as the composition root does it, for a tree without a database."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from attrs import frozen

from boocode.adapters.opencode.client import HttpOpencode
from boocode.adapters.postgres.database import Database
from boocode.adapters.stream_json.lines import JsonLines
from boocode.kernel import Backoff
from boocode.ports.opencode import OpencodeApi
from supervisors.agent import AgentParts, acp_only
from supervisors.native import NATIVE, native_child
from supervisors.opencode import OPENCODE_TRANSPORT, OpencodeParts, opencode_child, opencode_session_child
from supervisors.stream_json import STREAM_JSON, StreamJsonParts, stream_json_child
from tests.actors.agent_kit import Backing
from tests.actors.claude_kit import claude_backing
from tests.actors.native_folder import AgentFolder


@frozen
class Place:
    """Where a backend runs in a test: a home of its own, the model's address, what it keeps in a folder."""

    home: Path
    state: Path
    url: str
    database: Database | None = None
    """For a backend that keeps something in BooCode's own."""


def acp(parts: AgentParts, place: Place) -> Backing:
    return Backing(acp_only(parts))


def stream_json(parts: AgentParts, place: Place) -> Backing:
    own = StreamJsonParts(
        owner=parts.owner,
        make_lines=JsonLines,
        environment=parts.environment,
        limits=parts.limits,
        term_grace_s=parts.term_grace_s,
    )
    return Backing({STREAM_JSON: partial(stream_json_child, own)})


def opencode_server(
    parts: AgentParts, place: Place, connect: Callable[[str, str], OpencodeApi] = HttpOpencode
) -> Backing:
    own = OpencodeParts(
        owner=parts.owner,
        connect=connect,
        environment=parts.environment,
        cwd=str(place.home),
        limits=parts.limits,
        backoff=Backoff(minimum=0.01, maximum=0.1),
        term_grace_s=parts.term_grace_s,
    )
    return Backing({OPENCODE_TRANSPORT: partial(opencode_session_child, own)}, (opencode_child(own),))


def native(parts: AgentParts, place: Place) -> Backing:
    assert place.database is not None
    folder = AgentFolder(parts, place.home, place.database)
    return Backing({NATIVE: partial(native_child, folder.parts(f"{place.url}/v1"))})


def claude_sdk(parts: AgentParts, place: Place) -> Backing:
    """Its memory is its own files; what PostgreSQL keeps of it has tests of its own."""
    return claude_backing()(parts)

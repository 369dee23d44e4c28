"""As whom PostgreSQL runs. It refuses to run as root, and we neither make users nor open directories to others.

we are          | cluster belongs to | PostgreSQL runs
----------------+--------------------+-----------------------------------------------------------
an ordinary user| that user          | as that user (below a name of its own if it has none)
root            | root               | as root that believes to be `nobody`: a user namespace of its own
root            | another user       | as that user (made where user namespaces are forbidden)
"""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from attrs import frozen

from boocode.ports.database import StoreMisconfigured

NOBODY = 65_534
PROBE_TIMEOUT_S = 10.0
WAYS_OUT = "Set DATABASE_URL to a PostgreSQL server of your own, or run BooCode as an ordinary user."


@frozen
class Privilege:
    prefix: tuple[str, ...] = ()
    """What stands before the command; replaces itself by it, so that the pid is the server's."""
    uid_map: bool = False
    owner: int | None = None
    """The user to whom the cluster's files must belong; None = ourselves."""


def choose_privilege(data: Path, program: str) -> Privilege:
    """Blocking. Raises StoreMisconfigured with the ways out when PostgreSQL cannot run here at all."""
    uid = os.geteuid()
    if uid != 0:
        return Privilege() if _has_name(uid) else Privilege(prefix=_namespace(uid))
    owner = _owner(data)
    if owner not in (None, 0):
        return _dropped(owner, data, program)
    if namespaces_allowed():
        return Privilege(uid_map=True)
    return _dropped(_unprivileged_user(), data, program)


def namespaces_allowed() -> bool:
    """Tries it: nothing else tells the truth on every system."""
    if shutil.which("unshare") is None:
        return False
    return _runs(*_namespace(NOBODY), "true")


def _namespace(uid: int) -> tuple[str, ...]:
    seen_as = NOBODY if not _has_name(uid) else uid
    return ("unshare", "--user", f"--map-user={seen_as}", "--")


def _dropped(uid: int, data: Path, program: str) -> Privilege:
    """Really another user; no directory is opened to it."""
    if shutil.which("setpriv") is None:
        raise StoreMisconfigured(
            f"PostgreSQL does not run as root, and there is no `setpriv` to change users. {WAYS_OUT}"
        )
    gid = pwd.getpwuid(uid).pw_gid if _has_name(uid) else uid
    user = ("setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups")
    existing = next(place for place in (data, *data.parents) if place.exists())
    out_of_reach = ""
    for capabilities in ((), ("--inh-caps=+dac_override", "--ambient-caps=+dac_override")):
        prefix = (*user, *capabilities, "--")
        # Really tried: access(2) knows nothing of lent rights.
        tries = {str(existing): ("ls", "-d", f"{existing}/."), program: (program, "--version")}
        out_of_reach = next((place for place, command in tries.items() if not _runs(*prefix, *command)), "")
        if not out_of_reach:
            return Privilege(prefix=prefix, owner=uid)
    raise StoreMisconfigured(
        f"PostgreSQL does not run as root; user namespaces are forbidden here, and user {uid} cannot reach "
        f"{out_of_reach}. Choose another BOOCODE_HOME or install BooCode elsewhere. {WAYS_OUT}"
    )


def _runs(*command: str) -> bool:
    try:
        tried = subprocess.run(command, capture_output=True, timeout=PROBE_TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return tried.returncode == 0


def _owner(data: Path) -> int | None:
    try:
        return data.stat().st_uid
    except FileNotFoundError:
        return None


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _unprivileged_user() -> int:
    try:
        return pwd.getpwnam("nobody").pw_uid
    except KeyError:
        raise StoreMisconfigured(
            f"PostgreSQL does not run as root, user namespaces are forbidden here, and there is no user "
            f"`nobody` to run it as. {WAYS_OUT}"
        ) from None

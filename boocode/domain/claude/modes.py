"""Claude's permission modes that a turn may choose."""

from collections.abc import Mapping

MODES = ("default", "acceptEdits", "plan", "dontAsk")
BYPASS = "bypassPermissions"


def may_bypass(env: Mapping[str, str], *, is_root: bool) -> bool:
    """Claude refuses to be started with this choice by root, unless IS_SANDBOX says that it does no harm."""
    return not is_root or env.get("IS_SANDBOX") == "1"


def offered_modes(env: Mapping[str, str], *, is_root: bool) -> tuple[str, ...]:
    return (*MODES, BYPASS) if may_bypass(env, is_root=is_root) else MODES

"""MCP servers' part of the composition root."""

import os
from functools import partial
from pathlib import Path

from boocode.adapters.native.mcp_dialer import SdkDialer
from boocode.adapters.native.mcp_file import McpFile
from boocode.ports.mcp import McpLimits
from boocode.ports.processes import ProcessOwner
from boocode.settings import Settings
from supervisors.mcp import McpParts


def mcp_parts(settings: Settings, processes: ProcessOwner) -> McpParts:
    """Nothing is read or imported before a turn of BooCode's own agent asks for tools."""
    home = Path(os.path.realpath(settings.home))
    limits = McpLimits()
    dialer = SdkDialer(processes, os.environ, str(home), limits.term_grace_s)
    return McpParts(partial(McpFile, home, os.environ), dialer, limits)

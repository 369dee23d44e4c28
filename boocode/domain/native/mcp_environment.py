"""Which of BooCode's own environment an MCP server gets: what programs need to run, and nobody's keys."""

from collections.abc import Mapping

_NAMES = frozenset(
    (
        *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "TZ", "TMPDIR", "LANG", "LANGUAGE"),
        *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
        *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
        *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"),
        *("NVM_DIR", "VOLTA_HOME", "PYENV_ROOT", "ASDF_DIR", "LD_LIBRARY_PATH"),
    )
)
_PREFIXES = ("LC_", "XDG_", "npm_config_", "NPM_CONFIG_", "PIP_", "UV_")


def mcp_environment(ours: Mapping[str, str], extra: Mapping[str, str]) -> dict[str, str]:
    """The whole environment: the listed part of `ours`, then the entry's own. A key that a server needs is named
    in its entry: `"env": {"GITHUB_TOKEN": "{env:GITHUB_TOKEN}"}`."""
    env = {name: value for name, value in ours.items() if name in _NAMES or name.startswith(_PREFIXES)}
    env.setdefault("LANG", "C.UTF-8")
    env.update(extra)
    return env

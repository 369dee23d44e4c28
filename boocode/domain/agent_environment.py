"""Which of BooCode's own environment an agent gets: a list of what coding agents need, never everything.

BooCode's token, its database address and whatever else a service carries stay with BooCode. What one agent
needs beside the list goes into its `env` in config.toml.
"""

from collections.abc import Mapping

_NAMES = frozenset(
    (
        *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "COLORTERM", "TZ", "TMPDIR", "TMP", "TEMP"),
        *("LANG", "LANGUAGE", "EDITOR", "PAGER", "HOSTNAME", "IS_SANDBOX", "LD_LIBRARY_PATH"),
        *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
        *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
        *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"),
        *("JAVA_HOME", "GOPATH", "GOROOT", "GOBIN", "GOPROXY", "GOFLAGS", "CARGO_HOME", "RUSTUP_HOME"),
        *("VIRTUAL_ENV", "NVM_DIR", "VOLTA_HOME", "PYENV_ROOT", "ASDF_DIR", "DOTNET_ROOT"),
    )
)
_PREFIXES = (
    *("LC_", "XDG_", "npm_config_", "NPM_CONFIG_", "NODE_", "PIP_", "UV_"),
    *("ANTHROPIC_", "CLAUDE_", "OPENAI_", "AZURE_OPENAI_", "GEMINI_", "GOOGLE_", "OPENROUTER_"),
    *("MISTRAL_", "GROQ_", "DEEPSEEK_", "XAI_", "DASHSCOPE_", "OLLAMA_", "LLAMA_"),
    *("GOOSE_", "QWEN_", "OPENCODE_", "CODEX_"),
)
_SUFFIXES = ("_API_KEY",)
_OURS = "BOOCODE_"
_TOKEN = "BOOCODE_TOKEN"  # noqa: S105 - the variable's name


def agent_environment(ours: Mapping[str, str], extra: Mapping[str, str]) -> dict[str, str]:
    """The whole environment of an agent: the listed part of `ours`, then `extra` (the provider's own).

    No config can hand over the token: with it the agent could answer its own permission requests.
    """
    env = {name: value for name, value in ours.items() if _is_passed_on(name)}
    env.setdefault("LANG", "C.UTF-8")
    env.update(extra)
    env.pop(_TOKEN, None)
    return env


def _is_passed_on(name: str) -> bool:
    if name.startswith(_OURS):
        return False
    return name in _NAMES or name.startswith(_PREFIXES) or name.endswith(_SUFFIXES)

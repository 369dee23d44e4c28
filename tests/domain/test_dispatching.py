"""Whether a claimed task can run at all."""

from boocode.domain.dispatching import Runnable, find_provider
from boocode.domain.events import Failed

TRANSPORTS = {"practice": "acp", "claude": "claude-sdk"}
PROVIDERS = {"practice": "the practice agent", "claude": "claude"}


def test_a_known_agent_runs():
    assert find_provider("practice", TRANSPORTS, PROVIDERS, {"acp"}) == Runnable("the practice agent")


def test_an_unknown_agent_is_refused_with_the_known_ones():
    refused = find_provider("nobody", TRANSPORTS, PROVIDERS, {"acp"})
    assert isinstance(refused, Failed)
    assert "claude, practice" in refused.message
    assert "[providers.nobody]" in refused.message


def test_a_transport_that_cannot_be_spoken_is_named():
    refused = find_provider("claude", TRANSPORTS, PROVIDERS, {"acp"})
    assert isinstance(refused, Failed)
    assert "'claude-sdk'" in refused.message

"""What an agent's first answers tell, and what is asked of it next."""

import pytest
from msgspec import convert

from boocode.domain.acp.handshake import Traits, openings, traits
from boocode.domain.acp.messages import InitializeResult, SessionResult
from boocode.domain.acp.offers import Offer, offer


def initialized(**capabilities: object) -> Traits:
    return traits(convert({"protocolVersion": 1, "agentCapabilities": capabilities}, InitializeResult))


def offered(result: object) -> Offer:
    return offer(convert(result, SessionResult))


def test_what_an_agent_can_is_read_from_its_capabilities() -> None:
    assert initialized(loadSession=True, sessionCapabilities={"resume": {}}) == Traits(True, True)
    assert initialized(loadSession=False, sessionCapabilities={"resume": None}) == Traits(False, False)
    assert traits(InitializeResult()) == Traits()


def test_an_agent_says_its_name_and_version() -> None:
    known = traits(convert({"agentInfo": {"name": "goose", "version": "1.34.0"}}, InitializeResult))
    assert (known.name, known.version) == ("goose", "1.34.0")


@pytest.mark.parametrize(
    ("known", "resume_id", "ways"),
    [
        (Traits(can_load=True, can_resume=True), "s1", ("resume", "load", "new")),
        (Traits(can_load=True), "s1", ("load", "new")),
        (Traits(), "s1", ("new",)),
        (Traits(can_load=True, can_resume=True), None, ("new",)),
    ],
)
def test_a_session_is_resumed_in_the_best_way_offered(
    known: Traits, resume_id: str | None, ways: tuple[str, ...]
) -> None:
    assert openings(known, resume_id) == ways


def test_models_and_modes_are_read_from_their_own_fields() -> None:
    result = offered(
        {
            "sessionId": "s",
            "models": {"availableModels": [{"modelId": "m1", "name": "M 1"}], "currentModelId": "m1"},
            "modes": {
                "availableModes": [{"id": "plan"}, {"id": "auto", "name": "Auto"}],
                "currentModeId": "auto",
            },
        }
    )
    assert result.model is not None
    assert result.mode is not None
    assert (result.model.offered, result.model.current) == ((("m1", "M 1"),), "m1")
    assert result.mode.offered == (("plan", "plan"), ("auto", "Auto"))
    assert result.model.params("s", "m1") == {"sessionId": "s", "modelId": "m1"}
    assert result.mode.params("s", "plan") == {"sessionId": "s", "modeId": "plan"}


def test_models_may_come_as_a_config_option_flat_or_grouped() -> None:
    flat = [{"value": "a", "name": "A"}]
    grouped = [{"group": "g", "name": "G", "options": [{"value": "b", "name": "B"}]}]
    for options, value in ((flat, "a"), (grouped, "b")):
        entry = {
            "id": "model",
            "category": "model",
            "type": "select",
            "currentValue": value,
            "options": options,
        }
        choice = offered({"sessionId": "s", "configOptions": [entry]}).model
        assert choice is not None
        assert choice.offers(value)
        assert choice.method == "session/set_config_option"
        assert choice.params("s", value) == {"sessionId": "s", "configId": "model", "value": value}


@pytest.mark.parametrize("result", [{}, {"models": None, "modes": []}, {"configOptions": []}])
def test_an_answer_that_offers_nothing_is_fine(result: object) -> None:
    assert offered(result) == Offer()

"""The names of the models that an OpenAI-compatible endpoint serves."""

from boocode.adapters.native.served import served
from boocode.ports.model_endpoint import ModelFailed
from boocode.ports.probing import ProbeFailed


async def model_names(base_url: str, api_key: str | None = None) -> tuple[str, ...]:
    """In the endpoint's order. Raises ProbeFailed in words."""
    try:
        return tuple(model.id for model in await served(base_url, api_key))
    except ModelFailed as failed:
        raise ProbeFailed(str(failed)) from failed

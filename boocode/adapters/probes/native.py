"""What BooCode's own agent offers: the models of its endpoint, and the modes that its home knows."""

from pathlib import Path

import trio
from attrs import field, frozen

from boocode.adapters.native.briefing import home_profiles
from boocode.adapters.native.served import served
from boocode.contracts.resources import CommandInfo, Model
from boocode.domain.native.modes import mode_names
from boocode.domain.native.profiles import Leave
from boocode.domain.native.sampling import EFFORTS
from boocode.domain.native.slash import COMMANDS
from boocode.domain.probing import Told
from boocode.ports.agents import ProviderSpec
from boocode.ports.model_endpoint import ModelFailed
from boocode.ports.probing import ProbeFailed
from boocode.version import __version__


@frozen
class NativeAsker:
    """An Asker that starts nothing. It is only asked with a `base_url`."""

    home: Path
    base_url: str
    api_key: str | None
    model: str | None
    """The one of the settings; None = the first that is served."""
    mode: Leave
    _threads: trio.CapacityLimiter = field(factory=lambda: trio.CapacityLimiter(1))

    async def __call__(self, spec: ProviderSpec) -> Told:
        """Raises ProbeFailed. A default that the endpoint does not list may be an alias of one that it does; models of
        the provider's own entry come before it."""
        try:
            served_names = [model.id for model in await served(self.base_url, self.api_key)]
        except ModelFailed as failed:
            raise ProbeFailed(str(failed)) from failed
        profiles, _ = await trio.to_thread.run_sync(home_profiles, self.home, limiter=self._threads)
        names = dict.fromkeys([self.model, *served_names] if self.model else served_names)
        return Told(
            models=tuple(Model(name, name) for name in names),
            modes=mode_names(profiles),
            commands=tuple(CommandInfo(each.name, each.description) for each in COMMANDS.commands),
            version=__version__,
            thinking=EFFORTS,
            default_model=next(iter((*spec.models, *names)), None),
            default_mode=self.mode,
        )

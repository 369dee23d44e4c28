"""What the practice agent offers: it is part of BooCode, so a start need not ask it."""

from boocode.contracts.resources import CommandInfo, Model
from boocode.domain.probing import Told
from boocode.practice.history import MODELS, MODES, THINKING
from boocode.practice.manual import COMMANDS, VERSION


def practice_told() -> Told:
    """The same as it tells when it is asked."""
    return Told(
        models=tuple(Model(id_, label) for id_, (label, _) in MODELS.items()),
        modes=tuple(MODES),
        commands=tuple(CommandInfo(name, description) for name, description, _ in COMMANDS),
        version=VERSION,
        thinking=tuple(THINKING),
        default_model=next(iter(MODELS)),
        default_mode=next(iter(MODES)),
    )

"""What stands before a conversation, read from the home and the worktree; anew each time, since people edit it."""

from pathlib import Path

import trio

from boocode.adapters.native.instructions import read_instructions
from boocode.adapters.native.skills import find_skills
from boocode.adapters.native.small_texts import Unreadable, read_small
from boocode.domain.native import profile_file
from boocode.domain.native.instructions import room
from boocode.domain.native.profiles import BUILT_IN, Profile
from boocode.ports.native import Briefing, NativePlace

THREADS = 2


class Briefings:
    """`brief` of a NativeWorld, for the home of one BooCode."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._limiter = trio.CapacityLimiter(THREADS)

    async def brief(self, place: NativePlace) -> Briefing:
        return await trio.to_thread.run_sync(
            make_briefing, self._home, Path(place.cwd), place.choices.context_tokens, limiter=self._limiter
        )


def make_briefing(home: Path, root: Path, context_tokens: int | None) -> Briefing:
    """For a thread."""
    profiles, bad_profiles = home_profiles(home)
    instructions, bad_instructions = read_instructions(root, room(context_tokens))
    skills, bad_skills = find_skills(home, root)
    return Briefing(
        profiles=profiles,
        instructions=instructions,
        skills=tuple((skill.name, skill.description) for skill in skills),
        warnings=(*bad_profiles, *bad_instructions, *bad_skills),
    )


def home_profiles(home: Path) -> tuple[tuple[Profile, ...], tuple[str, ...]]:
    """The built-in profile first, then those of `AGENTS.md` in the home; and warnings for people."""
    place = home / profile_file.PROFILE_FILE
    try:
        text = read_small(place)
    except Unreadable as error:
        return (BUILT_IN,), (f"{place} is not read: {error}.",)
    return profile_file.read_profiles(text or "", str(place))

"""Skills in the home and in projects, and the tool that loads one."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import trio
from attrs import frozen

from boocode.adapters.native.small_texts import Unreadable, read_small
from boocode.domain.native.prompting import LOAD_SKILL
from boocode.domain.native.skills import SKILL_FILE, BadSkill, SkillText, read_skill
from boocode.ports.native import MakeTools, NativePlace
from boocode.ports.native_tools import CallShown, NativeTool, Tell, ToolOffer, ToolRefused, ToolResult

HOME_FOLDER = "skills"
PROJECT_FOLDERS = (".boocode/skills", ".agents/skills", ".claude/skills")
MOST_SKILLS = 50
MOST_LOOKED_AT = 200
"""Of one folder of skills."""
MOST_FILES = 50
THREADS = 2


@frozen
class Skill:
    name: str
    description: str
    folder: Path
    project: Path | None
    """The project it comes from, out of which its files cannot lead; None = the home."""


def find_skills(home: Path, root: Path | None) -> tuple[tuple[Skill, ...], tuple[str, ...]]:
    """Those of the home come first and win over ones of the same name; and warnings for people. For a thread.

    `root`: of a project; None = none is looked into.
    """
    found: dict[str, Skill] = {}
    warnings: list[str] = []
    for folder, project in _folders(home, root):
        where = f"{folder.name} of the project" if project else str(folder)
        try:
            text = read_small(folder / SKILL_FILE, project)
            skill = _skill(text, folder, project)
        except (Unreadable, BadSkill) as error:
            warnings.append(f"The skill {where} is left out: {error}.")
            continue
        if skill is not None:
            found.setdefault(skill.name, skill)
    if len(found) > MOST_SKILLS:
        warnings.append(f"There are {len(found)} skills; the agent is told of the first {MOST_SKILLS}.")
    return tuple(found.values())[:MOST_SKILLS], tuple(warnings)


def _skill(text: str | None, folder: Path, project: Path | None) -> Skill | None:
    if text is None:
        return None
    read = read_skill(text, folder.name)
    return Skill(read.name, read.description, folder, project)


def _folders(home: Path, root: Path | None) -> Iterator[tuple[Path, Path | None]]:
    yield from ((folder, None) for folder in _inner(home / HOME_FOLDER))
    if root is None:
        return
    for name in PROJECT_FOLDERS:
        yield from ((folder, root) for folder in _inner(root / name))


def _inner(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            found = [entry.name for entry in entries if not entry.name.startswith(".") and entry.is_dir()]
    except OSError:
        return []
    return [folder / name for name in sorted(found)[:MOST_LOOKED_AT]]


def skill_tools(home: Path) -> MakeTools:
    """The tool `load_skill`, when there are skills."""
    limiter = trio.CapacityLimiter(THREADS)

    async def make(place: NativePlace) -> tuple[tuple[NativeTool, ...], tuple[str, ...]]:
        skills, _ = await trio.to_thread.run_sync(find_skills, home, Path(place.cwd), limiter=limiter)
        return ((LoadSkill(skills, Path(place.cwd), limiter),) if skills else ()), ()

    return make


class LoadSkill:
    """Gives a skill's text, or another text file of its folder. Reading only."""

    def __init__(self, skills: tuple[Skill, ...], root: Path, limiter: trio.CapacityLimiter) -> None:
        self._skills = {skill.name: skill for skill in skills}
        self._root = root
        self._limiter = limiter

    @property
    def offer(self) -> ToolOffer:
        return ToolOffer(
            name=LOAD_SKILL,
            description="Load a skill: a text that tells how to do one kind of work.",
            schema={
                "type": "object",
                "properties": {
                    "name": {"type": "string", "enum": list(self._skills)},
                    "file": {
                        "type": "string",
                        "description": "Another file of this skill, as the skill names it. Leave it out at first.",
                    },
                },
                "required": ["name"],
                "additionalProperties": False,
            },
            effect="read",
            kind="read",
        )

    async def look(self, arguments: Mapping[str, object]) -> CallShown:
        skill, file = self._chosen(arguments)
        return CallShown(f"Skill {skill.name}" + (f": {file}" if file else ""))

    async def run(self, arguments: Mapping[str, object], tell: Tell) -> ToolResult:  # noqa: ARG002
        skill, file = self._chosen(arguments)
        load = _other_file if file else _whole_skill
        try:
            text = await trio.to_thread.run_sync(load, skill, file, limiter=self._limiter)
        except (Unreadable, BadSkill) as error:
            raise ToolRefused(f"The skill {skill.name} cannot be loaded: {error}.") from error
        return ToolResult(text)

    def _chosen(self, arguments: Mapping[str, object]) -> tuple[Skill, str]:
        skill = self._skills.get(str(arguments.get("name")))
        if skill is None:
            raise ToolRefused(f"There is no skill of this name. There are: {', '.join(self._skills)}.")
        return skill, str(arguments.get("file") or "")


def _whole_skill(skill: Skill, _file: str) -> str:
    text = read_small(skill.folder / SKILL_FILE, skill.project)
    if text is None:
        raise Unreadable("its file is gone")
    read: SkillText = read_skill(text, skill.folder.name)
    files = _files(skill.folder)
    if not files:
        return read.body
    names = "\n".join(f"- {name}" for name in files)
    return (
        f"{read.body}\n\n---\nFiles of this skill, in {skill.folder}. "
        f"To read one, call {LOAD_SKILL} with its name as file:\n{names}"
    )


def _other_file(skill: Skill, file: str) -> str:
    # The model names the file: of the home nothing but this folder is for it to read.
    text = read_small(skill.folder / file, skill.project or skill.folder)
    if text is None:
        raise Unreadable(f"it has no file {file}. It has: {', '.join(_files(skill.folder)) or 'none'}")
    return text


def _files(folder: Path) -> list[str]:
    found: list[str] = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [os.path.relpath(os.path.join(place, name), folder) for name in sorted(names)]
        if len(found) > MOST_FILES:
            break
    return [name for name in found[:MOST_FILES] if name != SKILL_FILE]

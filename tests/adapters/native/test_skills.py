"""Skills, found and loaded."""

from pathlib import Path

import pytest

from boocode.adapters.native.skills import MOST_SKILLS, find_skills, skill_tools
from boocode.ports.native import NativeChoices, NativePlace
from boocode.ports.native_tools import NativeTool, ToolRefused


def make_skill(folder: Path, text: str = "---\ndescription: About {name}.\n---\nDo {name}.") -> Path:
    folder.mkdir(parents=True)
    (folder / "SKILL.md").write_text(text.format(name=folder.name))
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "project").mkdir()
    return tmp_path / "project"


async def loader(home: Path, root: Path) -> NativeTool:
    place = NativePlace(ctx=None, chat_id="c", cwd=str(root), choices=NativeChoices())  # type: ignore[arg-type]
    (tool,), _ = await skill_tools(home)(place)
    return tool


async def load(tool: NativeTool, **arguments: str) -> str:
    await tool.look(arguments)
    return (await tool.run(arguments, print)).text


def test_they_come_from_the_home_and_from_folders_of_the_project(home: Path, root: Path):
    make_skill(home / "skills" / "mine")
    for folder in (".boocode", ".agents", ".claude"):
        make_skill(root / folder / "skills" / folder[1:])
    skills, warnings = find_skills(home, root)
    assert [skill.name for skill in skills] == ["mine", "boocode", "agents", "claude"]
    assert warnings == ()


def test_one_of_the_home_wins_over_one_of_the_project(home: Path, root: Path):
    make_skill(home / "skills" / "release")
    make_skill(root / ".claude" / "skills" / "release", "---\ndescription: Other.\n---\nx")
    (skill,), _ = find_skills(home, root)
    assert skill.description == "About release."


def test_a_bad_one_is_left_out_and_named(home: Path, root: Path):
    make_skill(home / "skills" / "bad", "---\nname: a\n")
    make_skill(home / "skills" / "good")
    (home / "skills" / "no-skill").mkdir()
    (skill,), warnings = find_skills(home, root)
    assert skill.name == "good"
    assert warnings == (
        f"The skill {home}/skills/bad is left out: the front matter that its first line `---` begins has no end.",
    )


def test_one_that_leads_out_of_the_project_is_left_out(home: Path, root: Path, tmp_path: Path):
    make_skill(tmp_path / "elsewhere" / "stolen")
    (root / ".claude").mkdir()
    (root / ".claude" / "skills").symlink_to(tmp_path / "elsewhere")
    skills, warnings = find_skills(home, root)
    assert skills == ()
    assert "stolen of the project is left out: it leads out of its folder" in warnings[0]


def test_links_in_the_home_are_the_persons_own(home: Path, root: Path, tmp_path: Path):
    make_skill(tmp_path / "shared" / "mine")
    (home / "skills").symlink_to(tmp_path / "shared")
    assert [skill.name for skill in find_skills(home, root)[0]] == ["mine"]


def test_there_is_a_bound(home: Path, root: Path):
    for number in range(MOST_SKILLS + 5):
        make_skill(home / "skills" / f"s{number:03}")
    skills, warnings = find_skills(home, root)
    assert len(skills) == MOST_SKILLS
    assert warnings == (f"There are {MOST_SKILLS + 5} skills; the agent is told of the first {MOST_SKILLS}.",)


async def test_without_skills_there_is_no_tool(home: Path, root: Path):
    place = NativePlace(ctx=None, chat_id="c", cwd=str(root), choices=NativeChoices())  # type: ignore[arg-type]
    assert await skill_tools(home)(place) == ((), ())


async def test_the_tool_gives_the_text_and_names_the_files(home: Path, root: Path):
    folder = make_skill(home / "skills" / "release")
    (folder / "steps").mkdir()
    (folder / "steps" / "tag.md").write_text("git tag")
    tool = await loader(home, root)
    assert tool.offer.effect == "read"
    assert await load(tool, name="release") == (
        f"Do release.\n\n---\nFiles of this skill, in {folder}. To read one, call load_skill with its name as file:\n"
        "- steps/tag.md"
    )
    assert await load(tool, name="release", file="steps/tag.md") == "git tag"


async def test_a_skill_without_files_is_its_text_alone(home: Path, root: Path):
    make_skill(root / ".agents" / "skills" / "tidy")
    assert await load(await loader(home, root), name="tidy") == "Do tidy."


@pytest.mark.parametrize("file", ["../../token", "/etc/hostname", "missing.md", "../release", "link"])
async def test_other_files_of_the_home_cannot_be_loaded(home: Path, root: Path, file: str):
    folder = make_skill(home / "skills" / "release")
    (home / "token").write_text("secret")
    (folder / "link").symlink_to(home / "token")
    with pytest.raises(ToolRefused, match="cannot be loaded"):
        await load(await loader(home, root), name="release", file=file)


async def test_an_unknown_one_is_refused_with_those_there_are(home: Path, root: Path):
    make_skill(home / "skills" / "release")
    with pytest.raises(ToolRefused, match="There are: release"):
        await (await loader(home, root)).look({"name": "relase"})


async def test_one_that_is_gone_meanwhile_is_said(home: Path, root: Path):
    folder = make_skill(home / "skills" / "release")
    tool = await loader(home, root)
    (folder / "SKILL.md").unlink()
    with pytest.raises(ToolRefused, match="its file is gone"):
        await tool.run({"name": "release"}, print)

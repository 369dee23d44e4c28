"""What docs/native-agent.md shows can be used as it stands there."""

import re
from pathlib import Path

import attrs
import pytest

from boocode.domain.native.failures import Asking, nonsense, not_set, refusal, stalled, unreachable
from boocode.domain.native.profile_file import read_profiles
from boocode.domain.native.sampling import Sampling
from boocode.domain.native.skills import read_skill
from boocode.settings import Config, load_settings

TEXT = (Path(__file__).parents[1] / "docs" / "native-agent.md").read_text()
BLOCKS = re.findall(r"^(`{3,4})(\w*)\n(.*?)^\1$", TEXT, re.DOTALL | re.MULTILINE)


def blocks(language: str) -> list[str]:
    return [body for _, kind, body in BLOCKS if kind == language]


@pytest.mark.parametrize("block", blocks("toml"))
def test_a_config_is_taken(tmp_path: Path, block: str):
    (tmp_path / "config.toml").write_text(block)
    assert load_settings({}, home=tmp_path).config != Config()


def test_the_profiles_are_read_as_they_are_described():
    profiles = next(body for body in blocks("markdown") if "# reviewer" in body)
    (built_in, reviewer, planner), warnings = read_profiles(profiles)
    assert warnings == ()
    assert built_in.sampling == Sampling(temperature=0.6, top_k=20)
    assert (reviewer.leave, reviewer.max_steps) == ("plan", 30)
    assert planner.tools == ("new_task", "list_tasks", "check_task_status")


def test_the_skill_is_read():
    (skill,) = (read_skill(body, "x") for body in blocks("markdown") if body.startswith("---"))
    assert skill.name == "release"


def test_every_sampling_knob_is_named():
    assert [each.name for each in attrs.fields(Sampling) if f"`{each.name}`" not in TEXT] == []


def test_the_table_of_failures_has_the_words_that_people_see():
    asking = Asking("http://127.0.0.1:8080/v1", "qwen")
    failures = [
        not_set("config.toml"),
        unreachable(asking, "connection refused"),
        nonsense(asking, "answered with a web page"),
        stalled(asking, 90.0, began=False),
        refusal(asking, 401, "no"),
        refusal(asking, 404, '{"error": {"message": "model qwen not found"}}'),
        refusal(asking, 400, '{"error": {"message": "maximum context length is 4096 tokens"}}'),
        refusal(asking, 429, "slow down"),
        refusal(asking, 500, "oops"),
        refusal(asking, 400, "unknown argument top_k"),
    ]
    rows = TEXT.partition("| the chat says |")[2].partition("\n\n")[0].splitlines()[2:]
    assert sorted(row.split("|")[1].strip() for row in rows) == sorted(
        failure.message.partition(".")[0] for failure in failures
    )

"""Calls that models write as text: each sample is recovered or refused as its table says, wherever it is cut."""

import itertools
from collections.abc import Iterable

import pytest

from boocode.domain.events import Reasoning, Text
from boocode.domain.native.answer import Answer, AnswerReader
from boocode.domain.native.text_calls import TextCalls
from tests.domain.native.weak_answers import OFFERED, SAMPLES, TEXT, Sample


def read(pieces: Iterable[str], *, cut_short: bool = False) -> tuple[str, str, Answer]:
    """What people were shown, as text and as reasoning, and the answer."""
    ids = itertools.count(1)
    reader = AnswerReader(OFFERED, lambda: f"id{next(ids)}")
    events = [event for piece in pieces for event in reader.text(piece)]
    answer = reader.finish(cut_short=cut_short)
    events.extend(answer.events)
    shown = "".join(event.text for event in events if isinstance(event, Text))
    thought = "".join(event.text for event in events if isinstance(event, Reasoning))
    return shown, thought, answer


def outcome(answer: Answer) -> tuple[object, ...]:
    said = answer.said
    return said.text, said.reasoning, tuple((call.name, call.arguments) for call in said.calls), answer.unmade


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_sample_is_read_as_its_table_says(sample: Sample) -> None:
    answer = read([sample.text], cut_short=sample.cut_short)[2]
    assert tuple((call.name, call.arguments) for call in answer.said.calls) == sample.calls
    assert answer.said.text == sample.left
    assert answer.said.reasoning.strip() == sample.reasoning
    assert bool(answer.unmade) == bool(sample.unmade)
    assert sample.unmade in " ".join(answer.unmade)
    assert len(answer.recovered) == len(sample.calls)
    assert bool(answer.notices) == bool(sample.calls)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_sample_is_read_alike_wherever_it_is_cut(sample: Sample) -> None:
    whole = outcome(read([sample.text], cut_short=sample.cut_short)[2])
    assert outcome(read(list(sample.text), cut_short=sample.cut_short)[2]) == whole
    for cut in range(1, len(sample.text)):
        pieces = [sample.text[:cut], sample.text[cut:]]
        assert outcome(read(pieces, cut_short=sample.cut_short)[2]) == whole, cut


@pytest.mark.parametrize("sample", TEXT, ids=lambda sample: sample.name)
def test_text_is_shown_to_the_letter(sample: Sample) -> None:
    assert read(list(sample.text))[0] == sample.text
    reader = TextCalls(OFFERED)
    reader.feed(sample.text)
    reader.finish()
    assert "".join(reader.text) == sample.text

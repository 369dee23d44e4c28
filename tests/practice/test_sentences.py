"""The grammar: which sentence is which step."""

import pytest

from boocode.practice.sentences import MAX_CHUNKS, SLOW_S, parse, program
from boocode.practice.steps import (
    Append,
    Ask,
    Burst,
    Count,
    Crash,
    Create,
    Delete,
    Echo,
    Fail,
    Hang,
    Help,
    List,
    Plan,
    Read,
    Recall,
    Rename,
    Replace,
    Run,
    Stamp,
    Step,
    SwitchMode,
    Think,
    Unknown,
    Wait,
)

SENTENCES: list[tuple[str, list[Step]]] = [
    ("create hello.py that prints hello", [Create("hello.py", 'print("hello")\n')]),
    ("Create a python script named hello.py which prints hello", [Create("hello.py", 'print("hello")\n')]),
    ("please create a file called n.txt with the text: a b", [Create("n.txt", "a b\n")]),
    ("create n.txt containing 'a b'", [Create("n.txt", "a b\n")]),
    ('create "my notes.txt" with "a b"', [Create("my notes.txt", "a b\n")]),
    ("create empty.txt", [Create("empty.txt", "")]),
    ("make src/a.py printing 1", [Create("src/a.py", 'print("1")\n')]),
    ('write "a b" to n.txt', [Create("n.txt", "a b\n")]),
    ("edit a.py replacing x with y", [Replace("a.py", "x", "y")]),
    ("edit a.py, replace 'x y' by \"y x\"", [Replace("a.py", "x y", "y x")]),
    ("in a.py replace x with y", [Replace("a.py", "x", "y")]),
    ("change x to y in the file a.py", [Replace("a.py", "x", "y")]),
    ("append a last line to n.txt", [Append("n.txt", "a last line\n")]),
    ("edit n.txt appending a last line", [Append("n.txt", "a last line\n")]),
    ("add the line 'x to y' to n.txt", [Append("n.txt", "x to y\n")]),
    ("edit @src/a.py replacing x with y", [Replace("src/a.py", "x", "y")]),
    ("read @src/a.py", [Read("src/a.py")]),
    ('read "@a.py"', [Read("@a.py")]),
    ("read @", [Read("@")]),
    ("delete n.txt", [Delete("n.txt")]),
    ("remove the file n.txt.", [Delete("n.txt")]),
    ("rename a.txt to b.txt", [Rename("a.txt", "b.txt")]),
    ("read a.py", [Read("a.py")]),
    ("show me the file a.py", [Read("a.py")]),
    ("list", [List()]),
    ("list the files", [List()]),
    ("list the files in src", [List("src")]),
    ("ls src", [List("src")]),
    ("run ls -la | wc -l", [Run("ls -la | wc -l")]),
    ("run `make test`", [Run("make test")]),
    ("think about names", [Think("names")]),
    ("think about names slowly", [Think("names", SLOW_S)]),
    ("say 20 words", [Count(20)]),
    ("say 20 words fast", [Count(20, 0.0)]),
    ("count to 20 slowly", [Count(20, SLOW_S)]),
    ("count to 20 slowly for 10 s", [Count(20, 0.5)]),
    ("count to 20 over 1 min", [Count(20, 3.0)]),
    ("count to 20 every 250 ms", [Count(20, 0.25)]),
    ("/count 5", [Count(5)]),
    ("say hello to all", [Echo("hello to all")]),
    ("stamp 9 chunks every 5 milliseconds", [Stamp(9, 0.005)]),
    ("burst 20000", [Burst(20_000)]),
    ("ask", [Ask("going on")]),
    ("ask me whether we stop", [Ask("we stop")]),
    ("remember 3", [Recall()]),
    ("what did I say?", [Recall()]),
    ("/recall", [Recall()]),
    ("help", [Help()]),
    ("Hello!", [Help()]),
    ("explain yourself", [Help()]),
    ("what can you do?", [Help()]),
    ("switch to plan mode", [SwitchMode("plan")]),
    ("wait 1.5 s", [Wait(1.5)]),
    ("fail with no luck", [Fail("no luck")]),
    ("crash", [Crash()]),
    ("hang", [Hang()]),
    ("hang deaf", [Hang(deaf=True)]),
    ("plan a parser, its tests and a page", [Plan(("a parser", "its tests", "a page"))]),
    ("plan create a.py then run a.py", [Plan(("create a.py", "run a.py"))]),
    ("say 3 words then fail with x", [Count(3), Fail("x")]),
    ("list\nread a.py", [List(), Read("a.py")]),
    (
        "create a.py that prints hi, and then run python3 a.py",
        [Create("a.py", 'print("hi")\n'), Run("python3 a.py")],
    ),
    (
        "create my-a.py that prints hi and run it",
        [Create("my-a.py", 'print("hi")\n'), Run("python3 my-a.py")],
    ),
    ("create n.txt with the text now and then", [Create("n.txt", "now and then\n")]),
    ("create n.txt with 'go then list' then list", [Create("n.txt", "go then list\n"), List()]),
    ("create n.md with the text:\n```\nlist\nread a\n```", [Create("n.md", "list\nread a\n")]),
    ("make coffee", [Unknown("make coffee")]),
    ("build me a web shop", [Unknown("build me a web shop")]),
    ("list then dance", [Unknown("list then dance")]),
    ("", [Unknown("")]),
]


@pytest.mark.parametrize(("text", "steps"), SENTENCES, ids=[text[:50] for text, _ in SENTENCES])
def test_a_sentence_is_that_step(text: str, steps: list[Step]) -> None:
    found = parse(text)
    assert [(type(step), *step) for step in found] == [(type(step), *step) for step in steps]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a.py", 'print("it\'s \\"so\\"")\n'),
        ("a.js", 'console.log("it\'s \\"so\\"");\n'),
        ("a.sh", "#!/bin/sh\nprintf '%s\\n' 'it'\"'\"'s \"so\"'\n"),
        ("a.rb", "puts 'it\\'s \"so\"'\n"),
        ("a.txt", 'it\'s "so"\n'),
    ],
)
def test_a_program_that_prints_is_written_in_the_language_of_its_ending(path: str, expected: str) -> None:
    assert program(path, 'it\'s "so"') == expected


def test_a_count_is_bounded() -> None:
    assert parse("count to " + "9" * 50) == [Count(MAX_CHUNKS)]


def test_a_long_text_full_of_joiners_is_read_in_no_time() -> None:
    assert len(parse("say a then " * 20_000)) == 65

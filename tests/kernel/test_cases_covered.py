"""Each of the 76 kernel rules is one test: no number twice, none missing."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent


def case_number(decorator: ast.expr) -> int | None:
    """The number of `@pytest.mark.case(number)`, or None for another decorator."""
    match decorator:
        case ast.Call(func=ast.Attribute(attr="case"), args=[ast.Constant(value=int(number))]):
            return number
    return None


def cases_in(path: Path) -> list[int]:
    functions = [
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef)
    ]
    tests = [function for function in functions if function.name.startswith("test_")]
    numbers = [case_number(decorator) for test in tests for decorator in test.decorator_list]
    return [number for number in numbers if number is not None]


def test_each_of_the_76_rules_has_exactly_one_test() -> None:
    covered = Counter(number for path in HERE.glob("test_*.py") for number in cases_in(path))

    assert {number: times for number, times in covered.items() if times > 1} == {}
    assert sorted(covered) == list(range(1, 77))

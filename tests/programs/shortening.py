"""A failing program with all taken out that it fails without: halves first, then smaller and smaller parts."""

from collections.abc import Callable

from attrs import evolve

from tests.programs.operations import Program

MOST_RUNS = 120


def shorten(program: Program, wrong: str, run: Callable[[Program], str | None]) -> Program:
    """`run` says what went wrong, None for nothing. Only a failure of the same kind counts."""
    runs = 0

    def fails(candidate: Program) -> bool:
        nonlocal runs
        runs += 1
        return runs <= MOST_RUNS and _kind(run(candidate)) == _kind(wrong)

    if not fails(program):
        return program  # by chance, as the moment of a death is: nothing could be learned from what is left
    size = max(len(program) // 2, 1)
    while True:
        shorter = _without_parts(program, size, fails)
        if shorter == program and size == 1:
            break
        size = size if shorter != program else max(size // 2, 1)
        program = shorter
    for at, operation in enumerate(program):
        calm = (*program[:at], evolve(operation, crash=None), *program[at + 1 :])
        if operation.crash is not None and fails(calm):
            program = calm
    return program


def _without_parts(program: Program, size: int, fails: Callable[[Program], bool]) -> Program:
    at = 0
    while at < len(program):
        candidate = program[:at] + program[at + size :]
        if candidate and fails(candidate):
            program = candidate
        else:
            at += size
    return program


def _kind(wrong: str | None) -> str | None:
    """The words of it without numbers, names and places."""
    if wrong is None:
        return None
    words = wrong.split(":", 1)[-1].split()
    return " ".join(words[:3])

"""What stands on stderr: one line an event, plain tracebacks, never the values of local variables."""

import logging
from collections.abc import Iterator

import pytest

from boocode.logs import configure_logs


@pytest.fixture
def root_logger() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level


@pytest.mark.usefixtures("root_logger")
def test_a_traceback_names_no_values(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs()
    secret = "hunter" + "2"
    try:
        raise ValueError("the reason")
    except ValueError:
        logging.getLogger("x").exception("it failed")
    told = capsys.readouterr().err
    assert "ValueError: the reason" in told
    assert secret not in told
    assert "locals" not in told

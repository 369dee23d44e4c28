"""The scripted model endpoint as a process of its own, for tests that cannot serve it themselves."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def scripted_model(port: int = 0) -> Iterator[str]:
    """Its address, without `/v1`; on a free port, or on that one."""
    command = [sys.executable, "-m", "tests.kit.model_endpoint", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1].removesuffix("/v1")
        try:
            yield url
        finally:
            process.terminate()

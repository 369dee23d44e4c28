"""The composition root's second half: prepares the home, runs the tree, says when it is ready, stops it.

The order is: settings → home and its lock → what a former run left is ended → the asyncio bridge of the database
driver, outermost → the tree. The first SIGTERM or SIGINT stops the tree in order; the second does not wait.
"""

import asyncio
import errno
import gc
import json
import os
import signal
from typing import Any

import trio
import trio_asyncio  # type: ignore[import-untyped]

from boocode.adapters.processes.home_lock import HomeBusy, HomeLock
from boocode.adapters.processes.leftovers import settle_leftovers
from boocode.compose import Composition, compose
from boocode.kernel import RestartsExhausted, StartFailed, open_tree
from boocode.logs import configure_logs, log_supervision, logger
from boocode.settings import Settings
from boocode.token import home_token

LOOPBACK = ("127.0.0.1", "::1", "localhost")
FORCED_EXIT = 1

_log = logger("boocode")


class StartError(Exception):
    """BooCode could not start; str() says why and what to do."""


def serve_forever(settings: Settings) -> int:
    """Runs until a signal; returns the exit code. Raises StartError."""
    configure_logs()
    _refuse_open_house(settings)
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with HomeLock(str(settings.home)) as lock:
            token = settings.token or home_token(settings.home)
            for left in settle_leftovers(lock):
                _log.warning("ended a process that a former run had left", command=left.command)
            failure = trio.run(_serve, settings, token, lock)
    except HomeBusy as error:
        raise StartError(str(error)) from error
    except OSError as error:
        raise StartError(f"The home {settings.home} cannot be used: {error}") from error
    if failure is not None:
        raise failure
    return 0


async def _serve(settings: Settings, token: str, lock: HomeLock) -> StartError | None:
    """The errors of nurseries come in groups; the one that is meant for people is returned instead."""
    async with trio_asyncio.open_loop() as loop, trio.open_nursery() as nursery:
        loop.set_exception_handler(_log_loop_error)
        stop = _Stop()
        await nursery.start(stop.watch_signals)
        failure = await _run_tree(compose(settings, token), settings, lock, stop)
        nursery.cancel_scope.cancel()
    return failure


class _Stop:
    """What signals mean: before the tree stands they give the start up, after that they stop it in order."""

    def __init__(self) -> None:
        self.asked = trio.Event()
        self.starting = trio.CancelScope()
        self.is_up = False

    async def watch_signals(self, task_status: trio.TaskStatus[None]) -> None:
        with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
            task_status.started()
            async for _ in signals:
                if self.asked.is_set():
                    os._exit(FORCED_EXIT)  # the process guard notices and ends what is left
                self.asked.set()
                if not self.is_up:
                    self.starting.cancel()


async def _run_tree(
    composition: Composition, settings: Settings, lock: HomeLock, stop: _Stop
) -> StartError | None:
    try:
        with stop.starting:
            async with open_tree(composition.spec) as system:
                stop.is_up = True
                system.telemetry.attach(log_supervision)
                _settle_memory()
                _announce(composition, settings, lock)
                await stop.asked.wait()
                _log.debug("stopping")
    except StartFailed as error:
        return StartError(why(error))
    except RestartsExhausted as error:
        return StartError(f"BooCode gave up: {error}")
    finally:
        composition.processes.close()
    return None


def why(error: BaseException) -> str:
    """The innermost cause of a failed start, in the words of whoever met it, and where in the tree it was."""
    places = []
    while isinstance(error, StartFailed):
        places.append(error.child)
        error = error.cause
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        words = "The address is in use. Stop what listens there, or choose another port with --port."
    else:
        words = str(error) or repr(error)
    return f"BooCode could not start ({' → '.join(places)}): {words}"


def _announce(composition: Composition, settings: Settings, lock: HomeLock) -> None:
    host, port = composition.edge.address
    url = f"{composition.edge.url}/?token={composition.token}"
    lock.publish(url)
    if settings.json:
        ready = {"event": "ready", "url": url, "host": host, "port": port}
        print(json.dumps({**ready, "token": composition.token, "pid": os.getpid()}), flush=True)
    else:
        print(f"BooCode ready at {url}", flush=True)


def _settle_memory() -> None:
    """What exists now lives as long as we do, and the collector need not look at it. What comes after is little beside
    it: whole collections are quick, and have to be, for nothing else finds what was alive at a partial one."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


def _refuse_open_house(settings: Settings) -> None:
    if settings.host not in LOOPBACK and settings.token is None:
        raise StartError(
            f"BooCode was asked to listen on {settings.host}, which others can reach. "
            "Set BOOCODE_TOKEN to a secret of your own first, or listen on 127.0.0.1."
        )


def _log_loop_error(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:  # noqa: ARG001
    """Without a handler an error in a callback of the database driver would end everything."""
    _log.error(
        "the database driver met an error", error=context.get("message"), exc_info=context.get("exception")
    )

"""Logs on stderr: one line an event, with its actor's path; colours only on a terminal."""

import logging
import sys

from boocode.kernel import Crashed, Event, describe, is_abnormal
from boocode.later import left_out

with left_out("rich", "better_exceptions"):  # structlog would take them along where they happen to be: 3 MB
    import structlog


def logger(name: str) -> "structlog.stdlib.BoundLogger":
    found: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return found


def configure_logs(level: int = logging.INFO) -> None:
    """Everything that logs, libraries included, ends in one structured stream."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                # Never the rich formatter, whoever has loaded its package: it holds the loop for as long as it
                # draws, and writes the values of local variables down.
                structlog.dev.ConsoleRenderer(
                    colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
                ),
            ],
        )
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    logging.getLogger("asyncio").setLevel(logging.WARNING)
    logging.getLogger("httpx2").setLevel(logging.WARNING)


def log_supervision(event: Event) -> None:
    """For `telemetry.attach`: what a person should read later; ordinary starts and ends are left out."""
    log = logger("boocode.tree")
    if event.kind == "exited" and event.exit is not None and is_abnormal(event.exit):
        cause = event.exit.cause if isinstance(event.exit, Crashed) else None
        log.warning(
            "ended", path=event.path, incarnation=event.incarnation, how=describe(event.exit), exc_info=cause
        )
    elif event.kind in ("escalated", "suspended", "resumed"):
        log.warning(event.kind, path=event.path, incarnation=event.incarnation)
    elif event.kind == "restarted":
        log.info(event.kind, path=event.path, incarnation=event.incarnation)

"""One JSON object a line on standard error; for people, a short coloured line when that is a terminal."""

import logging
import sys

import structlog
from structlog.typing import EventDict, WrappedLogger

from runtime import correlation


def configure(process: str, *, level: str = "INFO", pretty: bool | None = None) -> None:
    """Send structlog's and the standard library's records to standard error, named after `process`."""

    def stamp(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["process"] = process
        correlation_id = correlation.current()
        if correlation_id is not None:
            event.setdefault("correlation_id", correlation_id)
        return event

    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        stamp,
    ]
    pretty = sys.stderr.isatty() if pretty is None else pretty
    last: list[structlog.typing.Processor] = (
        [structlog.dev.ConsoleRenderer()]
        if pretty
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in (
        "amqp",
        "aiormq",
        "aio_pika",
        "kombu",
        "nameko",
        "httpx",
        "httpcore",
        "alembic",
        "asyncio",
        "mail.log",
    ):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level]))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of a module: `log.info("booked", booking_id=…)`. Log ids, never contacts, texts or tokens."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger

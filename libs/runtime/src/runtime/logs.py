"""One JSON object a line on standard error; for people, a short coloured line when that is a terminal.

PostgreSQL's DETAIL ("Failing row contains (…)") is cut out of whatever is logged, tracebacks too: a row may be a guest.
"""

import logging
import re
import sys
from types import TracebackType

import structlog
from structlog.typing import EventDict, WrappedLogger

from runtime import correlation

# Up to the next thing that a driver, SQLAlchemy or a traceback says at the beginning of a line.
_DETAIL = re.compile(
    r"DETAIL:.*?(?=\n+(?:HINT|CONTEXT|WHERE|QUERY|LOCATION|STATEMENT):|\n+\[SQL|\n+\(Background"
    r"|\n+Traceback|\n+The above|\n+During handling|\Z)",
    re.DOTALL,
)


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
        [structlog.processors.format_exc_info, _without_detail, structlog.dev.ConsoleRenderer()]
        if pretty
        else [structlog.processors.format_exc_info, _without_detail, structlog.processors.JSONRenderer()]
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

    sys.excepthook = _log_the_end


def _without_detail(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    for name, value in event.items():
        if isinstance(value, str) and "DETAIL:" in value:
            event[name] = _DETAIL.sub("DETAIL: (left out)", value)
    return event


def _log_the_end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What ends the process is a line like all others."""
    get_logger(__name__).critical("the process ends", exc_info=(kind, error, trace))


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of a module: `log.info("booked", booking_id=…)`. Log ids, never contacts, texts or tokens."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger

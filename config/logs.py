"""Structured logs that hold no personal data: an event's name, what it is about, how it went."""

import logging.config
import re
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# Names under which personal data or secrets could be handed to a logger by mistake.
PRIVATE = re.compile(
    r"wester|ex_member|member_no|user|email|password|secret|token|cookie|session|authori|nonce|sub$|_ip$"
)
# PostgreSQL repeats the offending values in these parts of its messages.
VALUES = re.compile(r"^(DETAIL|CONTEXT|LINE \d+|HINT):.*$(\n\s+\^$)?", re.MULTILINE)
PARAMETERS = re.compile(r"\[(?:parameters|params): .*?\]", re.DOTALL)


def without_private_fields(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Blank every field whose name says that it is about a person or a secret."""
    return {key: "***" if PRIVATE.search(key.lower()) else value for key, value in event.items()}


def without_row_values(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Take the rows' values out of the database's messages, in the event and in a traceback."""
    for key in ("event", "exception"):
        if isinstance(event.get(key), str):
            event[key] = PARAMETERS.sub("[...]", VALUES.sub(r"\1: ***", event[key]))
    return event


def without_request(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Drop the request that Django hands along: its address and headers name people."""
    record = event.get("_record")
    if record is not None and record.name.startswith("django.") and record.args:
        event["event"] = record.msg.split("%", 1)[0].strip(" :") or record.name
    return event


def shared_processors() -> list[Processor]:
    """Return what every line passes through, ours and the libraries' alike."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_private_fields,
    ]


def configuration(*, level: str, as_json: bool) -> dict[str, Any]:
    """Return the logging configuration: one line an event, on standard error."""
    last: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared_processors(),
                "processors": [
                    without_request,
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    without_row_values,
                    last,
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # RequestLog says the same without addresses; these would repeat it with them.
            "django.server": {"level": "ERROR", "propagate": True, "handlers": []},
            "gunicorn.access": {"level": "ERROR"},
        },
    }


def configure(settings: dict[str, Any]) -> None:
    """Set up logging and structlog alike (Django calls this with LOGGING)."""
    logging.config.dictConfig(settings)
    structlog.configure(
        processors=[*shared_processors(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )

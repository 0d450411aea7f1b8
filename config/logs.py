"""Structured logs that hold no personal data: an event's name, what it is about, how it went.

What other people's code says is cut to what cannot name a person: no address of a request, no
argument of a task, no message of an exception that is not ours.
"""

import logging.config
import re
import traceback
from collections.abc import Iterator, Mapping
from http.client import responses
from types import TracebackType
from typing import Any

import structlog
from django.core.exceptions import ImproperlyConfigured
from structlog.typing import EventDict, Processor, WrappedLogger

from bookings.printable import printable_json, printable_lines
from bookings.refusals import Refusal
from config.refusals import ServiceFailed

Raised = tuple[type[BaseException], BaseException, TracebackType | None]

# Names under which personal data or secrets could be handed to a logger by mistake.
PRIVATE = re.compile(
    r"wester|ex_member|member_no|user|email|password|secret|token|cookie|session|authori|nonce|sub$|_ip$"
)
# PostgreSQL repeats the offending values below the first line of its messages.
VALUES = re.compile(r"(?:^|\n)(?:DETAIL|CONTEXT|HINT|QUERY|STATEMENT|LINE \d+):.*", re.DOTALL)
# Exceptions whose sentences are ours, written to be read.
OURS = (ImproperlyConfigured, Refusal, ServiceFailed)
# What a task's line may say of it; its arguments, result and exception are left out.
OF_A_TASK = ("name", "id", "runtime", "description", "hostname")


def without_private_fields(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Blank every field whose name says that it is about a person or a secret."""
    return {key: "***" if PRIVATE.search(key.lower()) else value for key, value in event.items()}


def without_row_values(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Take the rows' values out of the database's messages."""
    return {
        key: VALUES.sub("", value) if isinstance(value, str) and key != "exception" else value
        for key, value in event.items()
    }


def without_arguments(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Cut what Django, Celery and gunicorn say of a request or a task."""
    arguments = event.pop("positional_args", None)
    record: logging.LogRecord = event["_record"]
    area = record.name.split(".", 1)[0]
    if area == "django":
        event["event"] = said_by_django(record, event["event"])
    elif area == "celery" and arguments:
        event["event"] = said_by_celery(record.msg, event["event"], arguments)
    elif area == "gunicorn":
        event["event"] = said_by_gunicorn(event["event"])
    return event


def said_by_django(record: logging.LogRecord, message: str) -> str:
    """Return what happened to a request, without its address; other messages as they are."""
    if record.name == "django.request":
        return responses.get(getattr(record, "status_code", 0), "Request failed")
    return record.name if record.name.startswith("django.security") else message


def said_by_celery(template: str, message: str, arguments: object) -> str:
    """Return the message with a task's name and number alone."""
    if isinstance(arguments, Mapping):
        return template % {
            key: value if key in OF_A_TASK else "***" for key, value in arguments.items()
        }
    if template.lstrip().startswith("Received "):  # and could not be read: its content follows
        return template.strip().splitlines()[0].replace("%s", "***").replace("%r", "***")
    return message


def said_by_gunicorn(message: str) -> str:
    """Return the message without the address that was asked for or that asked."""
    if message.startswith("Error handling request"):
        return "Error handling request"
    return message.split(" from ip=", 1)[0]


def escaped_json(_: WrappedLogger, __: str, line: Any) -> str:
    """Return a line of JSON without what a terminal would obey."""
    return printable_json(line)


def escaped_lines(_: WrappedLogger, __: str, lines: Any) -> str:
    """Return lines for a person without what a terminal would obey."""
    return printable_lines(lines)


def private_traceback(exc_info: Raised) -> str:
    """Show where an exception came from and of what type it is, its message only where it is ours.

    Messages repeat what was being worked on: a key that is missing, a number that is none.
    """
    return "\n\n".join(describe(error) for error in chain(exc_info[1]))


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception and what it came from, as Python would show them, the last one first."""
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def describe(error: BaseException) -> str:
    """Show one exception's frames and its type; of a database error its code and constraint."""
    facts = [str(error)] if isinstance(error, OURS) else []
    if diagnosis := getattr(error, "diag", None):
        facts = [fact for fact in (diagnosis.sqlstate, diagnosis.constraint_name) if fact]
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{frames}{': '.join([name, *facts])}"


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
    last: list[Processor] = (
        [structlog.processors.JSONRenderer(ensure_ascii=False), escaped_json]
        if as_json
        else [
            structlog.dev.ConsoleRenderer(
                colors=False, exception_formatter=structlog.dev.plain_traceback
            ),
            escaped_lines,
        ]
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared_processors(),
                "pass_foreign_args": True,
                "processors": [
                    without_arguments,
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.ExceptionRenderer(private_traceback),
                    without_row_values,
                    *last,
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Without Django's own handlers: one writes as it likes, one sends mail.
            "django": {"level": level, "handlers": []},
            # RequestLog says the same without addresses; these would repeat it with them.
            "django.server": {"level": "ERROR", "propagate": True, "handlers": []},
            "gunicorn.access": {"level": "ERROR"},
            # It would repeat every statement with its parameters.
            "django.db.backends": {"level": "INFO"},
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

"""Structured logs without personal data.

Messages of libraries are reduced to parts that cannot identify a person: no address of a request,
no argument of a task, no message of an exception that is not ours.
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

from core.errors import Refusal
from core.printable import printable_json, printable_lines

Raised = tuple[type[BaseException], BaseException, TracebackType | None]

# Field names under which personal data or secrets could be logged by mistake.
PRIVATE = re.compile(
    r"wester|ex_member|member_no|user|email|password|secret|token|cookie|session|authori|nonce|sub$|_ip$"
)
# The lines of PostgreSQL's messages that repeat values of a row.
VALUES = re.compile(r"(?:^|\n)(?:DETAIL|CONTEXT|HINT|QUERY|STATEMENT|LINE \d+):.*", re.DOTALL)
# Exceptions whose messages are ours and hold no personal data.
OWN_EXCEPTIONS = (ImproperlyConfigured, Refusal)
# The fields of a task that are logged, without arguments, result and exception.
TASK_FIELDS = ("name", "id", "runtime", "description", "hostname")


def without_private_fields(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Mask every field whose name suggests a person or a secret."""
    return {key: "***" if PRIVATE.search(key.lower()) else value for key, value in event.items()}


def without_row_values(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Remove the values of rows from messages of the database."""
    return {
        key: VALUES.sub("", value) if isinstance(value, str) and key != "exception" else value
        for key, value in event.items()
    }


def without_arguments(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Remove addresses and arguments from messages of Django, Celery and gunicorn."""
    arguments = event.pop("positional_args", None)
    record: logging.LogRecord = event["_record"]
    area = record.name.split(".", 1)[0]
    if area == "django":
        event["event"] = shorten_django(record, event["event"])
    elif area == "celery" and arguments:
        event["event"] = shorten_celery(record.msg, event["event"], arguments)
    elif area == "gunicorn":
        event["event"] = shorten_gunicorn(event["event"])
    return event


def shorten_django(record: logging.LogRecord, message: str) -> str:
    """Return a message about a request without its address, others unchanged."""
    if record.name == "django.request":
        return responses.get(getattr(record, "status_code", 0), "Request failed")
    return record.name if record.name.startswith("django.security") else message


def shorten_celery(template: str, message: str, arguments: object) -> str:
    """Return a message about a task with only its name, id and runtime."""
    if isinstance(arguments, Mapping):
        return template % {
            key: value if key in TASK_FIELDS else "***" for key, value in arguments.items()
        }
    if template.lstrip().startswith("Received "):  # a message that cannot be read, then its content
        return template.strip().splitlines()[0].replace("%s", "***").replace("%r", "***")
    return message


def shorten_gunicorn(message: str) -> str:
    """Return the message without the addresses of request and client."""
    if message.startswith("Error handling request"):
        return "Error handling request"
    return message.split(" from ip=", 1)[0]


def escaped_json(_: WrappedLogger, __: str, line: Any) -> str:
    """Return a line of JSON with control characters escaped."""
    return printable_json(line)


def escaped_lines(_: WrappedLogger, __: str, lines: Any) -> str:
    """Return lines of text with control characters escaped."""
    return printable_lines(lines)


def private_traceback(exc_info: Raised) -> str:
    """Format a traceback with messages only of our own exceptions.

    Other messages repeat data: a missing key, a text that is not a number.
    """
    return "\n\n".join(describe_exception(error) for error in exception_chain(exc_info[1]))


def exception_chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception, then its causes, as Python would print them."""
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def describe_exception(error: BaseException) -> str:
    """Format one exception's frames and type, of a database error its code and constraint."""
    facts = [str(error)] if isinstance(error, OWN_EXCEPTIONS) else []
    if diagnosis := getattr(error, "diag", None):
        facts = [fact for fact in (diagnosis.sqlstate, diagnosis.constraint_name) if fact]
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{frames}{': '.join([name, *facts])}"


def shared_processors() -> list[Processor]:
    """Return the processors of every log line, ours and those of libraries."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_private_fields,
    ]


def configuration(*, level: str, as_json: bool) -> dict[str, Any]:
    """Return the logging configuration: one line per event, on standard error."""
    renderers: list[Processor] = (
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
                    *renderers,
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Without Django's handlers, which write in another format and send mail.
            "django": {"level": level, "handlers": []},
            # RequestLog logs requests without addresses; these would repeat them with addresses.
            "django.server": {"level": "ERROR", "propagate": True, "handlers": []},
            "gunicorn.access": {"level": "ERROR"},
            # At DEBUG it logs every statement with its parameters.
            "django.db.backends": {"level": "INFO"},
        },
    }


def configure(settings: dict[str, Any]) -> None:
    """Configure logging and structlog; Django calls this with LOGGING."""
    logging.config.dictConfig(settings)
    structlog.configure(
        processors=[*shared_processors(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )

"""The logs hold no personal data, whichever library writes the line."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from celery.app import trace
from django.core.exceptions import ImproperlyConfigured
from django.db import DataError, IntegrityError, OperationalError, connection, transaction
from django.test import Client

from bookings.models import Service
from config import logs
from config.celery import app
from core.errors import Refusal

MEMBER = "W-4711"  # by name, for a traceback shows the lines of the program
SECRETS = (MEMBER, "somebody@example.com", "10.9.8.7")


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Collect the lines that production would log."""
    settings = logs.configuration(level="DEBUG", as_json=True)["formatters"]["structured"]
    make = settings.pop("()")
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(make(**settings))
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [*root.handlers, handler])
    yield stream
    for secret in SECRETS:
        assert secret not in stream.getvalue()


def read(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def last(stream: io.StringIO) -> dict[str, Any]:
    return read(stream)[-1]


@pytest.mark.parametrize(
    "name",
    [
        "wester_id",
        "WESTER_ID",
        "ex_member_no",
        "member_no",
        "user",
        "username",
        "email",
        "password",
        "secret_key",
        "csrf_token",
        "cookie",
        "session_key",
        "Authorization",
        "nonce",
        "sub",
        "client_ip",
    ],
)
def test_a_private_field_is_masked(lines: io.StringIO, name: str) -> None:
    structlog.get_logger("campaign").warning("loaded", **{name: "W-4711", "rows": 3})

    assert last(lines)[name] == "***"
    assert last(lines)["rows"] == 3


def test_a_line_has_event_time_level_and_logger(lines: io.StringIO) -> None:
    structlog.get_logger("campaign.nightly").warning("nights_missed", campaign="012025121203")

    line = last(lines)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "nights_missed",
        "campaign": "012025121203",
        "level": "warning",
        "logger": "campaign.nightly",
    }


@pytest.mark.django_db
def test_a_violated_constraint_is_named_without_the_row(lines: io.StringIO) -> None:
    Service.objects.create(name=MEMBER)
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Service.objects.create(name=MEMBER)
    assert MEMBER in str(caught.value)  # the message itself would tell

    structlog.get_logger("bookings").error(
        "load_failed", said=str(caught.value), exc_info=caught.value
    )

    line = last(lines)
    assert line["event"] == "load_failed"
    assert "bookings_service_name" in line["said"]
    assert "UniqueViolation: 23505: bookings_service_name" in line["exception"]
    assert "test_logs.py" in line["exception"]


@pytest.mark.django_db
def test_a_value_of_the_wrong_type_is_not_repeated_with_its_exception(lines: io.StringIO) -> None:
    with pytest.raises(DataError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT %s::text::integer", [MEMBER])

    logging.getLogger("bookings").error("failed", exc_info=caught.value)

    assert "22P02" in last(lines)["exception"]


@pytest.mark.parametrize(
    ("failure", "shown"),
    [
        pytest.param(KeyError(MEMBER), "builtins.KeyError", id="a missing key"),
        pytest.param(ValueError(f"no number: {MEMBER}"), "builtins.ValueError", id="a bad value"),
        pytest.param(OperationalError(MEMBER), "django.db.utils.OperationalError", id="a fault"),
        pytest.param(Refusal("Already entered."), "Refusal: Already entered.", id="ours"),
        pytest.param(
            ImproperlyConfigured("Set it."), "ImproperlyConfigured: Set it.", id="of settings"
        ),
    ],
)
def test_an_exception_is_shown_by_type_and_place(
    lines: io.StringIO, failure: Exception, shown: str
) -> None:
    logging.getLogger("campaign").error("failed", exc_info=raised(failure))

    assert last(lines)["exception"].endswith(shown)
    assert "raise failure" in last(lines)["exception"]


def raised(failure: Exception, cause: Exception | None = None) -> Exception:
    """Return an exception with its traceback."""
    try:
        raise failure from cause
    except type(failure) as caught:
        return caught


def test_an_exceptions_causes_are_shown_the_same_way(lines: io.StringIO) -> None:
    failure = raised(ValueError(MEMBER), raised(KeyError(MEMBER)))

    logging.getLogger("campaign").error("failed", exc_info=failure)

    text = last(lines)["exception"]
    assert text.index("builtins.ValueError") < text.index("builtins.KeyError")


@pytest.mark.parametrize(
    ("request_line", "status", "event"),
    [
        pytest.param("GET /nowhere/W-4711/?m=somebody@example.com", 404, "Not Found", id="unknown"),
        pytest.param("POST /?next=W-4711", 405, "Method Not Allowed", id="another method"),
    ],
)
def test_a_failed_request_is_logged_without_its_address(
    lines: io.StringIO, client: Client, request_line: str, status: int, event: str
) -> None:
    method, path = request_line.split()

    response = client.generic(method, path, REMOTE_ADDR="10.9.8.7")

    assert response.status_code == status
    found = read(lines)
    assert event in [line["event"] for line in found]
    assert [line["status"] for line in found if line["event"] == "request"] == [status]


def test_a_wrong_host_is_logged_without_its_name(lines: io.StringIO, client: Client) -> None:
    response = client.get("/robots.txt", headers={"host": "somebody@example.com"})

    assert response.status_code == 400
    events = [line["event"] for line in read(lines)]
    assert "django.security.DisallowedHost" in events


def test_a_foreign_origin_is_logged_without_its_name(lines: io.StringIO) -> None:
    client = Client(enforce_csrf_checks=True)

    client.post("/staff/login/?next=/W-4711/", headers={"origin": "https://somebody@example.com"})

    assert "django.security.csrf" in [line["event"] for line in read(lines)]


@pytest.mark.django_db
def test_a_served_request_is_logged_by_its_route(lines: io.StringIO, client: Client) -> None:
    client.get("/campaign/detail/W-4711/?mail=somebody@example.com")

    line = next(line for line in read(lines) if line["event"] == "request")
    assert line["route"] == "campaign/detail/<campaign_code:code>/"
    assert line["method"] == "GET"
    assert len(line["request_id"]) == 32


@app.task(name="tests.repeat", shared=False)
def repeat(*words: str, fails: bool = False) -> str:
    if fails:
        raise ValueError(*words)
    return " ".join(words)


@pytest.mark.parametrize("fails", [False, True], ids=["succeeds", "fails"])
def test_a_task_is_logged_by_name_and_number(lines: io.StringIO, fails: bool) -> None:
    run = trace.build_tracer("tests.repeat", repeat, app=app)

    run("id-1", ["W-4711"], {"fails": fails}, {"id": "id-1"})

    found = [line for line in read(lines) if line["logger"] == "celery.app.trace"]
    assert len(found) == 1
    assert found[0]["event"].startswith("Task tests.repeat[id-1] ")


@pytest.mark.parametrize(
    ("template", "arguments", "event"),
    [
        pytest.param(
            "Task %(name)s[%(id)s] received",
            ({"name": "campaign.tasks.x", "id": "1", "args": "('W-4711',)"},),
            "Task campaign.tasks.x[1] received",
            id="a task is received",
        ),
        pytest.param(
            "\nReceived unregistered task of type %s.\nThe full contents was:\n%s\n",
            ("KeyError('x')", "W-4711"),
            "Received unregistered task of type ***.",
            id="nobody knows the task",
        ),
        pytest.param(
            "consumer: Cannot connect to %s: %s.",
            ("redis://localhost", "refused"),
            "consumer: Cannot connect to redis://localhost: refused.",
            id="the broker is away",
        ),
    ],
)
def test_celery_messages_lose_arguments(
    lines: io.StringIO, template: str, arguments: tuple[object, ...], event: str
) -> None:
    logging.getLogger("celery.worker.consumer.consumer").error(template, *arguments)

    assert last(lines)["event"] == event


@pytest.mark.parametrize(
    ("said", "event"),
    [
        pytest.param("Worker exiting (pid: 12)", "Worker exiting (pid: 12)", id="its own affairs"),
        pytest.param("Error handling request /W-4711/", "Error handling request", id="an address"),
        pytest.param("Invalid request from ip=10.9.8.7: x", "Invalid request", id="an asker"),
    ],
)
def test_gunicorn_messages_lose_addresses(lines: io.StringIO, said: str, event: str) -> None:
    logging.getLogger("gunicorn.error").error(said)

    assert last(lines)["event"] == event


@pytest.mark.parametrize("part", ["DETAIL", "CONTEXT", "HINT", "LINE 1", "QUERY", "STATEMENT"])
def test_a_database_message_is_cut_before_the_values(lines: io.StringIO, part: str) -> None:
    logging.getLogger("bookings").error("duplicate key\n%s:  Key (x)=(W-4711)\nW-4711", part)

    assert last(lines)["event"] == "duplicate key"


def test_statements_are_not_logged_with_their_parameters() -> None:
    assert logging.getLogger("django.db.backends").getEffectiveLevel() == logging.INFO


def test_libraries_write_through_our_handler_alone() -> None:
    for name in ("django", "django.server", "django.request", "celery.task", "gunicorn.error"):
        handlers = logging.getLogger(name).handlers
        assert [each for each in handlers if type(each) is not logging.NullHandler] == [], name
        assert logging.getLogger(name).propagate, name


def test_a_terminal_gets_the_same_as_lines_of_text() -> None:
    settings = logs.configuration(level="INFO", as_json=False)["formatters"]["structured"]
    formatter = settings.pop("()")(**settings)
    record = logging.makeLogRecord({"name": "campaign", "msg": "hello", "levelname": "INFO"})

    assert "hello" in formatter.format(record)


AWKWARD = "\x1b[2J\x9b\u202e\udcff"


def test_control_characters_are_escaped_in_json(lines: io.StringIO) -> None:
    structlog.get_logger("feeds").warning("feed_file", name=AWKWARD)

    assert last(lines)["name"] == AWKWARD
    assert lines.getvalue().splitlines()[-1].isprintable()


def test_control_characters_are_escaped_in_lines_of_text() -> None:
    settings = logs.configuration(level="INFO", as_json=False)["formatters"]["structured"]
    formatter = settings.pop("()")(**settings)
    record = logging.makeLogRecord({"name": "feeds", "msg": AWKWARD, "levelname": "INFO"})

    said = formatter.format(record)

    assert said.isprintable()
    assert r"\x1b[2J\x9b\u202e\udcff" in said

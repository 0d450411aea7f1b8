"""What every test stands on."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import uuid4

import hypothesis
import pytest
from celery.contrib.testing.worker import start_worker
from django.apps import apps
from django.core.management.commands import flush
from django.db import connection

from config.celery import app
from config.redis import RedisServer, parse_redis
from core.shared_pages import remembered
from dev import local
from dev.bootstrap import compile_translations
from dev.embedded import services
from dev.embedded.state_folder import StateFolder
from tests import outside
from tests.database import tables_may_be_emptied
from tests.refusing import REFUSALS, Refuse, refusing_writes

# py-ecc lifts the limit of recursion to a depth at which the process ends instead of raising. The
# site never imports it, so the tests beside those of the verifier keep Python's own.
recursion_limit = sys.getrecursionlimit()
import_module("py_ecc")
sys.setrecursionlimit(recursion_limit)

ROOT = Path(__file__).resolve().parent.parent
# No random test may fail for a busy machine; one that fails prints what repeats it.
hypothesis.settings.register_profile(
    "unhurried",
    deadline=None,
    derandomize=False,  # which Hypothesis chooses for itself where CI is set
    print_blob=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("unhurried")
load_network = import_module("bookings.migrations.0002_network_loaded").load_network


@pytest.fixture(scope="session", autouse=True)
def transactional_tests_leave_what_migrate_makes() -> Iterator[None]:
    """Empty the tables after such a test, those that refuse it as well, and refill the network."""
    empty_tables = flush.Command.handle

    def empty_and_refill(command: flush.Command, **options: Any) -> None:
        with tables_may_be_emptied():
            empty_tables(command, **options)
        load_network(apps, schema_editor=None)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush.Command, "handle", empty_and_refill)
        yield


@pytest.fixture(autouse=True)
def _no_page_is_remembered() -> None:
    """Let no test see a page that the process rendered for another one."""
    remembered.clear()


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers and compile the translations: the tests may be started without make."""
    if not hasattr(config, "workerinput"):  # once, before there are any workers
        compile_translations()
        local.start_servers()


ODD_DEFAULTS = {
    "default_transaction_isolation": "repeatable read",
    "synchronous_commit": "off",
    "DateStyle": "SQL, DMY",
    "IntervalStyle": "iso_8601",
    "TimeZone": "Asia/Tokyo",
    "bytea_output": "escape",
    "extra_float_digits": "0",
    "standard_conforming_strings": "off",
    "transform_null_equals": "on",
    "array_nulls": "off",
}


@pytest.fixture
def odd_defaults(transactional_db: None) -> Iterator[dict[str, str]]:
    """Let the database have defaults other than the program relies on."""
    with database_defaults(ODD_DEFAULTS):
        yield ODD_DEFAULTS


@pytest.fixture
def _repeatable_read(transactional_db: None) -> Iterator[None]:
    """Let the database have another isolation than the program relies on."""
    with database_defaults({"default_transaction_isolation": "repeatable read"}):
        yield


@contextmanager
def database_defaults(defaults: dict[str, str]) -> Iterator[None]:
    """Give the tests' database defaults; connections that begin from now on meet them."""
    database = connection.ops.quote_name(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        for name, value in defaults.items():
            cursor.execute(f"ALTER DATABASE {database} SET {name} = '{value}'")
    connection.close()
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {database} RESET ALL")
    connection.close()


@pytest.fixture
def queue() -> Iterator[str]:
    """Have messages go to a queue of the test's own; return its name."""
    usual, name = app.conf.task_default_queue, f"test-{uuid4().hex}"
    use_queue(name)
    yield name
    use_queue(usual)


@pytest.fixture
def worker(queue: str, transactional_db: None) -> Iterator[None]:
    """Have a worker listen on a queue of its own, through the broker."""
    with start_worker(app, pool="solo", perform_ping_check=False, loglevel="warning"):
        yield


def use_queue(name: str) -> None:
    """Have tasks go to a queue; Celery would go on with the queues that it has made before."""
    app.conf.task_default_queue = name
    vars(app).pop("amqp", None)


@pytest.fixture
def other_redis(other_state: StateFolder) -> RedisServer:
    """Give a Redis beside that of the tests."""
    services.ensure_running(other_state.state, database=False, broker=True)
    return parse_redis(other_state.broker_url)


@pytest.fixture(params=REFUSALS)
def refuse(request: pytest.FixtureRequest, other_redis: RedisServer) -> Refuse:
    """Have the other Redis refuse every write in a block, for each of the reasons there are."""
    return partial(refusing_writes, other_redis.url, request.param)


@pytest.fixture
def refusing_redis(other_redis: RedisServer, refuse: Refuse) -> Iterator[RedisServer]:
    """Give a Redis that answers, and refuses every write."""
    with refuse():
        yield other_redis


@pytest.fixture
def state(tmp_path: Path) -> Iterator[StateFolder]:
    """Give a state folder of the test's own; its servers are gone after the test."""
    with outside.state_folder(tmp_path / "state") as places:
        yield places


@pytest.fixture(scope="session")
def other_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StateFolder]:
    """Give a state folder beside that of the tests, shared by tests that start from its servers."""
    with outside.state_folder(tmp_path_factory.mktemp("other") / "state") as places:
        yield places

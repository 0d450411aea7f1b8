"""The fixtures of all tests."""

import os
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import hypothesis
import pytest
from celery.contrib.testing.worker import start_worker
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.management.commands import flush
from django.db import connection
from django.test import Client
from pytest_django import DjangoDbBlocker

from config.celery import app
from config.redis import RedisServer, parse_redis
from core.shared_pages import remembered
from dev import local
from dev.bootstrap import compile_translations
from dev.embedded import services
from dev.embedded.state_folder import SUPERUSER, StateFolder
from tests import outside
from tests.database import as_owner, as_superuser, sessions_of_the_application
from tests.guards import PROVED, GuardsOfARun, forget_refusals, proved_guards
from tests.migrated import ensure_migrated_database, read_content, restore_content
from tests.refusing import REFUSALS, Refuse, refusing_writes

ROOT = Path(__file__).resolve().parent.parent
# No random test may fail for a busy machine; one that fails prints what repeats it. CI takes the
# same examples each time: what fails there is the change. A developer's run draws new ones.
hypothesis.settings.register_profile(
    "unhurried",
    deadline=None,
    derandomize="CI" in os.environ,
    print_blob=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """Copy the tests' database from one that is migrated already, as a superuser."""
    connection.settings_dict["USER"] = SUPERUSER
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = ensure_migrated_database()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Become the application, and restore what migrations wrote after a test that commits.

    (Django would flush every table.)
    """
    with ExitStack() as stack:
        with django_db_blocker.unblock():
            stack.enter_context(sessions_of_the_application())
            made = read_content()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(flush.Command, "handle", lambda _self, **_options: restore_content(made))
            yield
        with django_db_blocker.unblock():
            stack.close()
            with connection.cursor() as cursor:
                # A test that failed may hold a session, and its database could not be dropped.
                cursor.execute(OTHER_SESSIONS_ENDED)


@pytest.fixture(scope="session", autouse=True)
def _fast_passwords() -> Iterator[None]:
    """Hash passwords by Argon2 at its least cost; the usual one is a second for each password."""
    with pytest.MonkeyPatch.context() as patch:
        for cost, least in {"time_cost": 1, "memory_cost": 8, "parallelism": 1}.items():
            patch.setattr(Argon2PasswordHasher, cost, least)
        yield


@pytest.fixture(autouse=True)
def _no_file_of_an_answer_stays_open(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close what the answers of a test would have sent; else it warns within a later test."""
    answers: list[Any] = []
    send = Client.request

    def request(client: Client, **values: Any) -> Any:
        answer: Any = send(client, **values)
        if answer.streaming:
            answers.append(answer)
        return answer

    monkeypatch.setattr(Client, "request", request)
    yield
    for answer in answers:
        for close in answer._resource_closers:
            close()


@pytest.fixture(autouse=True)
def _no_page_is_remembered() -> None:
    """Empty the cache of rendered pages before each test."""
    remembered.clear()


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers and compile the translations: the tests may be started without make."""
    if not hasattr(config, "workerinput"):  # once, before there are any workers
        compile_translations()
        local.start_servers()
        config.pluginmanager.register(GuardsOfARun())


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """Start three workers for two cores: a third of the time, tests wait for others."""
    cores = yield
    return cores + cores // 2


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin every worker's share with slow tests: the fast ones even out who ends when."""
    workers: int = getattr(config, "workerinput", {}).get("workercount", 1)
    if workers == 1:
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    fast = [item for item in items if not item.get_closest_marker("slow")]
    items.clear()
    for left in range(workers, 0, -1):  # as xdist's worksteal hands out the shares
        some, size = len(slow) // left, (len(slow) + len(fast)) // left
        items += slow[:some] + fast[: size - some]
        slow, fast = slow[some:], fast[size - some :]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Add the guards of the database that a test proved to its report."""
    try:
        yield
        item.user_properties += [(PROVED, name) for name in proved_guards()]
    finally:
        forget_refusals()


OTHER_SESSIONS_ENDED = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
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
def _as_owner(db: None) -> Iterator[None]:
    """Run the test as the owner of the schema."""
    with as_owner():
        yield


@pytest.fixture
def odd_defaults(transactional_db: None) -> Iterator[dict[str, str]]:
    """Set defaults of the database that differ from those the program relies on."""
    with database_defaults(ODD_DEFAULTS):
        yield ODD_DEFAULTS


@pytest.fixture
def _repeatable_read(transactional_db: None) -> Iterator[None]:
    """Set the database's default isolation to repeatable read."""
    with database_defaults({"default_transaction_isolation": "repeatable read"}):
        yield


@contextmanager
def database_defaults(defaults: dict[str, str]) -> Iterator[None]:
    """Set defaults of the tests' database for new connections inside the block."""
    database = connection.ops.quote_name(connection.settings_dict["NAME"])
    with as_superuser(), connection.cursor() as cursor:
        for name, value in defaults.items():
            cursor.execute(f"ALTER DATABASE {database} SET {name} = '{value}'")
    connection.close()
    yield
    with as_superuser(), connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {database} RESET ALL")
    connection.close()


@pytest.fixture
def queue() -> Iterator[str]:
    """Send messages to a queue of the test's own; return its name."""
    usual, name = app.conf.task_default_queue, f"test-{uuid4().hex}"
    use_queue(name)
    yield name
    use_queue(usual)


@pytest.fixture
def worker(queue: str, transactional_db: None) -> Iterator[None]:
    """Run a worker on the test's own queue, through the broker."""
    with start_worker(app, pool="solo", perform_ping_check=False, loglevel="warning"):
        yield


def use_queue(name: str) -> None:
    """Send tasks to a queue; Celery would otherwise use the queues that it created before."""
    app.conf.task_default_queue = name
    vars(app).pop("amqp", None)


@pytest.fixture
def other_redis(other_state: StateFolder) -> RedisServer:
    """Start a second Redis."""
    services.ensure_running(other_state.state, database=False, broker=True)
    return parse_redis(other_state.broker_url)


@pytest.fixture(params=REFUSALS)
def refuse(request: pytest.FixtureRequest, other_redis: RedisServer) -> Refuse:
    """Return what makes the second Redis refuse writes in a block, for each reason."""
    return partial(refusing_writes, other_redis.url, request.param)


@pytest.fixture
def refusing_redis(other_redis: RedisServer, refuse: Refuse) -> Iterator[RedisServer]:
    """Return a Redis that answers and refuses every write."""
    with refuse():
        yield other_redis


@pytest.fixture
def state(tmp_path: Path) -> Iterator[StateFolder]:
    """Return a new state folder; its servers are stopped after the test."""
    with outside.state_folder(tmp_path / "state") as places:
        yield places


@pytest.fixture(scope="session")
def other_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StateFolder]:
    """Return a second state folder, shared by the tests that use its servers."""
    with outside.state_folder(tmp_path_factory.mktemp("other") / "state") as places:
        yield places

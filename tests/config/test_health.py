"""Liveness and readiness answer load balancers without details."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings
from redis import Redis
from redis.exceptions import ConnectionError as BrokerAway

from config import health
from config.redis import RedisServer
from tests.database import as_owner

WELL = {"status": "ok", "database": True, "migrations": True, "broker": True}
SECRET = "password=hunter2"


def raising(failure: Exception) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> None:
        raise failure

    return fail


def test_live_runs_no_check(client: Client) -> None:
    response = client.get("/healthz/live")  # without a database: pytest would refuse a query
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_ready_where_all_checks_pass(client: Client) -> None:
    response = client.get("/healthz/ready")
    assert (response.status_code, response.json()) == (200, WELL)


@pytest.mark.django_db
def test_ready_costs_three_queries(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(3):
        client.get("/healthz/ready")


@pytest.mark.django_db
def test_not_ready_before_the_last_migration(client: Client) -> None:
    with as_owner():
        MigrationRecorder.Migration.objects.filter(app="campaign").delete()
    response = client.get("/healthz/ready")
    assert response.status_code == 503
    assert response.json() == {**WELL, "status": "unavailable", "migrations": False}


@pytest.mark.django_db
def test_ready_where_the_database_is_ahead_of_the_code(client: Client) -> None:
    MigrationRecorder.Migration.objects.create(app="campaign", name="9999_of_the_next_release")
    assert client.get("/healthz/ready").status_code == 200


@pytest.mark.django_db
def test_not_ready_without_the_broker(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Redis, "set", raising(BrokerAway(SECRET)))
    response = client.get("/healthz/ready")
    assert response.status_code == 503
    assert response.json() == {**WELL, "status": "unavailable", "broker": False}


@pytest.mark.django_db
def test_not_ready_where_the_broker_answers_and_refuses_what_is_written(
    client: Client, settings: Settings, refusing_redis: RedisServer
) -> None:
    settings.REDIS_URL = refusing_redis.url
    response = client.get("/healthz/ready")
    assert response.status_code == 503
    assert response.json() == {**WELL, "status": "unavailable", "broker": False}


def test_readiness_leaves_no_lasting_key_in_the_broker(
    client: Client, settings: Settings, other_redis: RedisServer
) -> None:
    settings.REDIS_URL = other_redis.url
    assert health.broker_accepts_writes()
    with Redis.from_url(other_redis.url) as server:
        assert 0 < server.ttl("ready") <= health.BROKER_KEY_S


def test_not_ready_without_the_database(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(health, "connection", NoConnection())
    response = client.get("/healthz/ready")
    assert response.status_code == 503
    assert response.json() == {
        "status": "unavailable",
        "database": False,
        "migrations": False,
        "broker": True,
    }
    assert SECRET not in caplog.text


class NoConnection:
    """A database that cannot be reached."""

    cursor = staticmethod(raising(OperationalError(SECRET)))


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/healthz/live", "/healthz/ready"])
def test_answers_are_never_cached(client: Client, address: str) -> None:
    response = client.get(address)
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["Content-Type"] == "application/json"
    assert client.post(address).status_code == 405


@pytest.mark.django_db
def test_health_is_answered_without_https(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_REDIRECT_EXEMPT = [r"^healthz/"]
    assert client.get("/healthz/live").status_code == 200

"""Liveness and readiness of the process, for load balancers."""

from collections.abc import Callable
from functools import cache

import structlog
from django.conf import settings
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe
from redis import Redis, RedisError

log = structlog.get_logger(__name__)
BROKER_TIMEOUT_S = 1
BROKER_KEY_S = 5


@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """Answer 200 without any check, so that no other service's failure restarts this process."""
    return render_checks({})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Answer whether database and broker take writes and all migrations are applied."""
    database = run_check(database_answers)
    return render_checks(
        {
            "database": database,
            "migrations": database and run_check(migrations_are_applied),
            "broker": run_check(broker_accepts_writes),
        }
    )


def render_checks(checks: dict[str, bool]) -> JsonResponse:
    """Return the results as JSON with 200 or 503; the reasons are in the log."""
    all_pass = all(checks.values())
    status = {"status": "ok" if all_pass else "unavailable"}
    response = JsonResponse({**status, **checks}, status=200 if all_pass else 503)
    add_never_cache_headers(response)
    return response


def run_check(check: Callable[[], bool]) -> bool:
    """Return a check's result; a failure is logged by its type, without its message."""
    try:
        return check()
    except (Error, RedisError) as failure:
        log.warning("not_ready", check=check.__name__, failure=type(failure).__name__)
        return False


def database_answers() -> bool:
    """Return whether the database takes writes; a standby answers only reads."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_read_only")
        return bool(cursor.fetchone() == ("off",))


def migrations_are_applied() -> bool:
    """Return whether all migrations of this code are applied; later ones may be as well."""
    return shipped_migrations() <= set(MigrationRecorder(connection).applied_migrations())


@cache
def shipped_migrations() -> frozenset[tuple[str, str]]:
    """Return the migrations of this code, read once per process."""
    return frozenset(MigrationLoader(None).disk_migrations or {})


def broker_accepts_writes() -> bool:
    """Return whether the broker stores a key; a full or read-only one still answers PING."""
    with Redis.from_url(
        str(settings.REDIS_URL),
        socket_connect_timeout=BROKER_TIMEOUT_S,
        socket_timeout=BROKER_TIMEOUT_S,
    ) as broker:
        return bool(broker.set("ready", 1, ex=BROKER_KEY_S))

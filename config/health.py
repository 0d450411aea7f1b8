"""Whether this process lives, and whether it can serve: for load balancers, not for people."""

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
    """Answer: the process is there. Nothing else is asked, so nothing else can restart it."""
    return answer({})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Say whether the database takes writes, knows every migration, and the broker takes writes."""
    database = works(database_answers)
    return answer(
        {
            "database": database,
            "migrations": database and works(migrations_are_applied),
            "broker": works(broker_accepts_writes),
        }
    )


def answer(checks: dict[str, bool]) -> JsonResponse:
    """Put the outcome in JSON: yes or no, for the why is in the log."""
    is_well = all(checks.values())
    status = {"status": "ok" if is_well else "unavailable"}
    response = JsonResponse({**status, **checks}, status=200 if is_well else 503)
    add_never_cache_headers(response)
    return response


def works(check: Callable[[], bool]) -> bool:
    """Run a check; log what kept it from running, without the server's own words."""
    try:
        return check()
    except (Error, RedisError) as failure:
        log.warning("not_ready", check=check.__name__, failure=type(failure).__name__)
        return False


def database_answers() -> bool:
    """Ask whether the database takes writes; a standby answers every other question."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_read_only")
        return bool(cursor.fetchone() == ("off",))


def migrations_are_applied() -> bool:
    """Compare what the code brings with what the database has; one that is ahead is fine."""
    return shipped_migrations() <= set(MigrationRecorder(connection).applied_migrations())


@cache
def shipped_migrations() -> frozenset[tuple[str, str]]:
    """Return the migrations of this code; they do not change while it runs."""
    return frozenset(MigrationLoader(None).disk_migrations or {})


def broker_accepts_writes() -> bool:
    """Write to the broker as every message does: one that is full or read-only still answers."""
    with Redis.from_url(
        str(settings.REDIS_URL),
        socket_connect_timeout=BROKER_TIMEOUT_S,
        socket_timeout=BROKER_TIMEOUT_S,
    ) as broker:
        return bool(broker.set("ready", 1, ex=BROKER_KEY_S))

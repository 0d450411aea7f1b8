"""The settings of database connections: session settings, lifetime, pool."""

from collections.abc import Mapping
from typing import Any

# How long a request waits for a free connection before it is answered with 503: longer than any
# answer takes, shorter than visitors wait.
POOL_TIMEOUT_S = 3
RECONNECT_S = 10
# Settings that the code and psycopg rely on. Server, database and role may have other defaults;
# those of the connection take precedence.
SESSION = {
    # A statement after a lock sees what was committed before it; the freeze relies on that.
    "default_transaction_isolation": "read committed",
    "synchronous_commit": "on",  # an acknowledged commit survives a crash
    # How values are written and read.
    "DateStyle": "ISO, MDY",
    "IntervalStyle": "postgres",
    "TimeZone": "UTC",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    # What a statement means.
    "standard_conforming_strings": "on",
    "transform_null_equals": "off",
    "array_nulls": "on",
    # Our own, to detect a pooler that drops all of these.
    "dodonto.session": "on",
}


def connection_settings(address: Mapping[str, Any], *, pool_size: int | None) -> dict[str, Any]:
    """Return Django's settings of a database, with a pool or with a connection per thread.

    With a pool CONN_MAX_AGE must be 0: each request returns its connection, and our backend checks
    a connection when it leaves the pool.
    """
    given = address.get("OPTIONS", {})
    options = {
        "target_session_attrs": "read-write",
        **given,
        "options": f"{given.get('options', '')} {session_options()}".strip(),
    }
    database = {**address, "ENGINE": "config.postgres", "OPTIONS": options}
    if pool_size is None:
        return database | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    options["pool"] = {
        "min_size": 1,
        "max_size": pool_size,
        "timeout": POOL_TIMEOUT_S,
        "reconnect_timeout": RECONNECT_S,
    }
    return database | {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False}


def session_options() -> str:
    """Return SESSION as libpq's ``options``, which are sent with the connection request."""
    escaped = {name: value.replace(" ", r"\ ") for name, value in SESSION.items()}
    return " ".join(f"-c {name}={value}" for name, value in escaped.items())

"""How a process connects to the database: with which settings, and for how long."""

from collections.abc import Mapping
from typing import Any

# A visitor waits so long for a free connection and then reads that we are busy (503): longer than
# any answer takes, shorter than people's patience.
POOL_PATIENCE_S = 3
RECONNECT_S = 10
# What the code and psycopg rely on. A server, a database and a role may each have defaults of their
# own; what a connection itself asks for precedes all of them.
SESSION = {
    # A statement after a lock sees what was committed before it: the freeze counts on that.
    "default_transaction_isolation": "read committed",
    "synchronous_commit": "on",  # what was acknowledged outlives a crash
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
    # Without a value pgtrigger's check raises and swallows an error on every row, which makes large
    # statements quadratic. No server has it by itself: where it is missing, nothing of this came.
    "pgtrigger.ignore": "{}",
}


def connection_settings(address: Mapping[str, Any], *, pool_size: int | None) -> dict[str, Any]:
    """Return Django's settings of a database: with a pool of that size, or a connection a thread.

    A pool and connections that outlive a request exclude each other, so the age is 0 with it: each
    request returns its connection, and our backend checks it when it is taken out again.
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
        "timeout": POOL_PATIENCE_S,
        "reconnect_timeout": RECONNECT_S,
    }
    return database | {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False}


def session_options() -> str:
    """Write SESSION in libpq's ``options``, which come with the greeting and so cost nothing."""
    escaped = {name: value.replace(" ", r"\ ") for name, value in SESSION.items()}
    return " ".join(f"-c {name}={value}" for name, value in escaped.items())

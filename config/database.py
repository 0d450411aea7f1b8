"""How a process holds its connections to the database."""

from typing import Any

# A visitor waits so long for a free connection and then reads that we are busy (503): longer than
# any answer takes, shorter than people's patience.
POOL_PATIENCE_S = 3
RECONNECT_S = 10


def connection_settings(pool_size: int | None) -> dict[str, Any]:
    """Return Django's settings of a connection: of a pool of so many, or one a thread.

    A pool and connections that outlive a request exclude each other, so the age is 0 with it: each
    request gives its connection back, and one that has broken meanwhile is replaced.
    """
    if pool_size is None:
        return {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    pool = {
        "min_size": 1,
        "max_size": pool_size,
        "timeout": POOL_PATIENCE_S,
        "reconnect_timeout": RECONNECT_S,
    }
    return {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True, "OPTIONS": {"pool": pool}}

"""A Redis that refuses every write: full, read-only, or without its replicas."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from redis import Redis

Refuse = Callable[[], AbstractContextManager[None]]
REFUSALS = ("full", "read-only", "without replicas")


@contextmanager
def refusing_writes(url: str, reason: str) -> Iterator[None]:
    """Make the server refuse every write inside the block."""
    with Redis.from_url(url) as server:
        if reason == "read-only":
            server.replicaof("127.0.0.1", "1")  # of a primary that is away
        elif reason == "full":
            server.config_set("maxmemory", "1")
        else:
            server.config_set("min-replicas-to-write", "1")
        try:
            yield
        finally:
            server.replicaof("NO", "ONE")
            server.config_set("maxmemory", "0")
            server.config_set("min-replicas-to-write", "0")

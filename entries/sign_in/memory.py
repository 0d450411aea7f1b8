"""What all processes remember of the provider for a little while, and whether it is down.

In the cache, which may be lost or out of reach at any time: then nothing is remembered.
"""

import hashlib
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

from entries.sign_in.refusals import ProviderUnavailable

log = structlog.get_logger(__name__)
# So many failures in a row, with no success between, and nobody asks for a while.
FAILURES_TO_PAUSE = 3
FAILURES_COUNT_S = 30
PAUSE_S = 10


def recall(name: str) -> Any:
    """Return what is remembered under a name; None where nothing is."""
    return safely(lambda: cache.get(key(name)))


def remember(name: str, value: Any, *, seconds: int) -> None:
    """Remember a value for so long."""
    safely(lambda: cache.set(key(name), value, seconds))


def is_first(name: str, *, seconds: int) -> bool:
    """Say whether nobody else asked this within so long; without a cache everybody is first."""
    return safely(lambda: cache.add(key(name), 1, seconds)) is not False


def require_no_pause() -> None:
    """Refuse at once while the provider is taken to be down.

    Raises:
        ProviderUnavailable: it is.
    """
    if recall("pause"):
        raise ProviderUnavailable("pause")


def count_failure() -> None:
    """Take down that the provider failed; too often in a row, and all of us leave it alone."""

    def count() -> int:
        cache.add(key("failures"), 0, FAILURES_COUNT_S)
        try:
            return cache.incr(key("failures"))
        except ValueError:  # it lapsed in between
            return 1

    failures = safely(count)
    if failures is not None and failures >= FAILURES_TO_PAUSE:
        remember("pause", value=True, seconds=PAUSE_S)
        forget_failures()
        log.warning("provider_paused", seconds=PAUSE_S)


def forget_failures() -> None:
    """Take down that the provider answered."""
    safely(lambda: cache.delete(key("failures")))


def key(name: str) -> str:
    """Return the cache's key, another one for another issuer."""
    issuer = hashlib.sha256(str(settings.WESTER_ISSUER).encode()).hexdigest()[:16]
    return f"sign_in:{issuer}:{name}"


def safely(use: Callable[[], Any]) -> Any:
    """Use the cache; None where it is out of reach, for signing in works without it too."""
    try:
        return use()
    except RedisError as failure:
        log.warning("cache_unavailable", failure=type(failure).__name__)
        return None

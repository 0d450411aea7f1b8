"""What all processes share about the provider for a short time, and whether it is down.

It is in Django's cache, which may be lost or unreachable at any time: then nothing is cached. What
we fetched is signed: anybody who can write to the cache could otherwise name the keys that sign
members in, and the address that our client secret is sent to.
"""

import hashlib
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from redis.exceptions import RedisError

from entries.sign_in.refusals import ProviderUnavailable

log = structlog.get_logger(__name__)
# After so many failures in a row, without a success between them, no process sends requests for a
# while.
FAILURES_TO_PAUSE = 3
FAILURES_COUNT_S = 30
PAUSE_S = 10


def read_cached(name: str, *, seconds: int) -> Any:
    """Return the value that we cached under a name in the last seconds, or None."""
    stored = use_cache(lambda: cache.get(cache_key(name)))
    if not isinstance(stored, str):
        return None
    try:
        return signing.loads(stored, salt=cache_key(name), max_age=seconds)
    except signing.SignatureExpired:
        return None
    except signing.BadSignature:
        log.warning("cache_altered", name=name)
        return None


def store(name: str, value: Any, *, seconds: int) -> None:
    """Sign a value and cache it for so many seconds."""
    signed = signing.dumps(value, salt=cache_key(name))
    use_cache(lambda: cache.set(cache_key(name), signed, seconds))


def is_first_in(name: str, *, seconds: int) -> bool:
    """Return whether no process called this in the last seconds; True without a cache."""
    return use_cache(lambda: cache.add(cache_key(name), 1, seconds)) is not False


def require_no_pause() -> None:
    """Refuse while the provider is considered down.

    Raises:
        ProviderUnavailable: it is.
    """
    if read_cached("pause", seconds=PAUSE_S):
        raise ProviderUnavailable("pause")


def count_failure() -> None:
    """Count a failure of the provider; pause all processes after too many in a row."""

    def count() -> int:
        cache.add(cache_key("failures"), 0, FAILURES_COUNT_S)
        try:
            return cache.incr(cache_key("failures"))
        except ValueError:  # it expired in between
            return 1

    failures = use_cache(count)
    if failures is not None and failures >= FAILURES_TO_PAUSE:
        store("pause", value=True, seconds=PAUSE_S)
        reset_failures()
        log.warning("provider_paused", seconds=PAUSE_S)


def reset_failures() -> None:
    """Count failures from zero again, because the provider answered."""
    use_cache(lambda: cache.delete(cache_key("failures")))


def cache_key(name: str) -> str:
    """Return the cache's key, a different one for each issuer."""
    issuer = hashlib.sha256(str(settings.WESTER_ISSUER).encode()).hexdigest()[:16]
    return f"sign_in:{issuer}:{name}"


def use_cache(use: Callable[[], Any]) -> Any:
    """Use the cache; return None where it is unreachable, as sign-ins work without it."""
    try:
        return use()
    except RedisError as failure:
        log.warning("cache_unavailable", failure=type(failure).__name__)
        return None

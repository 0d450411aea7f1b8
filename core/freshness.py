"""How long a page may be cached: never past the instant at which the clock changes it."""

from datetime import datetime, timedelta

MAX_SHARED_S = 30
# A cache counts whole seconds from when the answer reached it: one for the way, one for rounding.
MARGIN_S = 2


def shared_seconds(*, now: datetime, changes_at: datetime | None) -> int:
    """Return for how many seconds a shared cache may store what is right at ``now``."""
    if changes_at is None:
        return MAX_SHARED_S
    return max(0, min(MAX_SHARED_S, (changes_at - now) // timedelta(seconds=1) - MARGIN_S))

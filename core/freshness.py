"""How long a page may be kept: never past the instant at which the clock changes it."""

from datetime import datetime, timedelta

LONGEST_S = 30
# A cache counts whole seconds from when the answer reached it: one for the way, one for rounding.
MARGIN_S = 2


def shared_seconds(*, now: datetime, changes_at: datetime | None) -> int:
    """Return for how many seconds a shared cache may hold what is right at ``now``."""
    if changes_at is None:
        return LONGEST_S
    return max(0, min(LONGEST_S, (changes_at - now) // timedelta(seconds=1) - MARGIN_S))

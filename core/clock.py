"""What time it is, for the whole project; nothing else asks the machine."""

import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from core.errors import Refusal
from core.models import DemoClock

JAPAN = ZoneInfo("Asia/Tokyo")
_PROCESS_STARTED = time.monotonic()


class ClockStands(Refusal):
    """The clock can be moved in demo mode only."""


def now() -> datetime:
    """Return the present instant, in Japan's time.

    CAMPAIGN_NOW comes first, for one process; then, in demo mode, the clock in the database that
    web, workers and commands share; then the machine's.
    """
    return _moved_now().astimezone(JAPAN)


def _moved_now() -> datetime:
    moved = settings.CAMPAIGN_NOW
    if moved is not None:
        passed = time.monotonic() - _PROCESS_STARTED if moved.runs else 0
        instant: datetime = moved.instant + timedelta(seconds=passed)
        return instant
    if settings.DEMO_MODE and (clock := DemoClock.objects.first()):
        return clock.instant + (timezone.now() - clock.set_at if clock.runs else timedelta())
    return timezone.now()


def move_demo_clock(*, to: datetime, runs: bool = True) -> None:
    """Set the demo's clock for every process at once; ``runs=False`` makes it stand still.

    Raises:
        ClockStands: this is no demo.
    """
    if not settings.DEMO_MODE:
        raise ClockStands("The clock moves only in demo mode.")
    DemoClock.objects.update_or_create(
        id=1, defaults={"instant": to, "set_at": timezone.now(), "runs": runs}
    )

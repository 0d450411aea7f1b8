"""What time it is, for the whole project; nothing else reads a clock for a business time."""

import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.utils import timezone

from core.errors import Refusal
from core.models import DemoClock

JAPAN = ZoneInfo("Asia/Tokyo")
_PROCESS_STARTED = time.monotonic()


class ClockStands(Refusal):
    """The clock can be moved in demo mode only."""


class ClockMovesForward(Refusal):
    """The demo's clock cannot be set to an instant that has passed."""


def now() -> datetime:
    """Return the present instant, in Japan's time.

    CAMPAIGN_NOW comes first, for one process; then, in demo mode, the clock in the database that
    web, workers and commands share; then the machine's.
    """
    return (_moved_now() or timezone.now()).astimezone(JAPAN)


def database_now() -> datetime:
    """Return the present instant by the database's clock, in Japan's time.

    For tasks and commands that find out what is due: all machines share one database, while the
    clock of any one of them may be wrong. A moved clock comes first, as for ``now``.
    """
    return (_moved_now() or _read_database_clock()).astimezone(JAPAN)


def _moved_now() -> datetime | None:
    moved = settings.CAMPAIGN_NOW
    if moved is not None:
        passed = time.monotonic() - _PROCESS_STARTED if moved.runs else 0
        instant: datetime = moved.instant + timedelta(seconds=passed)
        return instant
    if settings.DEMO_MODE and (clock := DemoClock.objects.first()):
        return _instant_of(clock)
    return None


def _instant_of(clock: DemoClock) -> datetime:
    passed = timezone.now() - clock.set_at if clock.runs else timedelta()
    return clock.instant + passed


def _read_database_clock() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        instant: datetime = cursor.fetchone()[0]
    return instant


def move_demo_clock(*, to: datetime, runs: bool = True) -> None:
    """Set the demo's clock for every process at once; ``runs=False`` makes it stand still.

    Raises:
        ClockStands: this is no demo.
        ClockMovesForward: ``to`` has passed by the demo's clock.
    """
    if not settings.DEMO_MODE:
        raise ClockStands("The clock moves only in demo mode.")
    if (clock := DemoClock.objects.first()) and to < _instant_of(clock):
        raise ClockMovesForward("The demo's clock moves forward only.")
    DemoClock.objects.update_or_create(
        id=1, defaults={"instant": to, "set_at": timezone.now(), "runs": runs}
    )

"""What time it is: one process's wish, then the demo's clock, then the machine's."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries, Settings

from config.env import MovedClock
from core import clock
from core.models import DemoClock
from tests.factories.campaign import JAPAN

MACHINE = datetime(2026, 5, 1, 3, 0, tzinfo=UTC)
DEMO = datetime(2024, 12, 10, 12, tzinfo=JAPAN)
WISHED = datetime(2025, 1, 13, 15, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
Pass = Callable[[timedelta], None]


@pytest.fixture
def time_passes(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Pass:
    """Have the machine's clocks stand, but for what a test lets pass."""
    passed = [timedelta()]
    started = clock._PROCESS_STARTED
    machine = SimpleNamespace(now=lambda: MACHINE + passed[0])
    running = SimpleNamespace(monotonic=lambda: started + passed[0].total_seconds())
    monkeypatch.setattr(clock, "timezone", machine)
    monkeypatch.setattr(clock, "time", running)
    settings.CAMPAIGN_NOW, settings.DEMO_MODE = None, False

    def let_pass(duration: timedelta) -> None:
        passed[0] += duration

    return let_pass


def test_now_is_the_machine_s_in_japan_without_asking_the_database(
    time_passes: Pass,
) -> None:
    assert clock.now() == MACHINE
    assert clock.now().isoformat() == "2026-05-01T12:00:00+09:00"
    assert str(clock.now().tzinfo) == "Asia/Tokyo"

    time_passes(MINUTE)
    assert clock.now() == MACHINE + MINUTE


def test_moved_clock_can_stand_still(time_passes: Pass, settings: Settings) -> None:
    settings.CAMPAIGN_NOW = MovedClock(WISHED, runs=False)

    time_passes(MINUTE)

    assert clock.now().isoformat() == "2025-01-14T00:00:00+09:00"


def test_wished_instant_runs_on_from_the_start_of_the_process(
    time_passes: Pass, settings: Settings
) -> None:
    settings.CAMPAIGN_NOW = MovedClock(WISHED, runs=True)
    assert clock.now() == WISHED

    time_passes(MINUTE)

    assert clock.now().isoformat() == "2025-01-14T00:01:00+09:00"


@pytest.mark.django_db
def test_wished_instant_wins_over_the_demo_s_clock(time_passes: Pass, settings: Settings) -> None:
    settings.DEMO_MODE = True
    clock.move_demo_clock(to=DEMO)
    settings.CAMPAIGN_NOW = MovedClock(WISHED, runs=False)

    assert clock.now() == WISHED


@pytest.mark.django_db
@pytest.mark.parametrize(("runs", "passed"), [(True, MINUTE), (False, timedelta())])
def test_demo_s_clock_runs_or_stands(
    time_passes: Pass, settings: Settings, runs: bool, passed: timedelta
) -> None:
    settings.DEMO_MODE = True
    clock.move_demo_clock(to=DEMO, runs=runs)
    assert clock.now() == DEMO
    assert str(clock.now().tzinfo) == "Asia/Tokyo"

    time_passes(MINUTE)

    assert clock.now() == DEMO + passed


@pytest.mark.django_db
def test_demo_s_clock_is_moved_forward_again(time_passes: Pass, settings: Settings) -> None:
    settings.DEMO_MODE = True
    clock.move_demo_clock(to=DEMO)
    time_passes(MINUTE)

    clock.move_demo_clock(to=DEMO + timedelta(days=1))

    assert clock.now() == DEMO + timedelta(days=1)
    assert DemoClock.objects.count() == 1


@pytest.mark.django_db
def test_demo_s_clock_is_never_moved_back(time_passes: Pass, settings: Settings) -> None:
    settings.DEMO_MODE = True
    clock.move_demo_clock(to=DEMO)
    time_passes(MINUTE)

    with pytest.raises(clock.ClockMovesForward):
        clock.move_demo_clock(to=DEMO + MINUTE - timedelta(seconds=1))

    assert clock.now() == DEMO + MINUTE


@pytest.mark.django_db
def test_demo_without_a_moved_clock_has_the_machine_s(
    time_passes: Pass, settings: Settings
) -> None:
    settings.DEMO_MODE = True

    assert clock.now() == MACHINE


@pytest.mark.django_db
def test_demo_s_clock_counts_in_the_demo_alone(
    time_passes: Pass,
    settings: Settings,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    settings.DEMO_MODE = True
    clock.move_demo_clock(to=DEMO)
    settings.DEMO_MODE = False

    with django_assert_num_queries(0):
        assert clock.now() == MACHINE


@pytest.mark.django_db
def test_database_now_is_the_database_s_whatever_the_machine_s_clock_shows(
    time_passes: Pass,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (before,) = cursor.fetchone()
        instant = clock.database_now()
        cursor.execute("SELECT clock_timestamp()")
        (after,) = cursor.fetchone()

    assert before < instant < after  # also inside a transaction, whose own time stands still
    assert str(instant.tzinfo) == "Asia/Tokyo"


@pytest.mark.django_db
def test_a_moved_clock_wins_over_the_database_s(time_passes: Pass, settings: Settings) -> None:
    settings.DEMO_MODE = True
    clock.move_demo_clock(to=DEMO)
    assert clock.database_now() == DEMO

    settings.CAMPAIGN_NOW = MovedClock(WISHED, runs=False)
    assert clock.database_now() == WISHED


@pytest.mark.django_db
def test_move_demo_clock_is_refused_outside_the_demo(time_passes: Pass) -> None:
    with pytest.raises(clock.ClockStands, match="only in demo mode"):
        clock.move_demo_clock(to=DEMO)
    assert not DemoClock.objects.exists()

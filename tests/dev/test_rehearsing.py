"""In a demo that was played to its end newcomers may still try the button; nowhere else."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from campaign.models import Campaign
from config.env import MovedClock
from core import clock
from entries.models import Entry
from lottery.models import Entrant
from points import closing
from points.models import Payout
from tests.factories.campaign import JAPAN
from tests.factories.entries import MemberFactory
from tests.points import steps
from tests.points.answers import answer, export, settle
from tests.portal.members import signed_in

pytestmark = pytest.mark.django_db
IN_THE_PERIOD = datetime(2024, 12, 10, 12, 3, 21, tzinfo=JAPAN)
OVER = datetime(2025, 1, 14, 10, tzinfo=JAPAN)
ENTERED, REFUSED = "エントリーが完了しました。", "エントリー期間は終了しました。"


@pytest.fixture
def paid() -> Payout:
    return steps.paid()


@pytest.fixture
def closed(paid: Payout, tmp_path: Path) -> Campaign:
    """Return a campaign whose books are closed."""
    settle(paid, tmp_path, map(answer, export(paid, tmp_path)))
    assert closing.close_payout(payout=paid, at=steps.CREDIT_AT)
    return paid.draw.campaign


@pytest.fixture
def newcomer() -> Client:
    return signed_in(MemberFactory.create(wester_id="W-newcomer"))


@pytest.fixture
def demo(settings: Settings) -> Settings:
    """Be a demo whose clock is back in the entry period and free."""
    settings.DEMO_MODE = True
    clock.move_demo_clock(to=IN_THE_PERIOD)
    return settings


def press(newcomer: Client, campaign: Campaign) -> str:
    response = newcomer.post(f"/campaign/detail/{campaign.code}/entry/", follow=True)
    return response.content.decode()


def has_entered() -> bool:
    return Entry.objects.filter(wester_id="W-newcomer").exists()


@pytest.mark.usefixtures("demo")
def test_a_newcomer_enters_a_demo_that_is_over_and_changes_no_draw(
    newcomer: Client, closed: Campaign
) -> None:
    list_before = list(Entrant.objects.order_by("id").values())

    assert ENTERED in press(newcomer, closed)
    kept = Entry.objects.get(wester_id="W-newcomer")
    assert ENTERED in press(newcomer, closed)

    assert Entry.objects.get(wester_id="W-newcomer") == kept
    assert kept.entered_at - IN_THE_PERIOD < timedelta(minutes=5)
    assert list(Entrant.objects.order_by("id").values()) == list_before


@pytest.mark.usefixtures("demo")
def test_nobody_enters_after_the_period(newcomer: Client, closed: Campaign) -> None:
    clock.move_demo_clock(to=OVER)

    assert REFUSED in press(newcomer, closed)
    assert not has_entered()


@pytest.mark.usefixtures("demo")
def test_a_freeze_stays_a_freeze_before_the_books_are_closed(
    newcomer: Client, paid: Payout
) -> None:
    assert REFUSED in press(newcomer, paid.draw.campaign)
    assert not has_entered()


def test_nobody_enters_while_the_main_job_has_the_clock(
    newcomer: Client, closed: Campaign, demo: Settings
) -> None:
    clock.move_demo_clock(to=IN_THE_PERIOD, runs=False)

    assert REFUSED in press(newcomer, closed)
    assert not has_entered()


def test_nobody_enters_where_the_clock_is_not_the_demos_own(
    newcomer: Client, closed: Campaign, demo: Settings
) -> None:
    demo.CAMPAIGN_NOW = MovedClock(IN_THE_PERIOD, runs=False)

    assert REFUSED in press(newcomer, closed)
    assert not has_entered()


def test_nobody_enters_outside_a_demo(
    newcomer: Client, closed: Campaign, settings: Settings
) -> None:
    settings.CAMPAIGN_NOW = MovedClock(IN_THE_PERIOD, runs=False)

    assert REFUSED in press(newcomer, closed)
    assert not has_entered()

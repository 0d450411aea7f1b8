"""Runs, missed nights and reasons in the admin: seen by those who may, changed by nobody."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings.models import Booking
from campaign.admin_totals import reason_rows
from campaign.models import Campaign
from campaign.rules import RULE_CODES
from config.env import MovedClock
from tests.factories.bookings import JAPAN, BookingFactory, RegistrationFactory
from tests.factories.campaign import CampaignFactory, TermsFactory, UserFactory
from tests.factories.totals import RunFactory, ShardFactory

pytestmark = pytest.mark.django_db
RUNS, BOOKINGS = "admin:campaign_aggregationrun_changelist", "admin:bookings_booking_changelist"
REASONS = "admin:campaign_aggregationrun_reasons"
Signed = Callable[[str | None], Client]


@pytest.fixture
def campaign() -> Campaign:
    return CampaignFactory.create(code="NY2025", published=True)


@pytest.fixture
def staff(client: Client) -> Client:
    """Return somebody of the support at work, reading English."""
    client.force_login(UserFactory.create(role="support"))
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def at(settings: Any) -> Callable[[datetime], None]:
    """Return a function that moves the clock."""

    def move(instant: datetime) -> None:
        settings.CAMPAIGN_NOW = MovedClock(instant, runs=False)

    return move


def test_the_list_shows_runs_and_how_far_they_are(staff: Client, campaign: Campaign) -> None:
    run = RunFactory.create(campaign=campaign)
    for number in range(3):
        ShardFactory.create(run=run, number=number, done=number == 0)

    text = staff.get(reverse(RUNS)).content.decode()

    assert "1 / 3" in text
    assert reverse(REASONS, args=["NY2025"]) in text


def test_the_list_warns_of_missed_nights(
    staff: Client, campaign: Campaign, at: Callable[[datetime], None]
) -> None:
    CampaignFactory.create(code="never-published", draft=True)
    RunFactory.create(campaign=campaign, night=date(2024, 12, 11), finished=True)

    at(datetime(2024, 12, 12, 3, 59, 59, tzinfo=JAPAN))
    assert warnings_on(staff) == []
    at(datetime(2024, 12, 13, 4, tzinfo=JAPAN))
    assert warnings_on(staff) == ["NY2025: no totals in 2 nights, the last of them 2024-12-13."]


def warnings_on(staff: Client) -> list[str]:
    page = staff.get(reverse(RUNS))
    return [str(message) for message in get_messages(page.wsgi_request)]


def test_the_list_asks_as_much_for_many_runs(staff: Client, campaign: Campaign) -> None:
    counts = []
    for _ in range(2):
        ShardFactory.create(run=RunFactory.create(campaign=campaign, finished=True))
        with CaptureQueriesContext(connection) as captured:
            staff.get(reverse(RUNS))
        counts.append(len(captured))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("page", ["add", "delete"])
def test_nobody_writes_runs(page: str, client: Client) -> None:
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    run = RunFactory.create()
    args = [] if page == "add" else [run.pk]

    assert (
        client.get(reverse(f"admin:campaign_aggregationrun_{page}", args=args)).status_code == 403
    )
    change = reverse("admin:campaign_aggregationrun_change", args=[run.pk])
    assert client.get(change).status_code == 200
    assert client.post(change, {"mode": "incremental"}).status_code == 403


def test_reasons_are_counted_with_their_yen(staff: Client, campaign: Campaign) -> None:
    RegistrationFactory.create(ex_member_no="X1", member_kind="plus_ex")
    BookingFactory.create(amount_yen=12_340)
    BookingFactory.create(amount_yen=1, cancelled=True, used=False)
    BookingFactory.create(amount_yen=20, used=False)
    BookingFactory.create(ex=True, ex_member_no="X1", amount_yen=300, cancelled=True)

    rows = {row["code"]: row for row in reason_rows(campaign.terms.get())}
    text = staff.get(reverse(REASONS, args=["NY2025"])).content.decode()

    assert list(rows) == [*RULE_CODES, "pending", "counts"]
    found = {code: (row["bookings"], row["yen"]) for code, row in rows.items() if row["bookings"]}
    assert found == {
        "member_kind_unclear": (1, 300),
        "cancelled": (2, 301),
        "not_used": (2, 21),
        "pending": (1, 20),
        "counts": (1, 12_340),
    }
    assert all(code in text for code in rows)
    assert "取り消し・払いもどし・途中下車の場合は対象外となります。" in text


def test_reasons_are_for_those_who_may_see_runs(client: Client, campaign: Campaign) -> None:
    address = reverse(REASONS, args=["NY2025"])

    assert client.get(address).status_code == 302
    client.force_login(UserFactory.create())
    assert client.get(address).status_code == 302
    client.force_login(UserFactory.create(is_staff=True))
    assert client.get(address).status_code == 403
    client.force_login(UserFactory.create(role="auditor"))
    assert client.get(address).status_code == 200
    assert client.post(address).status_code == 405


@pytest.mark.parametrize("code", ["nothing", "without-terms"])
def test_reasons_of_no_campaign_are_not_found(code: str, staff: Client) -> None:
    CampaignFactory.create(code="without-terms")

    assert staff.get(reverse(REASONS, args=[code])).status_code == 404


def shown(staff: Client, **parameters: str) -> set[Booking]:
    page = staff.get(reverse(BOOKINGS), parameters)
    assert page.status_code == 200
    return set(page.context["cl"].queryset)


def test_bookings_are_filtered_by_reason(staff: Client, campaign: Campaign) -> None:
    fine = BookingFactory.create()
    cancelled = BookingFactory.create(cancelled=True, used=False)
    unlinked = BookingFactory.create(ex=True, used=False)

    assert shown(staff) == {fine, cancelled, unlinked}
    assert shown(staff, reason="counts") == {fine}
    assert shown(staff, reason="cancelled") == {cancelled}
    assert shown(staff, reason="not_used") == {cancelled, unlinked}
    assert shown(staff, reason="unlinked_ex_member") == {unlinked}
    assert shown(staff, reason="stopover") == set()
    assert shown(staff, reason="no such reason") == {fine, cancelled, unlinked}
    for code in RULE_CODES:
        shown(staff, reason=code)


def test_bookings_are_judged_by_the_campaign_chosen(staff: Client, campaign: Campaign) -> None:
    west = BookingFactory.create(operators=["JR West"])
    east = BookingFactory.create(operators=["JR East"])
    newest = CampaignFactory.create(code="EAST")
    TermsFactory.create(campaign=newest, operator="JR East")
    CampaignFactory.create(code="without-terms")

    assert shown(staff, reason="counts") == {east}
    assert shown(staff, reason="counts", campaign="NY2025") == {west}
    assert shown(staff, reason="counts", campaign="EAST") == {east}
    for nothing in ("nothing", "without-terms", "\0"):
        assert shown(staff, reason="counts", campaign=nothing) == {west, east}


def test_bookings_show_their_reasons(staff: Client, campaign: Campaign) -> None:
    booking = BookingFactory.create(cancelled=True, used=False)
    detail = reverse("admin:bookings_booking_change", args=[booking.pk])

    assert "cancelled, not_used" in staff.get(reverse(BOOKINGS)).content.decode()
    assert "cancelled, not_used" in staff.get(detail).content.decode()


def test_bookings_are_shown_without_any_campaign(staff: Client) -> None:
    booking = BookingFactory.create()

    assert shown(staff) == shown(staff, reason="counts") == {booking}

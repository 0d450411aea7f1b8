"""Runs, missed nights and reasons in the admin: seen by those who may, never changed."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings.models import Booking
from campaign.admin.totals import reason_rows
from campaign.models import Campaign, Terms
from campaign.reason_words import REASONS as WORDS
from campaign.rules import RULE_CODES, rules_of
from config.env import MovedClock
from tests.campaign.touches import touch
from tests.factories.bookings import JAPAN, BookingFactory, RegistrationFactory
from tests.factories.campaign import FIRST_TERMS, CampaignFactory, TermsFactory, UserFactory
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
    """Return the browser of a person with the role support, in English."""
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


def test_the_list_needs_as_many_queries_for_many_runs(staff: Client, campaign: Campaign) -> None:
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

    terms = campaign.terms.get()
    assert list(rows) == [*(rule.code for rule in rules_of(terms)), "pending", "counts"]
    assert "product_excluded" not in text
    found = {code: (row["bookings"], row["yen"]) for code, row in rows.items() if row["bookings"]}
    assert found == {
        "member_kind_unclear": (1, 300),
        "cancelled": (2, 301),
        "not_used": (2, 21),
        "pending": (1, 20),
        "counts": (1, 12_340),
    }
    assert all(f'title="{code}"' in text for code in WORDS if code in rows)


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


def test_only_rules_of_the_campaign_are_offered(staff: Client, campaign: Campaign) -> None:
    BookingFactory.create()
    ex = {"touches": [touch(services="smart_ex")], "payment_methods": {}}
    TermsFactory.create(campaign__code="EX", published=True, **ex)

    def offered(code: str) -> list[str]:
        page = staff.get(reverse(BOOKINGS), {"campaign": code})
        (found,) = (one for one in page.context["cl"].filter_specs if one.title == "reason")
        return [str(one["display"]) for one in found.choices(page.context["cl"])][2:]

    for one in Terms.objects.select_related("campaign"):
        assert offered(one.campaign.code) == [str(WORDS[rule.code]) for rule in rules_of(one)]
    assert shown(staff, reason="payment_method", campaign="EX") == set()


def test_bookings_are_judged_by_the_campaign_chosen(staff: Client, campaign: Campaign) -> None:
    west = BookingFactory.create(operators=["JR West"])
    east = BookingFactory.create(operators=["JR East"])
    opens_at = FIRST_TERMS["opens_at"] + timedelta(seconds=1)
    TermsFactory.create(
        campaign__code="EAST", published=True, touches=[touch("JR East")], opens_at=opens_at
    )

    assert shown(staff) == {west, east}
    assert shown(staff, reason="counts") == set()
    assert shown(staff, reason="counts", campaign="NY2025") == {west}
    assert shown(staff, reason="counts", campaign="EAST") == {east}


def test_bookings_are_judged_by_no_draft(staff: Client, campaign: Campaign) -> None:
    west = BookingFactory.create(operators=["JR West"])
    east = BookingFactory.create(operators=["JR East"])
    TermsFactory.create(campaign__code="DRAFT", touches=[touch("JR East")])
    TermsFactory.create(campaign=campaign, touches=[touch("JR East")])
    text = staff.get(reverse(BOOKINGS)).content.decode()

    assert shown(staff, reason="counts") == {west}
    assert "Reasons under campaign NY2025 (December 2024)" in text
    assert "DRAFT" not in text
    assert "Outside the section" in staff.get(detail(east)).content.decode()
    assert "DRAFT" not in staff.get(detail(east)).content.decode()


@pytest.mark.parametrize("code", ["nothing", "without-terms", "DRAFT"])
def test_a_campaign_that_judges_nothing_leads_to_the_list_that_one_does(
    staff: Client, campaign: Campaign, code: str
) -> None:
    CampaignFactory.create(code="without-terms")
    CampaignFactory.create(code="DRAFT", draft=True)

    response = staff.get(reverse(BOOKINGS), {"campaign": code, "reason": "counts"})

    assert (response.status_code, response.headers["Location"]) == (302, f"{reverse(BOOKINGS)}?e=1")


def test_no_campaign_is_chosen_where_several_are_public(staff: Client, campaign: Campaign) -> None:
    later = {"opens_at": FIRST_TERMS["opens_at"] + timedelta(seconds=1)}
    TermsFactory.create(campaign__code="SECOND", published=True, **later)

    def chosen(**parameters: str) -> list[tuple[str, bool]]:
        page = staff.get(reverse(BOOKINGS), parameters)
        (found,) = (one for one in page.context["cl"].filter_specs if one.title == "campaign")
        choices = found.choices(page.context["cl"])
        return [(one["display"].split()[0], one["selected"]) for one in choices]

    assert chosen() == [("SECOND", False), ("NY2025", False)]
    assert "Choose a campaign beside the list." in staff.get(reverse(BOOKINGS)).content.decode()
    assert chosen(campaign="NY2025") == [("SECOND", False), ("NY2025", True)]


def test_a_booking_shows_its_reasons_under_each_published_campaign(
    staff: Client, campaign: Campaign
) -> None:
    TermsFactory.create(campaign__code="EAST", published=True, touches=[touch("JR East")])
    text = staff.get(detail(BookingFactory.create(cancelled=True))).content.decode()

    text = re.sub(r"</?span[^>]*>", "", text)
    assert "Outside the section, Cancelled</li>" in text
    assert text.index("Outside the section, Cancelled</li>") < text.index("Cancelled</li></ul>")


def detail(booking: Booking) -> str:
    return reverse("admin:bookings_booking_change", args=[booking.pk])


def test_bookings_show_their_reasons(staff: Client, campaign: Campaign) -> None:
    booking = BookingFactory.create(cancelled=True, used=False)

    for page in (reverse(BOOKINGS), detail(booking)):
        text = re.sub(r"</?span[^>]*>", "", staff.get(page).content.decode())
        assert "Cancelled, Ride is checked" in text


def test_bookings_are_shown_without_any_campaign(staff: Client) -> None:
    booking = BookingFactory.create()

    assert shown(staff) == {booking}
    assert shown(staff, reason="counts") == set()
    assert "NY" not in staff.get(detail(booking)).content.decode()

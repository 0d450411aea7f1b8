"""The page Today: what is to be done, what is fine, and how the campaigns stand."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from bookings.models import FeedExpectation
from campaign.reason_counts import store_due_counts
from core.heartbeats import note_heartbeat
from core.models import AuditRecord, Heartbeat
from core.roles import ROLES
from core.sign_in.backends import MEMBER_BACKEND
from core.staff_access import restore_approver
from lottery.forecasting import store_due_forecasts
from portal.announcement import name_of
from tests.factories.bookings import BookingFactory
from tests.factories.campaign import ApprovalFactory, CampaignFactory, TermsFactory, UserFactory
from tests.factories.entries import EntryFactory, MemberFactory
from tests.factories.feeds import FeedFileFactory
from tests.factories.lottery import closed_campaign, drawn_draw
from tests.factories.totals import RunFactory, TotalFactory
from tests.points import steps

pytestmark = pytest.mark.django_db
JAPAN = ZoneInfo("Asia/Tokyo")
NOW = datetime(2024, 12, 28, 9, 12, tzinfo=JAPAN)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TODAY, EXPECTED = "/staff/", "/staff/feeds/expected/"
NIGHTLY = ("bookings", "entries", "ex_registrations", "memberships")
SetClock = Callable[[datetime], None]


def staff(role: str, **values: Any) -> Client:
    """Return the browser of a user with a role, who reads English."""
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(UserFactory.create(role=role, **values))
    return client


def text_of(client: Client, address: str = TODAY) -> str:
    """Return the words of a page."""
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


@pytest.fixture
def busy_day(set_clock: SetClock) -> Any:
    """Return a campaign with entries, totals, reasons and a forecast of this morning."""
    set_clock(NOW)
    campaign = CampaignFactory.create(published=True)
    for number, at in enumerate((NOW - 3 * DAY, NOW - DAY, NOW - HOUR, NOW - HOUR)):
        channel = "app" if number else "web"
        EntryFactory.create(
            campaign=campaign, wester_id=f"W{number}", entered_at=at, channel=channel
        )
        TotalFactory.create(campaign=campaign, wester_id=f"W{number}", total_yen=9_000)
        BookingFactory.create(wester_id=f"W{number}", amount_yen=9_000)
    BookingFactory.create(wester_id="W1", amount_yen=4_000, used=False)
    BookingFactory.create(wester_id="W2", amount_yen=1_230, cancelled=True)
    RunFactory.create(campaign=campaign, finished=True, as_of=NOW - 6 * HOUR)
    store_due_counts()
    store_due_forecasts(at=NOW)
    for feed in NIGHTLY:
        FeedFileFactory.create(feed=feed, tried_at=NOW - 8 * HOUR)
    for kind in Heartbeat.Kind:
        note_heartbeat(kind)
    return campaign


@pytest.mark.parametrize("address", [TODAY, EXPECTED])
def test_only_staff_open_the_pages(address: str) -> None:
    member = Client()
    member.force_login(MemberFactory.create().user, backend=MEMBER_BACKEND)
    for client in (Client(), member):
        response = client.get(address)
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/staff/login/")


@pytest.mark.parametrize("role", ROLES)
def test_today_is_for_all_of_staff(role: str) -> None:
    client = staff(role)

    assert "Nothing waits for you." in text_of(client)
    assert "No campaign is under way." in text_of(client)
    assert "no-store" in client.get(TODAY).headers["Cache-Control"]


def test_today_shows_how_a_campaign_stands(busy_day: Any) -> None:
    page = text_of(staff("campaign"))

    for words in (
        "Open for entry · 16 days left",
        "Entries 4 yesterday +1",
        "WESTER app 75% · web page 25%",
        "Spending that counts 36,000 yen",
        "Not confirmed yet 1 booking 4,000 yen",
        "Would be in the draw 4 members",
        "Entries by day December 10, 2024 to January 13, 2025",
        "Entries today, by hour December 28, 2024",
        "Budget 100,000,000 points",
        "because it was cancelled. 1 1,230",
        "✓ Totals of the night: done (December 28, 2024, 03:12)",
        "✓ Feeds that came: 4 of 4",
        ": not to be prepared before February 3, 2025",
        "▸ January 6, 2025 Last day of travel next",
        "about January 25, 2025 List of entrants fixed",
    ):
        assert words in page
    assert "Nothing waits for you." in page


def test_plots_have_their_numbers_as_tables_and_mark_today(busy_day: Any) -> None:
    page = staff("campaign").get(TODAY).content.decode()

    rows = re.findall(r'<th scope="row">([^<]+)</th><td>([^<]+)</td></tr>', page)
    assert {("12/25", "1"), ("12/26", "0"), ("12/27", "1"), ("12/28", "2"), ("8:00", "2")} <= {
        *rows
    }
    assert page.count("plot-marked") == page.count('plot-mark"') == 1
    assert "style=" not in re.sub(r"<header.*?</header>", "", page, flags=re.DOTALL)


def test_tasks_lead_to_the_page_where_they_are_answered(set_clock: SetClock) -> None:
    set_clock(NOW)
    request = ApprovalFactory.create(action="campaign.publish", subject="winter")
    FeedFileFactory.create(refused=True, tried_at=NOW)
    page = staff("ops").get(TODAY).content.decode()

    assert page.index("Today</strong>") < page.index("Requested</strong>")
    for address in ("/staff/operations/feeds/", f"/staff/approvals/{request.pk}/"):
        assert f'<a href="{address}">Open</a>' in page


def test_who_asked_sees_the_refusal(set_clock: SetClock) -> None:
    user = UserFactory.create(role="campaign")
    ApprovalFactory.create(
        refused=True,
        requested_by=user,
        subject="winter",
        decided_at=NOW - 13 * DAY,
        refused_because="The budget is too high.",
    )
    for days, is_shown in ((0, True), (1, False)):
        set_clock(NOW + days * DAY)
        client = Client()
        client.force_login(user)
        assert ("(winter): The budget is too high." in text_of(client)) is is_shown
    set_clock(NOW)
    assert "winter" not in text_of(staff("campaign"))


def test_a_refusal_names_the_campaign(set_clock: SetClock) -> None:
    user, terms = UserFactory.create(role="campaign"), TermsFactory.create(published=True)
    code = terms.campaign.code
    ApprovalFactory.create(refused=True, requested_by=user, subject=code, decided_at=NOW)
    set_clock(NOW)
    client = Client()
    client.force_login(user)

    assert f"({name_of(terms)})" in text_of(client)
    assert f"({code})" not in text_of(client)


def test_everybody_sees_that_an_approver_was_restored(set_clock: SetClock) -> None:
    UserFactory.create(username="hanako", role="approver")
    restore_approver(username="hanako", password="kasumi-sakura-hikari", at=NOW)
    set_clock(NOW + DAY)

    assert "gave the approver hanako access again; nobody approved it" in text_of(staff("support"))


def test_a_paid_campaign_shows_what_was_drawn_and_credited(set_clock: SetClock) -> None:
    steps.paid()
    CampaignFactory.create(code="a-draft", draft=True)
    set_clock(steps.CREDIT_AT + HOUR)
    page = text_of(staff("ops"))

    for words in ("Points credited", "Drawn 3 awards 37,340 points", "Crediting Done"):
        assert words in page
    assert "a-draft" not in page


def test_nothing_of_a_result_shows_before_its_confirmation(set_clock: SetClock) -> None:
    draw = drawn_draw(budget_points=6_000)
    set_clock(draw.round_time + HOUR)

    assert "awards" not in text_of(staff("ops"))


def test_ops_change_when_a_feed_is_expected(set_clock: SetClock) -> None:
    set_clock(NOW)
    client = staff("ops")
    form = {f"{feed}-by_hour": "2" for feed in NIGHTLY}
    sent = form | {"bookings-by_hour": "5", "bookings-days_without": ["6", "7"]}

    assert client.post(EXPECTED, sent).status_code == 302

    changed = FeedExpectation.objects.get(feed="bookings")
    assert (changed.by_hour, changed.days_without) == (5, [6, 7])
    assert AuditRecord.objects.filter(action="feed.expectation_changed").count() == 1
    assert "Bookings ✓ 5:00 Saturday, Sunday" in text_of(client)
    refused = client.post(EXPECTED, form | {"bookings-by_hour": "24"})
    assert "Select a valid choice" in refused.content.decode()


@pytest.mark.parametrize("role", [role for role in ROLES if role != "ops"])
def test_others_do_not_change_when_a_feed_is_expected(role: str) -> None:
    client = staff(role)

    assert client.get(EXPECTED).status_code == 403
    assert client.post(EXPECTED, {}).status_code == 403
    assert EXPECTED not in client.get(TODAY).content.decode()


def test_today_costs_the_same_queries_for_any_number_of_campaigns(
    busy_day: Any, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = staff("ops")
    client.get(TODAY)
    for _ in range(5):
        TermsFactory.create(published=True)

    with django_assert_max_num_queries(40):
        client.get(TODAY)


def test_only_a_few_campaigns_are_shown_with_figures(set_clock: SetClock) -> None:
    set_clock(NOW)
    for _ in range(5):
        closed_campaign({})

    page = staff("ops").get(TODAY)

    assert (len(page.context["campaigns"]), len(page.context["others"])) == (3, 2)

"""The rehearsal: bookings of before under a draft, side by side; it leaves nothing behind."""

from datetime import date, timedelta

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client

from bookings.models import Booking
from campaign.models import AggregationRun, Terms
from lottery import rehearsing
from lottery.forecast import forecast_draw
from lottery.refusals import RehearsalTooLong
from lottery.rehearsing import rehearse
from tests.factories.bookings import BookingFactory
from tests.factories.campaign import FIRST_TERMS, CampaignFactory, TermsFactory, UserFactory
from tests.factories.entries import EntryFactory, MembershipFactory
from tests.portal.desk.test_preview import count_rows

pytestmark = pytest.mark.django_db
YEAR = timedelta(days=365)
DATES = ("public_at", "opens_at", "closes_at", "credit_at")
RESULT = "Result of the rehearsal"
ADDRESS = "/staff/campaigns/next/rehearsal/"


def a_year_later(**changes: object) -> Terms:
    """Return the draft of a campaign with the first one's terms, a year later."""
    moved = {name: FIRST_TERMS[name] + YEAR for name in DATES}
    travel = [
        {name: (date.fromisoformat(day) + YEAR).isoformat() for name, day in period.items()}
        for period in FIRST_TERMS["travel"]
    ]
    terms: Terms = TermsFactory.create(
        campaign=CampaignFactory.create(code="next"), **{**moved, "travel": travel, **changes}
    )
    return terms


@pytest.fixture
def last_year() -> Terms:
    """Return the terms of a campaign with four members who entered, and one who did not."""
    terms: Terms = CampaignFactory.create(code="last", published=True).terms.get()
    for wester_id, yen in {
        "W1": 5_000,
        "W2": 8_000,
        "W3": 30_000,
        "W4": 4_000,
        "W5": 9_000,
    }.items():
        BookingFactory.create(wester_id=wester_id, amount_yen=yen)
    for wester_id in ("W1", "W2", "W3", "W4"):
        EntryFactory.create(campaign=terms.campaign, wester_id=wester_id)
    BookingFactory.create(wester_id="W1", amount_yen=700, used=False)
    return terms


def test_bookings_of_last_year_are_judged_by_the_draft_on_its_own_days(last_year: Terms) -> None:
    draft = a_year_later(minimum_total_yen=8_000)
    compared = rehearse(draft, like=last_year)
    assert compared.days == YEAR.days
    assert compared.before is not None
    assert [one.forecast.entrants for one in (compared.before, compared.after)] == [3, 2]
    assert compared.before.forecast.used_points.p50 == 5_000 + 8_000 + 20_000
    assert compared.after.forecast.used_points.p50 == 8_000 + 20_000
    assert compared.after.counting_yen == compared.before.counting_yen == 56_000
    assert compared.after.reasons["not_used"] == {"bookings": 1, "yen": 700}
    assert compared.after.bookings == 6


def test_a_longer_travel_period_takes_bookings_in_that_the_old_one_left_out(
    last_year: Terms,
) -> None:
    day_after = date.fromisoformat(FIRST_TERMS["travel"][-1]["last"]) + timedelta(days=1)
    BookingFactory.create(wester_id="W4", amount_yen=6_000, travel_date=day_after)
    compared = rehearse(a_year_later(travel_last=day_after + YEAR), like=last_year)
    assert compared.before is not None
    assert compared.before.reasons["outside_travel_period"]["bookings"] == 1
    assert compared.after.reasons["outside_travel_period"]["bookings"] == 0
    assert compared.after.forecast.entrants == compared.before.forecast.entrants + 1


def test_the_period_of_booking_is_moved_too(last_year: Terms) -> None:
    booked_at = Booking.objects.filter(wester_id="W1").values_list("booked_at", flat=True)[0]
    edge = booked_at.replace(microsecond=0) + YEAR
    draft = a_year_later(booked_from=edge - timedelta(days=1), booked_until=edge)
    reasons = rehearse(draft, like=last_year).after.reasons
    assert reasons["outside_booking_period"]["bookings"] == 6


@pytest.mark.parametrize("entry_needed", [True, False], ids=["with entries", "without"])
def test_all_bookings_on_their_own_days_for_everybody(last_year: Terms, entry_needed: bool) -> None:
    MembershipFactory.create(wester_id="W2")
    draft = TermsFactory.create(
        campaign=CampaignFactory.create(code="next"), entry_needed=entry_needed
    )
    compared = rehearse(draft, like=None)
    assert (compared.before, compared.days) == (None, 0)
    assert compared.after.forecast.entrants == 3  # W1, W3 and W5, who never entered


def test_who_need_not_enter_takes_part_without_an_entry(last_year: Terms) -> None:
    compared = rehearse(a_year_later(entry_needed=False), like=last_year)
    assert compared.after.forecast.entrants == 4


def test_it_leaves_nothing_and_takes_no_lock_that_others_wait_for(
    last_year: Terms, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft, seen = a_year_later(), []

    def locks() -> set[tuple[str, str]]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT locktype, mode FROM pg_locks WHERE pid = pg_backend_pid()"
                " AND mode <> 'AccessShareLock'"
            )
            return {*cursor.fetchall()}

    forecast = forecast_draw

    def look(*arguments: object, **options: int) -> object:
        seen.append(locks())
        return forecast(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(rehearsing, "forecast_draw", look)
    before, held = count_rows(), locks()
    rehearse(draft, like=last_year)
    assert len(seen) == 2
    assert [found - held for found in seen] == [{("virtualxid", "ExclusiveLock")} - held] * 2
    assert count_rows() == before
    assert not AggregationRun.objects.exists()
    assert draft.travel == Terms.objects.get(pk=draft.pk).travel  # as it was


def test_the_database_lets_a_rehearsal_only_read(last_year: Terms) -> None:
    with pytest.raises(OperationalError, match="read-only"), rehearsing.reading_only():
        Booking.objects.update(amount_yen=1)
    Booking.objects.update(amount_yen=2)  # and lets others write after it


@pytest.mark.parametrize(
    "patience",
    [
        pytest.param(0.002, id="in a statement"),
        pytest.param(0, id="before one"),
    ],
)
def test_a_rehearsal_that_takes_too_long_is_stopped(
    last_year: Terms, monkeypatch: pytest.MonkeyPatch, patience: float
) -> None:
    monkeypatch.setattr(rehearsing, "PATIENCE_S", patience)
    monkeypatch.setattr(
        rehearsing,
        "rehearse_one",
        lambda *_a, **_o: connection.cursor().execute("SELECT pg_sleep(1)"),
    )
    with pytest.raises(RehearsalTooLong):
        rehearse(a_year_later(), like=last_year)
    client = staff()
    page = client.get(ADDRESS, {"like": "last", "version": "1"}).content.decode()
    assert "stopped" in page
    assert RESULT not in page


def staff(role: str = "campaign", *, language: str = "en") -> Client:
    """Return the browser of a user with a role."""
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    client.force_login(UserFactory.create(role=role))
    return client


def test_the_page_computes_only_what_was_chosen_and_names_nobody(last_year: Terms) -> None:
    a_year_later(minimum_total_yen=8_000)
    client = staff()
    assert RESULT not in client.get(ADDRESS).content.decode()
    page = " ".join(client.get(ADDRESS, {"like": "last", "version": "1"}).content.decode().split())
    for words in (
        "moved by 365 days",
        '<td class="desk-number">3</td><td class="desk-number">2</td>',
        "We are waiting for word",
        "0.50%",  # 100,000,000 of 20,000,000,000
        "Points as rehearsed, of the expected sales",
        "keep within the law",
    ):
        assert words in page
    assert "W3" not in page
    assert "no-store" in client.get(ADDRESS).headers["Cache-Control"]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        pytest.param("/staff/campaigns/unknown/rehearsal/", 404, id="an unknown campaign"),
        pytest.param(f"{ADDRESS}?like=unknown", 200, id="unknown bookings"),
        pytest.param(f"{ADDRESS}?like=-&version=9", 200, id="an unknown version"),
    ],
)
def test_what_does_not_exist_is_not_rehearsed(address: str, status: int) -> None:
    a_year_later()
    response = staff().get(address)
    assert response.status_code == status
    assert RESULT not in response.content.decode()

"""Every booking has an answer, and every answer costs the same few look-ups."""

from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.models import Booking, ExRegistration
from campaign.models import Campaign, Terms
from entries import standing
from entries.standing import Standing
from tests.campaign import any_data
from tests.campaign.oracle import Oracle
from tests.database import as_owner
from tests.factories.bookings import BookingFactory, RegistrationFactory
from tests.factories.campaign import CampaignFactory, TermsFactory

pytestmark = pytest.mark.django_db
TABLES = "bookings_booking, bookings_exregistration"
COPIED = ", ".join(
    field.attname
    for field in Booking._meta.concrete_fields
    if field.attname
    not in {"id", "booking_service", "reservation_no", "wester_id", "ex_member_no", "registration"}
)
# As many copies of the one booking that there is, half of them of the EX service.
MANY = f"""
INSERT INTO bookings_booking
    (booking_service, reservation_no, wester_id, ex_member_no, {COPIED})
SELECT CASE WHEN n % 2 = 0 THEN 'e5489' ELSE 'smart_ex' END, 'R' || n,
    CASE WHEN n % 2 = 0 THEN 'W' || n % 9999 END, CASE WHEN n % 2 = 1 THEN 'X' || n % 9999 END,
    {COPIED}
FROM bookings_booking, generate_series(1, 100000) n"""


def stand(campaign: Campaign, wester_id: str = "W1") -> Standing:
    return standing.explain_member(campaign=campaign, wester_id=wester_id)


def explain(campaign: Campaign, booking: Booking) -> Standing:
    return standing.explain_booking(
        campaign=campaign,
        service=booking.booking_service,
        reservation_no=booking.reservation_no,
        item_no=booking.item_no,
    )


def test_no_booking_is_without_an_answer() -> None:
    """The explanations of all members and of bookings without member list every booking once."""
    random = Random(7)
    terms = TermsFactory.create(published=True, **any_data.any_terms(random))
    ExRegistration.objects.bulk_create(any_data.any_registrations(random))
    Booking.objects.bulk_create([any_data.any_booking(random) for _ in range(600)])
    bookings = list(Booking.objects.all())
    oracle = Oracle(terms, ExRegistration.objects.in_bulk())
    expected = {
        booking.pk: (oracle.member(booking), oracle.reasons(booking)) for booking in bookings
    }

    answers = [
        (one.booking.pk, (found.wester_id, one.reasons))
        for found in answers_for_everybody(terms, bookings, oracle)
        for one in found.bookings
    ]

    assert len(answers) == len(bookings) == 600
    assert dict(answers) == expected


def answers_for_everybody(terms: Terms, bookings: list[Booking], oracle: Oracle) -> list[Standing]:
    """Explain every member, and each booking without member, and compare with the results."""
    totals = oracle.totals(bookings)
    members = [stand(terms.campaign, member) for member in any_data.MEMBERS]
    for found in members:
        total = totals.get(str(found.wester_id))
        assert found.total_yen == (total.total_yen if total else 0)
        assert found.awaiting_yen == (total.awaiting_yen if total else 0)
    nobody = [explain(terms.campaign, one) for one in bookings if oracle.member(one) is None]
    return members + nobody


def test_the_number_of_queries_does_not_grow() -> None:
    campaign = CampaignFactory.create(published=True)
    counts = []
    for bookings in (1, 300):
        Booking.objects.bulk_create(any_data.booking(wester_id="W1") for _ in range(bookings))
        with CaptureQueriesContext(connection) as captured:
            assert len(stand(campaign).bookings) >= bookings
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 6


@pytest.mark.slow
def test_one_member_is_found_by_indexes_alone() -> None:
    campaign = CampaignFactory.create(published=True)
    RegistrationFactory.create(ex_member_no="X1", wester_id="W1")
    BookingFactory.create(reservation_no="R")
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(MANY)
        cursor.execute(f"ANALYZE {TABLES}")
    with CaptureQueriesContext(connection) as captured:
        assert len(stand(campaign).bookings) > 5

    plans = [plan(query["sql"]) for query in captured if "bookings_booking" in query["sql"]]

    assert plans
    for one in plans:
        assert "booking_wester_id" in one
        assert "booking_ex_member_no" in one
        assert "Seq Scan on bookings_booking" not in one


def plan(statement: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement}")
        return "\n".join(line for (line,) in cursor.fetchall())

"""Any bookings, judged by Postgres and by the written rules: tens of thousands, one by one."""

from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from bookings.enumerations import MemberKind, PaymentMethod, ProductKind, SalesChannel
from bookings.models import Booking, ExRegistration
from campaign import aggregation, eligibility, reports, rules
from campaign.models import Terms
from tests.campaign import any_data
from tests.campaign.explained import explain_all
from tests.campaign.oracle import Oracle, csv_of
from tests.campaign.runs import stored_sums
from tests.database import as_owner
from tests.factories.bookings import RegistrationFactory
from tests.factories.campaign import TermsFactory

pytestmark = pytest.mark.django_db
FLAGS = ("cancelled", "refunded", "stopover", "used", "changed_by_phone")


def test_no_condition_is_ever_null() -> None:
    """Where one were null, a booking would be neither rejected nor counted."""
    empty = TermsFactory.create(kinds_excluded=[], kinds_registered=[], kinds_free=[])
    campaigns = [TermsFactory.create(**any_data.any_terms(Random(seed))) for seed in range(4)]
    for terms in (empty, TermsFactory.create(), *campaigns):
        fill(any_bookings(Random(1), 300), any_data.any_registrations(Random(1)))
        for rule in rules.rules_of(terms):
            rejected = eligibility.rejected_by(rule, terms, Booking.objects.all())
            others = Booking.objects.filter(~rule.rejects(terms))
            assert rejected.count() + others.count() == Booking.objects.count()
            assert not set(rejected.values_list("pk")) & set(others.values_list("pk"))
        with as_owner():
            ExRegistration.objects.all().delete()


def any_bookings(random: Random, count: int) -> list[Booking]:
    return [any_data.any_booking(random) for _ in range(count)]


def fill(bookings: list[Booking], registrations: list[ExRegistration]) -> None:
    """Write bookings and registrations as sets."""
    ExRegistration.objects.bulk_create(registrations)
    Booking.objects.bulk_create(bookings, batch_size=5_000)


def assert_all_agree(terms: Terms) -> None:
    """Compare everything made from the rules with the oracle, booking by booking."""
    bookings = list(Booking.objects.all())
    oracle = Oracle(terms, ExRegistration.objects.in_bulk())

    judged = {booking.pk: oracle.reasons(booking) for booking in bookings}

    assert explain_all(terms) == judged
    counting = eligibility.counting(terms, Booking.objects.all())
    assert set(counting.values_list("pk", flat=True)) == {pk for pk in judged if not judged[pk]}
    for rule in rules.rules_of(terms):
        rejected = eligibility.rejected_by(rule, terms, Booking.objects.all())
        assert set(rejected.values_list("pk", flat=True)) == {
            pk for pk, codes in judged.items() if rule.code in codes
        }
    counts = eligibility.reason_counts(terms)
    shown = [rule.code for rule in rules.rules_of(terms)]
    assert list(counts) == [*shown, "pending", "counts"]
    assert {code for codes in judged.values() for code in codes} <= set(shown)
    assert {code: one for code, one in counts.items() if one["bookings"]} == oracle.counts(bookings)
    aggregation.recompute_totals(terms)
    totals = oracle.totals(bookings)
    assert stored_sums(terms.campaign) == totals
    assert b"".join(reports.export_totals(terms.campaign)) == csv_of(totals)


@pytest.mark.slow
@given(random=st.randoms(use_true_random=False), count=st.integers(0, 40))
@settings(max_examples=60)
def test_any_bookings_agree_with_the_written_rules(random: Random, count: int) -> None:
    with transaction.atomic():
        terms = TermsFactory.create(**any_data.any_terms(random))
        fill(any_bookings(random, count), any_data.any_registrations(random))

        assert_all_agree(terms)
        transaction.set_rollback(True)


@pytest.mark.slow
def test_tens_of_thousands_of_bookings_agree_with_the_written_rules() -> None:
    random = Random(20241226)
    fill(any_bookings(random, 30_000), any_data.any_registrations(random))

    for values in ({}, any_data.any_terms(random), any_data.any_terms(random)):
        assert_all_agree(TermsFactory.create(**values))


@pytest.mark.slow
def test_every_combination_of_what_a_booking_can_be_agrees() -> None:
    """All values of all enumerations with all flags, for e5489 and for every kind of member."""
    terms = TermsFactory.create()
    for kind in MemberKind.values:
        RegistrationFactory.create(ex_member_no=kind, member_kind=kind)
    holders: list[dict[str, Any]] = [
        {"wester_id": "W1"},
        {"wester_id": None},
        *(
            {"booking_service": "smart_ex", "wester_id": None, "ex_member_no": kind}
            for kind in (*MemberKind.values, "nobody")
        ),
    ]
    fill(
        [
            any_data.booking(
                **holder,
                sales_channel=channel,
                product_kind=product,
                payment_method=payment,
                **dict(zip(FLAGS, ((flags >> bit) & 1 == 1 for bit in range(5)), strict=True)),
            )
            for holder in holders
            for channel in SalesChannel.values
            for product in ProductKind.values
            for payment in PaymentMethod.values
            for flags in range(32)
        ],
        [],
    )

    assert Booking.objects.count() == 11 * 4 * 4 * 6 * 32
    assert_all_agree(terms)

"""Bookings, EX registrations and marks: the smallest that count under the first campaign."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import factory
from factory.django import DjangoModelFactory

from bookings.journeys import name_section
from bookings.models import Booking, ExRegistration, FeedFile, MemberMark, QuarantinedRow

JAPAN = ZoneInfo("Asia/Tokyo")
BOOKED_AT = datetime(2024, 12, 20, 9, tzinfo=JAPAN)


class RegistrationFactory(DjangoModelFactory[ExRegistration]):
    """A member of a kind that needs no points registration."""

    class Meta:
        model = ExRegistration

    class Params:
        registered = factory.Trait(
            member_kind="smart_ex", points_registered_at=datetime(2024, 12, 1, tzinfo=JAPAN)
        )

    ex_member_no = factory.Sequence(lambda n: f"X{n:06}")
    member_kind = "j_west_card_express"
    wester_id = factory.Sequence(lambda n: f"W{n:06}")
    points_registered_at = None
    updated_at = datetime(2024, 12, 1, tzinfo=JAPAN)
    row_text = b""


def sections_of(booking: Any) -> list[str]:
    """Return the sections of each operator on each line of the journey."""
    lines = {leg.partition(":")[0] for leg in booking.journey.split("|")}
    return sorted(name_section(operator, line) for operator in booking.operators for line in lines)


class BookingFactory(DjangoModelFactory[Booking]):
    """A ridden e5489 booking of 5,000 yen that counts; the traits make it one of the EX service."""

    class Meta:
        model = Booking

    class Params:
        ex = factory.Trait(
            booking_service="smart_ex",
            wester_id=None,
            ex_member_no=factory.Sequence(lambda n: f"X{n:06}"),
        )
        linked = factory.Trait(
            booking_service="smart_ex",
            wester_id=None,
            ex_member_no=factory.LazyFunction(lambda: RegistrationFactory.create().ex_member_no),
        )

    booking_service = "e5489"
    reservation_no = factory.Sequence(lambda n: f"R{n:06}")
    item_no = 1
    wester_id = factory.Sequence(lambda n: f"W{n:06}")
    ex_member_no = None
    booked_at = BOOKED_AT
    travel_date = date(2025, 1, 1)
    journey = "東海道・山陽・九州新幹線:新大阪>博多"
    sales_channel = "web"
    product_kind = "standard"
    payment_method = "registered_card"
    amount_yen = 5_000
    operators = factory.LazyFunction(lambda: ["JR West"])
    sections = factory.LazyAttribute(sections_of)
    cancelled = False
    refunded = False
    stopover = False
    used = True
    changed_by_phone = False
    purchase_known = True
    latest_occurred_at = factory.SelfAttribute("booked_at")
    latest_event_id = factory.Sequence(lambda n: f"E{n:06}")
    ticketing = None
    ticketing_at = factory.LazyAttribute(
        lambda booking: booking.latest_occurred_at if booking.ticketing is not None else None
    )
    ticketing_event_id = factory.LazyAttribute(
        lambda booking: booking.latest_event_id if booking.ticketing is not None else None
    )


class MarkFactory(DjangoModelFactory[MemberMark]):
    """A mark of a WESTER ID."""

    class Meta:
        model = MemberMark

    wester_id = factory.Sequence(lambda n: f"W{n:06}")
    ex_member_no = None


class FeedFileFactory(DjangoModelFactory[FeedFile]):
    """A loaded file of one row, which is in quarantine."""

    class Meta:
        model = FeedFile

    feed = "bookings"
    name = factory.LazyAttribute(lambda file: f"{file.feed}-20250107-001.csv")
    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    status = "loaded"
    encoding = "utf-8"
    version = 1
    rows = 1
    quarantined = 1
    tried_at = BOOKED_AT


class QuarantinedRowFactory(DjangoModelFactory[QuarantinedRow]):
    """A row that waits for a person."""

    class Meta:
        model = QuarantinedRow

    file = factory.SubFactory(FeedFileFactory)
    record = 1
    reason = "bad_number"
    content = b"x"

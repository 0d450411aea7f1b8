"""Folders of network CSV, and bookings that ride on them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import factory
from factory.django import DjangoModelFactory

from bookings.models import Booking, BookingEvent
from tests.factories.bookings import sections_of

HEADER = "service_or_line,seq,station_ja,station_romaji,operator_to_next,kind"
ALPHA = ("alpha,1,a,A,X,stop", "alpha,2,b,B,Y,stop", "alpha,3,c,C,,stop")
BETA = ("beta,1,a,A,Z,stop", "beta,2,p,P,Z,pass", "beta,3,d,D,,stop")


def write_network(
    folder: Path,
    shinkansen: Iterable[str] = ALPHA,
    limited_express: Iterable[str] = BETA,
    *,
    header: str = HEADER,
) -> Path:
    """Write a network of two files below a folder; two services of three rows unless given."""
    folder.mkdir(exist_ok=True)
    for name, rows in (("shinkansen", shinkansen), ("limited_express", limited_express)):
        text = "\n".join([header, *rows]) + "\n"
        (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    return folder


class ValuesFactory(DjangoModelFactory):
    """What a booking and its event have in common: an e5489 ticket without a member."""

    class Meta:
        abstract = True

    class Params:
        ex = factory.Trait(booking_service="ex_yoyaku", ex_member_no="ex-1")

    booking_service = "e5489"
    reservation_no = factory.Sequence(lambda n: f"R{n:06}")
    item_no = 1
    booked_at = datetime(2024, 12, 20, tzinfo=UTC)
    travel_date = date(2025, 1, 1)
    journey = "alpha:a>b"
    sales_channel = "web"
    product_kind = "standard"
    ticketing = None
    payment_method = "registered_card"
    amount_yen = 5000


class RideFactory(ValuesFactory):
    """A booking."""

    class Meta:
        model = Booking

    operators = ["X"]
    sections = factory.LazyAttribute(sections_of)
    purchase_known = True
    latest_occurred_at = factory.SelfAttribute("booked_at")
    latest_event_id = factory.Sequence(lambda n: f"E{n:06}")
    ticketing_at = factory.LazyAttribute(
        lambda booking: booking.latest_occurred_at if booking.ticketing is not None else None
    )
    ticketing_event_id = factory.LazyAttribute(
        lambda booking: booking.latest_event_id if booking.ticketing is not None else None
    )


class RideEventFactory(ValuesFactory):
    """An event."""

    class Meta:
        model = BookingEvent

    event_id = factory.Sequence(lambda n: f"E{n:06}")
    event_type = "booked"
    occurred_at = factory.SelfAttribute("booked_at")
    operated_via = "web"

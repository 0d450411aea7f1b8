"""Any bookings, registrations and terms, crowded at the edges where a rule turns."""

from datetime import date, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from django.db.models import TextChoices

from bookings.enumerations import (
    BookingService,
    MemberKind,
    PaymentMethod,
    ProductKind,
    SalesChannel,
    Ticketing,
)
from bookings.journeys import name_section
from bookings.models import Booking, ExRegistration
from tests.factories.bookings import BOOKED_AT, BookingFactory, RegistrationFactory

# Sorting as bytes, as the database's own order would have it, and as lower case all differ.
MEMBERS = ("W1", "W10", "W2", "w1", "a", "B", "_", "-", "0", "Z" * 40)
EX_MEMBERS = tuple(f"X{n}" for n in range(15))
OPERATORS = ("JR West", "JR Central", "JR Kyushu", "JR West2", "jr west", "智頭急行")
LINES = ("山陽新幹線", "のぞみ", "北陸新幹線", "のぞみ2")
AMOUNTS = (0, 1, 4_999, 5_000, 20_000, 20_001, 9_999_999)
MOMENTS = tuple(
    BOOKED_AT + timedelta(microseconds=shift) for shift in (-1_000_000, -1, 0, 1, 1_000_000)
)
TRAVEL_FIRST, TRAVEL_LAST = date(2024, 12, 26), date(2025, 1, 6)
DAY = timedelta(days=1)
USUAL = {
    name: getattr(usual, name)
    for usual in [BookingFactory.build()]
    for name in (field.attname for field in Booking._meta.concrete_fields)
    if name != "id"
}
NUMBERS = count()
DAYS = (
    TRAVEL_FIRST - DAY,
    TRAVEL_FIRST,
    date(2025, 1, 1),
    TRAVEL_LAST,
    TRAVEL_LAST + DAY,
)


def days(*periods: tuple[date, date]) -> list[dict[str, str]]:
    """Return travel periods as terms have them."""
    return [{"first": first.isoformat(), "last": last.isoformat()} for first, last in periods]


TRAVELS = (
    days((TRAVEL_FIRST, TRAVEL_LAST)),
    days((DAYS[2], DAYS[2])),
    days((TRAVEL_FIRST, TRAVEL_FIRST), (TRAVEL_LAST, TRAVEL_LAST + DAY)),
    days((TRAVEL_FIRST - DAY, TRAVEL_FIRST), (DAYS[2], DAYS[2]), (TRAVEL_LAST, TRAVEL_LAST)),
)


def seldom(random: Random, *, one_in: int = 8) -> bool:
    """Return true now and then: a booking with every flag set shows little."""
    return random.randrange(one_in) == 0


def mostly(random: Random, usual: Any, others: tuple[Any, ...]) -> Any:
    """Return what is usual, now and then any of all."""
    return random.choice(others) if seldom(random, one_in=3) else usual


def any_terms(random: Random) -> dict[str, Any]:
    """Return the terms that rules depend on: lists, periods, touches, and rules that are not."""
    lists: list[list[str]] = [[], [], [], []]
    for kind in MemberKind.values:
        random.choice(lists).append(kind)
    excluded, registered, free, _none = (sorted(kinds) for kinds in lists)
    booked = mostly(random, (None, None), ((MOMENTS[0], MOMENTS[2]), (MOMENTS[2], MOMENTS[4])))
    return {
        "kinds_excluded": excluded,
        "kinds_registered": registered,
        "kinds_free": free,
        "touches": [any_touch(random) for _ in range(random.choice([1, 1, 2, 3]))],
        "travel": random.choice(TRAVELS),
        "booked_from": booked[0],
        "booked_until": booked[1],
        "products_excluded": mostly_some(random, ["fare_only", "rail_points"], ProductKind),
        "channels_excluded": mostly_some(random, ["agency", "counter"], SalesChannel),
        "payment_methods": {
            service: some(random, PaymentMethod) or ["points"]
            for service in some(random, BookingService)
        },
        "phone_changes_excluded": random.random() < 0.7,
        "stopovers_excluded": random.random() < 0.7,
    }


def any_touch(random: Random) -> dict[str, Any]:
    """Return an item of services, operator and lines; mostly of all services and any line."""
    services = mostly_some(random, BookingService.values, BookingService)
    return {
        "services": services or ["smart_ex"],
        # Published terms name those of the network; bookings have others that look alike.
        "operator": mostly(random, "JR West", OPERATORS[:3]),
        "lines": mostly(random, None, (sorted(LINES[:3]), [random.choice(LINES[:3])])),
    }


def some(random: Random, choices: type[TextChoices]) -> list[str]:
    """Return some of these values, maybe none, sorted."""
    return sorted(random.sample(choices.values, k=random.randint(0, len(choices.values))))


def mostly_some(random: Random, usual: list[str], choices: type[TextChoices]) -> list[str]:
    """Return the usual values, now and then any of all, sorted."""
    return sorted(usual) if random.random() < 0.6 else some(random, choices)


def any_registrations(random: Random) -> list[ExRegistration]:
    """Return registrations of some of the EX members."""
    return [
        any_registration(random, number) for number in EX_MEMBERS if not seldom(random, one_in=5)
    ]


def any_registration(random: Random, number: str) -> ExRegistration:
    """Return a registration of this EX member number."""
    return RegistrationFactory.build(
        ex_member_no=number,
        member_kind=random.choice(MemberKind.values),
        wester_id=random.choice(MEMBERS),
        points_registered_at=random.choice([None, *MOMENTS]),
    )


def any_booking(random: Random, **values: Any) -> Booking:
    """Return a booking of some member, or of none."""
    return booking(**{**any_values(random), **values})


def booking(**values: Any) -> Booking:
    """Return a booking under a number of its own: tens of thousands a second, unlike a factory."""
    number = next(NUMBERS)
    keys = {"reservation_no": f"N{number}", "latest_event_id": f"N{number}"}
    return Booking(**{**USUAL, **keys, **values})


def any_values(random: Random) -> dict[str, Any]:
    """Return every value of a booking that a rule may depend on."""
    return {
        **any_holder(random),
        "booked_at": any_moment(random),
        "travel_date": mostly(random, DAYS[2], DAYS),
        "sales_channel": mostly(random, "web", tuple(SalesChannel.values)),
        "product_kind": mostly(random, "standard", tuple(ProductKind.values)),
        "payment_method": mostly(random, "registered_card", tuple(PaymentMethod.values)),
        "amount_yen": random.choice(AMOUNTS),
        **any_sections(random),
        **any_ticketing(random),
        "cancelled": seldom(random),
        "refunded": seldom(random),
        "stopover": seldom(random),
        "changed_by_phone": seldom(random),
        "used": not seldom(random, one_in=3),
    }


def any_moment(random: Random) -> datetime:
    """Return an instant near which others are."""
    return random.choice(MOMENTS)


def any_sections(random: Random) -> dict[str, list[str]]:
    """Return sections of none, one or several operators and lines, with the operators, sorted."""
    pairs = [(operator, line) for operator in OPERATORS for line in LINES]
    others = (sections_of(*random.sample(pairs, k=ridden)) for ridden in (0, 1, 3))
    found: dict[str, list[str]] = mostly(random, USUAL_SECTIONS, tuple(others))
    return found


def sections_of(*pairs: tuple[str, str]) -> dict[str, list[str]]:
    """Return the columns of a booking with sections of these operators and lines."""
    return {
        "operators": sorted({operator for operator, _line in pairs}),
        "sections": sorted(name_section(*pair) for pair in pairs),
    }


USUAL_SECTIONS = sections_of(("JR West", LINES[0]))


def any_ticketing(random: Random) -> dict[str, Any]:
    """Return what is known of the ticketing: nothing, or what an event said."""
    ticketing = random.choice([None, *Ticketing.values])
    known = (BOOKED_AT, "T") if ticketing else (None, None)
    return {"ticketing": ticketing, "ticketing_at": known[0], "ticketing_event_id": known[1]}


def any_holder(random: Random) -> dict[str, Any]:
    """Return whose booking it is."""
    if random.randrange(2):
        member = None if seldom(random) else random.choice(MEMBERS)
        return {"booking_service": "e5489", "wester_id": member, "ex_member_no": None}
    return {
        "booking_service": random.choice(["ex_yoyaku", "smart_ex"]),
        "wester_id": None,
        "ex_member_no": random.choice(EX_MEMBERS),
    }

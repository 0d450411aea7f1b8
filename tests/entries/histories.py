"""Any histories of bookings and registrations as feed rows, and their results by the contract."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from bookings.enumerations import MemberKind
from bookings.models import Booking, ExRegistration
from campaign.models import Terms
from tests.bookings.contract_model import BookingsModel, RegistrationsModel, Row
from tests.campaign.oracle import Oracle
from tests.feedfiles import booking_row, ex_booking_row, registration_row

# Where a ride runs, read off the table of the network by hand.
JOURNEYS = {
    "東海道・山陽・九州新幹線:小倉>博多": ["JR West"],
    "ソニック:小倉>博多": ["JR Kyushu"],
    "東海道・山陽・九州新幹線:東京>新大阪": ["JR Central"],
    "東海道・山陽・九州新幹線:東京>新神戸": ["JR Central", "JR West"],
    "東海道・山陽・九州新幹線:博多>鹿児島中央": ["JR Kyushu"],
    "東海道・山陽・九州新幹線:鹿児島中央>小倉": ["JR Kyushu", "JR West"],
    "しらさぎ:名古屋>米原": ["JR Central"],
    "しらさぎ:名古屋>米原|北陸新幹線:敦賀>金沢": ["JR Central", "JR West"],
    "マリンライナー（快速・指定席）:児島>高松": ["JR Shikoku"],
}
# How a history goes on after the booking: type and where it was made.
STORIES: tuple[tuple[tuple[str, str], ...], ...] = (
    (("used", "gate"),),
    (("used", "gate"),),
    (("used", "gate"),),
    (),
    (("changed", "web"), ("used", "gate")),
    (("changed", "phone"), ("changed", "web"), ("used", "gate")),
    (("changed", "web"), ("changed", "phone"), ("used", "gate")),
    (("used", "gate"), ("cancelled", "counter")),
    (("used", "gate"), ("refunded", "counter")),
    (("used", "gate"), ("stopover", "gate")),
    (("cancelled", "web"),),
)
BOOKED = datetime.fromisoformat("2024-12-20T10:00:00+09:00")
AMOUNTS = (0, 1, 999, 4_000, 4_999, 5_000, 20_000, 20_001)
DAYS = ("2024-12-25", "2024-12-26", "2024-12-31", "2025-01-06", "2025-01-07")


def any_history(random: Random, number: int) -> list[Row]:
    """Return the events of a booking in the order of time."""
    story = random.choice(STORIES)
    if random.randrange(20):
        story = (("booked", "web"), *story)
    elif not story:
        story = (("refunded", "counter"),)  # known by its end alone
    is_ex = bool(random.randrange(2))
    row = ex_booking_row if is_ex else booking_row
    values = any_values(random, is_ex=is_ex)
    rows: list[Row] = []
    for place, (event_type, via) in enumerate(story):
        if event_type == "changed":
            values |= any_values(random, is_ex=is_ex)
        rows.append(
            as_text(
                row,
                event_id=f"E{number}-{place}",
                event_type=event_type,
                operated_via=via,
                occurred_at=(BOOKED + timedelta(hours=place)).isoformat(),
                booked_at=BOOKED.isoformat(),
                reservation_no=f"R{number // 2}",
                item_no=str(1 + number % 2),
                **values,
            )
        )
    return rows


def as_text(row: Callable[..., dict[str, object]], **values: Any) -> Row:
    """Return a feed row as it is in a file."""
    return {name: str(value) for name, value in row(**values).items()}


def any_values(random: Random, *, is_ex: bool) -> dict[str, Any]:
    """Return what a booking or a change sets: mostly what counts."""
    holder = (
        {"ex_member_no": f"X{random.randrange(25)}"}
        if is_ex
        else {"wester_id": f"W{random.randrange(20)}" if random.randrange(10) else ""}
    )
    return {
        **holder,
        "journey": random.choice(list(JOURNEYS)),
        "travel_date": random.choice(DAYS[1:4] if random.randrange(4) else DAYS),
        "sales_channel": random.choice(["web", "app", "web", "app", "counter"]),
        "product_kind": random.choice(["standard", "discount", "standard", "fare_only"]),
        "payment_method": random.choice(["registered_card"] * 4 + ["bank"]),
        "amount_yen": str(random.choice(AMOUNTS)),
    }


def any_registrations(random: Random) -> list[Row]:
    """Return rows of some EX members, some of which change their member or kind."""
    rows: list[Row] = []
    for number in range(20):
        for place in range(random.choice([1, 1, 2])):
            shift = timedelta(seconds=random.choice([-86_400, -1, 0, 1]))
            registered = (BOOKED + shift).isoformat() if random.randrange(6) else ""
            rows.append(
                as_text(
                    registration_row,
                    ex_member_no=f"X{number}",
                    member_kind=random.choice([*MemberKind.values, "smart_ex", "smart_ex"]),
                    wester_id=f"W{random.randrange(20)}",
                    points_registered_at=registered,
                    updated_at=(BOOKED + timedelta(days=place)).isoformat(),
                )
            )
    return rows


def equal_halves(random: Random, number: int) -> tuple[list[Row], Row]:
    """Return events of two bookings that come to the same for one member, and a registration.

    One booking is of e5489 and one of EX, so that each of their sums is half of the total.
    """
    amount, is_ridden = str(random.choice(AMOUNTS[1:])), bool(random.randrange(3))
    wester_id, ex_member_no = f"H{number}", f"XH{number}"
    holders = (
        (booking_row, {"wester_id": wester_id}),
        (ex_booking_row, {"ex_member_no": ex_member_no}),
    )
    rows = [
        as_text(
            row,
            event_id=f"H{number}-{half}",
            event_type="used" if is_ridden else "booked",
            reservation_no=f"H{number}-{half}",
            journey="東海道・山陽・九州新幹線:小倉>博多",
            amount_yen=amount,
            **holder,
        )
        for half, (row, holder) in enumerate(holders)
    ]
    return rows, as_text(registration_row, ex_member_no=ex_member_no, wester_id=wester_id)


def judged(
    terms: Terms, bookings: BookingsModel, registrations: RegistrationsModel
) -> tuple[Oracle, dict[str, Booking]]:
    """Return the oracle and the folded bookings by their names, neither from our database."""
    standing = {
        number: ExRegistration(**values, row_text=text)
        for number, (values, text) in registrations.state().items()
    }
    folded = [Booking(**state) for state in bookings.bookings().values()]
    return Oracle(terms, standing), {booking.key_text: booking for booking in folded}

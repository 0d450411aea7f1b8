"""The written rules in plain Python, for comparison: from the text of the terms, not the code."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bookings.models import Booking, ExRegistration
from campaign.models import Terms

WAITS_FOR = {"not_used", "member_kind_unclear"}


@dataclass
class Sum:
    """What one member's bookings come to."""

    total_yen: int = 0
    bookings: int = 0
    awaiting_yen: int = 0


@dataclass
class Oracle:
    """Judges bookings one by one."""

    terms: Terms
    registrations: Mapping[str, ExRegistration] = field(default_factory=dict)

    def reasons(self, booking: Booking) -> list[str]:
        """Return every code of the table that applies, in the table's order."""
        return [code for code, applies in self.table(booking) if applies()]

    def table(self, b: Booking) -> list[tuple[str, Callable[[], bool]]]:
        """Return "code: rejects when", line by line."""
        terms = self.terms
        e5489 = b.booking_service == "e5489"
        ex = b.booking_service in ("ex_yoyaku", "smart_ex")
        registration = self.registrations.get(b.ex_member_no or "") if ex else None
        kind = registration.member_kind if registration else None
        registered_at = registration.points_registered_at if registration else None
        on_a_list = {*terms.kinds_excluded, *terms.kinds_registered, *terms.kinds_free}
        return [
            ("no_wester_login", lambda: e5489 and b.wester_id is None),
            ("unlinked_ex_member", lambda: ex and registration is None),
            ("excluded_member_kind", lambda: kind in terms.kinds_excluded),
            ("member_kind_unclear", lambda: kind is not None and kind not in on_a_list),
            (
                "points_registration_missing",
                lambda: (
                    kind in terms.kinds_registered
                    and (registered_at is None or not registered_at < b.booked_at)
                ),
            ),
            ("counter_or_agency", lambda: b.sales_channel in ("counter", "agency")),
            ("payment_method", lambda: e5489 and b.payment_method != "registered_card"),
            ("fare_only", lambda: b.product_kind == "fare_only"),
            ("rail_points_product", lambda: b.product_kind == "rail_points"),
            ("outside_jr_west", lambda: terms.operator not in b.operators),
            (
                "outside_travel_period",
                lambda: not terms.travel_first <= b.travel_date <= terms.travel_last,
            ),
            ("cancelled", lambda: b.cancelled),
            ("refunded", lambda: b.refunded),
            ("stopover", lambda: b.stopover),
            ("changed_by_phone", lambda: b.changed_by_phone),
            ("not_used", lambda: not b.used),
        ]

    def member(self, booking: Booking) -> str | None:
        """Return whose booking it is, if it is anybody's."""
        if booking.booking_service == "e5489":
            own: str | None = booking.wester_id
            return own
        registration = self.registrations.get(booking.ex_member_no or "")
        return str(registration.wester_id) if registration else None

    def totals(self, bookings: Iterable[Booking]) -> dict[str, Sum]:
        """Return the totals of all members with a booking that counts or may yet."""
        sums: dict[str, Sum] = defaultdict(Sum)
        for booking in bookings:
            member, reasons = self.member(booking), set(self.reasons(booking))
            if member is None or reasons - WAITS_FOR:
                continue
            if reasons:
                sums[member].awaiting_yen += booking.amount_yen
            else:
                sums[member].total_yen += booking.amount_yen
                sums[member].bookings += 1
        return dict(sums)

    def counts(self, bookings: Iterable[Booking]) -> dict[str, dict[str, int]]:
        """Return how many bookings and yen each code, pending and counts have."""
        found: dict[str, dict[str, int]] = defaultdict(lambda: {"bookings": 0, "yen": 0})
        for booking in bookings:
            reasons = self.reasons(booking)
            under = reasons or ["counts"]
            if reasons and set(reasons) <= WAITS_FOR:
                under = [*reasons, "pending"]
            for code in under:
                found[code]["bookings"] += 1
                found[code]["yen"] += booking.amount_yen
        return dict(found)


def csv_of(sums: Mapping[str, Sum]) -> bytes:
    """Return the export of totals as the contract requires it."""
    lines = ["wester_id,total_yen,bookings"]
    lines += [
        f"{member},{sums[member].total_yen},{sums[member].bookings}"
        for member in sorted(sums, key=str.encode)
        if sums[member].bookings
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def oracle_of_everything(terms: Terms) -> tuple[Oracle, list[Booking]]:
    """Return an oracle for the database, and all bookings in it."""
    registrations: dict[Any, ExRegistration] = ExRegistration.objects.in_bulk()
    return Oracle(terms, registrations), list(Booking.objects.all())

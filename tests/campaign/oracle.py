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
    facts: frozenset[str] = frozenset()


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
        items = [one for one in terms.touches if b.booking_service in one["services"]]
        kind = registration.member_kind if registration and items else None
        registered_at = registration.points_registered_at if registration else None
        on_a_list = {*terms.kinds_excluded, *terms.kinds_registered, *terms.kinds_free}
        paid = terms.payment_methods.get(b.booking_service, [b.payment_method])
        day = b.travel_date.isoformat()
        return [
            ("no_wester_login", lambda: e5489 and b.wester_id is None),
            ("unlinked_ex_member", lambda: ex and registration is None),
            ("excluded_member_kind", lambda: kind in terms.kinds_excluded),
            ("member_kind_unclear", lambda: kind is not None and kind not in on_a_list),
            ("service_not_included", lambda: not items),
            (
                "points_registration_missing",
                lambda: (
                    kind in terms.kinds_registered
                    and (registered_at is None or not registered_at < b.booked_at)
                ),
            ),
            ("counter_or_agency", lambda: b.sales_channel in terms.channels_excluded),
            ("payment_method", lambda: b.payment_method not in paid),
            ("fare_only", lambda: is_left_out(terms, b, "fare_only")),
            ("rail_points_product", lambda: is_left_out(terms, b, "rail_points")),
            ("product_excluded", lambda: is_left_out(terms, b, "standard", "discount")),
            (
                "outside_section",
                lambda: bool(items) and not any(rides_on(b, one) for one in items),
            ),
            ("outside_booking_period", lambda: not is_booked_in_time(terms, b)),
            (
                "outside_travel_period",
                lambda: not any(one["first"] <= day <= one["last"] for one in terms.travel),
            ),
            ("cancelled", lambda: b.cancelled),
            ("refunded", lambda: b.refunded),
            ("stopover", lambda: b.stopover and terms.stopovers_excluded),
            ("changed_by_phone", lambda: b.changed_by_phone and terms.phone_changes_excluded),
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
                sums[member].facts |= facts_of(booking)
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


def is_left_out(terms: Terms, booking: Booking, *products: str) -> bool:
    """Return whether the booking is one of these products, and the campaign leaves it out."""
    product = booking.product_kind
    return product in products and product in terms.products_excluded


def is_booked_in_time(terms: Terms, booking: Booking) -> bool:
    """Return whether the first booking operation was within the period, if there is one."""
    start, until = terms.booked_from, terms.booked_until
    return start is None or until is None or start <= booking.booked_at < until


def rides_on(booking: Booking, item: Mapping[str, Any]) -> bool:
    """Return whether a section is run by the item's operator, on one of its lines if it has any."""
    if item["lines"] is None:
        return item["operator"] in booking.operators
    return any(f"{item['operator']}:{line}" in booking.sections for line in item["lines"])


def facts_of(booking: Booking) -> frozenset[str]:
    """Return the facts that a counting booking gives its member."""
    ticketless = {"ticketless"} if booking.ticketing == "ticketless" else set()
    return frozenset({booking.booking_service} | ticketless)


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

"""Where a member stands in a campaign, and why: every booking with every reason."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    DateTimeField,
    Exists,
    QuerySet,
    Subquery,
    Value,
    When,
)

from bookings.models import Booking
from campaign import eligibility, queries
from campaign.eligibility import ArrayOf, WithoutNulls
from campaign.models import Campaign, Terms
from campaign.rewards import reward_points
from campaign.rules import is_pending
from entries import frozen
from entries.frozen import FrozenPlace
from entries.models import Entry, Membership, MembershipStatus
from entries.rules import KNOWN_TOO_LATE, MEMBER_RULES


@dataclass(frozen=True)
class ExplainedBooking:
    """One booking and the code of every rule that rejects it, the first one first."""

    booking: Booking
    reasons: list[str]

    @property
    def counts(self) -> bool:
        """Whether no rule rejects it."""
        return not self.reasons

    @property
    def waits(self) -> bool:
        """Whether it may still come to count."""
        return is_pending(self.reasons)


@dataclass(frozen=True)
class Standing:
    """Where one member stands; yen and points are whole.

    The totals are today's. From the freeze on, reward and member reasons follow the frozen list,
    where ``place`` is what that list says.
    """

    wester_id: str | None
    entered_at: datetime | None
    has_left: bool
    total_yen: int
    awaiting_yen: int
    missing_yen: int
    reward_points: int
    member_reasons: list[str]
    bookings: list[ExplainedBooking] = field(default_factory=list)
    place: FrozenPlace | None = None

    @property
    def eligible(self) -> bool:
        """Whether the member may be drawn, as things stand; from the freeze on, by its list."""
        return self.wester_id is not None and not self.member_reasons


def explain_member(*, campaign: Campaign, wester_id: str) -> Standing:
    """Explain a member's standing under the campaign's terms, from today's data.

    A WESTER ID that nothing is known of has an empty list. The number of queries is constant.
    """
    terms = queries.working_terms(campaign)
    bookings = explain_bookings(terms, eligibility.of_member(wester_id))
    return stand(terms, wester_id, bookings)


def explain_booking(
    *, campaign: Campaign, service: str, reservation_no: str, item_no: int
) -> Standing:
    """Explain one booking, and the standing of the member it belongs to, if it does to one."""
    terms = queries.working_terms(campaign)
    asked = Booking.objects.filter(
        booking_service=service, reservation_no=reservation_no, item_no=item_no
    )
    found = explain_bookings(terms, asked)
    member = asked.annotate(member=eligibility.MEMBER).values_list("member", flat=True).first()
    if member is None:
        return nobody(terms, found)
    everything = explain_bookings(terms, eligibility.of_member(member))
    return stand(terms, member, everything, shown=found)


def nobody(terms: Terms, bookings: list[ExplainedBooking]) -> Standing:
    """Return the standing of bookings that belong to no member."""
    return Standing(
        wester_id=None,
        entered_at=None,
        has_left=False,
        total_yen=0,
        awaiting_yen=0,
        missing_yen=terms.minimum_total_yen,
        reward_points=0,
        member_reasons=[],
        bookings=bookings,
    )


def explain_bookings(terms: Terms, bookings: QuerySet[Booking]) -> list[ExplainedBooking]:
    """Return bookings with their reasons, sorted by service and reservation (bytes) and item."""
    explained = eligibility.with_reasons(terms, bookings)
    ordered = explained.order_by("booking_service", "reservation_no", "item_no")
    return [ExplainedBooking(booking, vars(booking)["reasons"]) for booking in ordered]


def stand(
    terms: Terms,
    wester_id: str,
    bookings: list[ExplainedBooking],
    *,
    shown: list[ExplainedBooking] | None = None,
) -> Standing:
    """Put together what the bookings come to and what the member's own rules say."""
    total = sum(one.booking.amount_yen for one in bookings if one.counts)
    member = find_member(terms, wester_id, total)
    return Standing(
        wester_id=wester_id,
        entered_at=member["entered_at"],
        has_left=member["has_left"],
        total_yen=total,
        awaiting_yen=sum(one.booking.amount_yen for one in bookings if one.waits),
        missing_yen=max(terms.minimum_total_yen - total, 0),
        reward_points=reward_of(terms, total, member["place"]),
        member_reasons=member["reasons"],
        bookings=bookings if shown is None else shown,
        place=member["place"],
    )


def reward_of(terms: Terms, total_yen: int, place: FrozenPlace | None) -> int:
    """Return the points that are due if the member is drawn: the list's, once there is one."""
    if place is not None:
        return place.reward_points
    return reward_points(terms, total_yen)


def find_member(terms: Terms, wester_id: str, total_yen: int) -> dict[str, Any]:
    """Return entry, membership, place and reasons of whoever has this WESTER ID.

    The rules are asked in one query. From the freeze on its list decides: whoever is on it has no
    reasons, and whom no rule would keep out any more came to be known too late.
    Source: docs/specs/eligibility.md 3.
    """
    found = ask_rules(terms, wester_id, total_yen)
    is_frozen = found.pop("entries_frozen_at") is not None
    place = frozen.find_place(terms.campaign, wester_id) if is_frozen else None
    if place is not None:
        found["reasons"] = [] if place.is_entrant else found["reasons"] or [KNOWN_TOO_LATE.code]
    return {**found, "place": place}


def ask_rules(terms: Terms, wester_id: str, total_yen: int) -> dict[str, Any]:
    """Ask the member's rules, in one query, of whoever has this WESTER ID."""
    entry = Entry.objects.filter(campaign=terms.campaign_id, wester_id=wester_id)
    left = Membership.objects.filter(wester_id=wester_id, status=MembershipStatus.WITHDRAWN)
    row = Campaign.objects.filter(pk=terms.campaign_id).annotate(
        entered_at=Subquery(entry.values("entered_at"), output_field=DateTimeField()),
        has_left=Exists(left),
        counting_total=Value(total_yen, output_field=BigIntegerField()),
    )
    codes = (Case(When(rule.rejects(terms), then=Value(rule.code))) for rule in MEMBER_RULES)
    reasons = WithoutNulls(ArrayOf(*codes))
    return dict(row.values("entered_at", "has_left", "entries_frozen_at", reasons=reasons).get())

"""Explain where a member stands in a campaign, with each booking's reasons.

Where a booking comes to count is ``campaign.rules``; this module only collects the verdicts.
"""

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
from entries.enumerations import MembershipStatus
from entries.frozen import FrozenStanding, find_frozen_standing
from entries.models import Entry, Membership
from entries.rules import KNOWN_TOO_LATE, MEMBER_RULES


@dataclass(frozen=True)
class ExplainedBooking:
    """One booking, and the codes of the rules that reject it, in their order."""

    booking: Booking
    reasons: list[str]

    @property
    def counts(self) -> bool:
        """Return whether no rule rejects it."""
        return not self.reasons

    @property
    def is_pending(self) -> bool:
        """Return whether it may still come to count."""
        return is_pending(self.reasons)


@dataclass(frozen=True)
class Standing:
    """Where one member stands; yen and points are whole.

    The totals are today's. From the freeze on, reward and member reasons follow the frozen list,
    whose facts are ``frozen``.
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
    frozen: FrozenStanding | None = None

    @property
    def eligible(self) -> bool:
        """Return whether the member may be drawn; from the freeze on, by the frozen list."""
        return self.wester_id is not None and not self.member_reasons


def explain_member(*, campaign: Campaign, wester_id: str) -> Standing:
    """Explain a member's standing under the campaign's terms, from today's data.

    The list of an unknown WESTER ID is empty. The number of queries is constant.
    """
    terms = queries.working_terms(campaign)
    bookings = explain_bookings(terms, eligibility.of_member(wester_id))
    return build_standing(terms, wester_id, bookings)


def explain_booking(
    *, campaign: Campaign, service: str, reservation_no: str, item_no: int
) -> Standing:
    """Explain one booking, with the standing of its member, if it has one."""
    terms = queries.working_terms(campaign)
    requested = Booking.objects.filter(
        booking_service=service, reservation_no=reservation_no, item_no=item_no
    )
    found = explain_bookings(terms, requested)
    member = requested.annotate(member=eligibility.MEMBER).values_list("member", flat=True).first()
    if member is None:
        return standing_without_member(terms, found)
    all_bookings = explain_bookings(terms, eligibility.of_member(member))
    return build_standing(terms, member, all_bookings, shown=found)


def standing_without_member(terms: Terms, bookings: list[ExplainedBooking]) -> Standing:
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


def build_standing(
    terms: Terms,
    wester_id: str,
    bookings: list[ExplainedBooking],
    *,
    shown: list[ExplainedBooking] | None = None,
) -> Standing:
    """Return a member's standing, from the bookings and the member rules."""
    total = sum(one.booking.amount_yen for one in bookings if one.counts)
    facts = find_member_facts(terms, wester_id, total)
    return Standing(
        wester_id=wester_id,
        entered_at=facts["entered_at"],
        has_left=facts["has_left"],
        total_yen=total,
        awaiting_yen=sum(one.booking.amount_yen for one in bookings if one.is_pending),
        missing_yen=max(terms.minimum_total_yen - total, 0),
        reward_points=reward_of(terms, total, facts["frozen"]),
        member_reasons=facts["reasons"],
        bookings=bookings if shown is None else shown,
        frozen=facts["frozen"],
    )


def reward_of(terms: Terms, total_yen: int, frozen: FrozenStanding | None) -> int:
    """Return the points due if the member is drawn; from the freeze on, those frozen."""
    if frozen is not None:
        return frozen.reward_points
    return reward_points(terms, total_yen)


def find_member_facts(terms: Terms, wester_id: str, total_yen: int) -> dict[str, Any]:
    """Return entry, membership, frozen standing and reasons of a WESTER ID.

    From the freeze on the frozen list decides: a member on it has no reasons; for a member who is
    not on it, and whom no rule keeps out, entry or bookings were known too late.
    Source: docs/specs/eligibility.md 3.
    """
    facts = evaluate_member_rules(terms, wester_id, total_yen)
    is_frozen = facts.pop("entries_frozen_at") is not None
    frozen = find_frozen_standing(terms.campaign, wester_id) if is_frozen else None
    if frozen is not None:
        facts["reasons"] = [] if frozen.is_entrant else facts["reasons"] or [KNOWN_TOO_LATE.code]
    return {**facts, "frozen": frozen}


def evaluate_member_rules(terms: Terms, wester_id: str, total_yen: int) -> dict[str, Any]:
    """Return entry, membership and the codes of rules that apply, in one query."""
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

"""Explain where a member stands in a campaign, with each booking's reasons.

Where a booking comes to count is ``campaign.rules``; this module only collects the verdicts.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import (
    BigIntegerField,
    BooleanField,
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
from campaign.facts import TICKETLESS
from campaign.models import Campaign, Terms
from campaign.plan import Plan
from campaign.rewards import lots_of, rewards_of
from campaign.rules import is_pending
from entries.enumerations import MembershipStatus
from entries.frozen import FrozenStanding, find_frozen_standing
from entries.models import Entry, Membership
from entries.participation import find_participation
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

    The totals are today's. From the freeze on, facts, lots, rewards and member reasons follow the
    frozen list, of which ``frozen`` says the rest. ``rewards`` are what is due if drawn, by prize;
    None for a share of a pool before the freeze. Who may not be drawn has no lots and no rewards.
    """

    wester_id: str | None
    entered_at: datetime | None
    has_left: bool
    total_yen: int
    awaiting_yen: int
    missing_yen: int
    member_reasons: list[str]
    facts: list[str] = field(default_factory=list)
    lots: int = 0
    rewards: list[int | None] = field(default_factory=list)
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
        member_reasons=[],
        rewards=[0] * len(terms.plan.prizes),
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
    known = find_what_is_known(terms, wester_id, total)
    frozen: FrozenStanding | None = known["frozen"]
    facts = frozen.facts if frozen and frozen.is_entrant else facts_of_bookings(bookings)
    lots, rewards = lots_and_rewards(
        terms.plan, total, facts, frozen, may_be_drawn=not known["reasons"]
    )
    return Standing(
        wester_id=wester_id,
        entered_at=known["entered_at"],
        has_left=known["has_left"],
        total_yen=total,
        awaiting_yen=sum(one.booking.amount_yen for one in bookings if one.is_pending),
        missing_yen=max(terms.minimum_total_yen - total, 0),
        member_reasons=known["reasons"],
        facts=facts,
        lots=lots,
        rewards=rewards,
        bookings=bookings if shown is None else shown,
        frozen=frozen,
    )


def facts_of_bookings(bookings: list[ExplainedBooking]) -> list[str]:
    """Return the facts that the counting bookings give, sorted."""
    counting = [one.booking for one in bookings if one.counts]
    facts = {str(booking.booking_service) for booking in counting}
    if any(booking.ticketing == TICKETLESS for booking in counting):
        facts.add(TICKETLESS)
    return sorted(facts)


def lots_and_rewards(
    plan: Plan,
    total_yen: int,
    facts: list[str],
    frozen: FrozenStanding | None,
    *,
    may_be_drawn: bool,
) -> tuple[int, list[int | None]]:
    """Return lots and rewards by today's total, or by the frozen list once there is one."""
    if not may_be_drawn:
        return 0, [0] * len(plan.prizes)
    if frozen is not None:
        return frozen.lots, [*frozen.rewards]
    return lots_of(plan, total_yen, facts), rewards_of(plan, total_yen, facts)


def find_what_is_known(terms: Terms, wester_id: str, total_yen: int) -> dict[str, Any]:
    """Return entry, membership, frozen standing and reasons of a WESTER ID.

    From the freeze on the frozen list decides: a member on it has no reasons; for a member who is
    not on it, and whom no rule keeps out, entry or bookings were known too late.
    Source: docs/specs/eligibility.md 3.
    """
    known = evaluate_member_rules(terms, wester_id, total_yen)
    is_frozen = known.pop("entries_frozen_at") is not None
    frozen = find_frozen_standing(terms.campaign, wester_id) if is_frozen else None
    if frozen is not None:
        known["reasons"] = [] if frozen.is_entrant else known["reasons"] or [KNOWN_TOO_LATE.code]
    return {**known, "frozen": frozen}


def evaluate_member_rules(terms: Terms, wester_id: str, total_yen: int) -> dict[str, Any]:
    """Return entry, membership and the codes of the rules that apply.

    ``entered_at`` is that of the entry that counts, or else of one that counts for nothing.
    """
    part = find_participation(terms, wester_id)
    # Where no entry is needed, the total alone decides: today's, and not a stored one of yesterday.
    takes_part = part.takes_part or not terms.entry_needed
    entry = Entry.objects.filter(campaign=terms.campaign_id, wester_id=wester_id)
    left = Membership.objects.filter(wester_id=wester_id, status=MembershipStatus.WITHDRAWN)
    row = Campaign.objects.filter(pk=terms.campaign_id).annotate(
        own_entry=Subquery(entry.values("entered_at"), output_field=DateTimeField()),
        has_left=Exists(left),
        takes_part=Value(takes_part, output_field=BooleanField()),
        is_elsewhere=Value(part.is_elsewhere, output_field=BooleanField()),
        counting_total=Value(total_yen, output_field=BigIntegerField()),
    )
    codes = (Case(When(rule.rejects(terms), then=Value(rule.code))) for rule in MEMBER_RULES)
    reasons = WithoutNulls(ArrayOf(*codes))
    known = row.values("own_entry", "has_left", "entries_frozen_at", reasons=reasons).get()
    return {**known, "entered_at": part.entered_at or known["own_entry"]}

"""A member's own page: the entry, the total, every booking with its reasons, the dates."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


from django.urls import reverse

from bookings.journeys import Leg, parse_journey
from campaign import reports
from campaign.models import Terms, Total
from entries import entering, receipts, standing
from entries.models import Entry
from entries.standing import ExplainedBooking, Standing
from portal import campaign_page, reasons

HUNDRED = 100


@dataclass(frozen=True)
class Receipt:
    """What a member keeps of an entry."""

    number: str
    entered_at: datetime


@dataclass(frozen=True)
class ShownBooking:
    """A booking as the member sees it; ``verdict`` is counts, waits or rejected."""

    name: str
    service: str
    travel_date: date
    legs: list[Leg]
    amount_yen: int
    verdict: str
    sentences: list[str]


@dataclass(frozen=True)
class ShownTotal:
    """What the last run found, and how far it is to the minimum."""

    yen: int
    bookings: int
    awaiting_yen: int
    missing_yen: int
    percent: int
    as_of: datetime | None
    is_over_cap: bool


def page_context(terms: Terms, wester_id: str, *, now: datetime) -> dict[str, Any]:
    """Return what the page shows of one member; a constant number of queries."""
    found = standing.explain_member(campaign=terms.campaign, wester_id=wester_id)
    return {
        **campaign_page.page_context(
            terms, state=campaign_page.current_state(terms, now=now), now=now
        ),
        "here": reverse("portal:my_page", args=[terms.campaign.code]),
        "campaign_address": reverse("portal:campaign", args=[terms.campaign.code]),
        "receipt": find_receipt(terms, wester_id),
        "total": shown_total(terms, wester_id),
        "bookings": [shown_booking(one, terms) for one in found.bookings],
        "may_be_drawn": found.eligible,
        "member_sentences": member_sentences(found, terms),
    }


def find_receipt(terms: Terms, wester_id: str) -> Receipt | None:
    """Return the receipt of the member's entry; None where there is none."""
    entry = entering.find_entry(terms=terms, wester_id=wester_id)
    return receipt_of(entry) if entry else None


def receipt_of(entry: Entry) -> Receipt:
    """Return the receipt of an entry."""
    return Receipt(receipts.receipt_number(entry.pk), entry.entered_at)


def shown_total(terms: Terms, wester_id: str) -> ShownTotal:
    """Return the member's total as of the last run."""
    kept = Total.objects.filter(campaign=terms.campaign_id, wester_id=wester_id).first()
    yen = kept.total_yen if kept else 0
    return ShownTotal(
        yen=yen,
        bookings=kept.bookings if kept else 0,
        awaiting_yen=kept.awaiting_yen if kept else 0,
        missing_yen=max(terms.minimum_total_yen - yen, 0),
        percent=min(yen * HUNDRED // terms.minimum_total_yen, HUNDRED),
        as_of=reports.last_finished_as_of(terms.campaign),
        is_over_cap=yen > terms.reward_cap_points,
    )


def shown_booking(one: ExplainedBooking, terms: Terms) -> ShownBooking:
    """Return a booking with its reasons in words, the first one first."""
    booking = one.booking
    return ShownBooking(
        name=f"{booking.reservation_no}-{booking.item_no}",
        service=booking.get_booking_service_display(),
        travel_date=booking.travel_date,
        legs=parse_journey(booking.journey),
        amount_yen=booking.amount_yen,
        verdict="counts" if one.counts else "waits" if one.waits else "rejected",
        sentences=[reasons.booking_sentence(code, terms) for code in one.reasons],
    )


def member_sentences(found: Standing, terms: Terms) -> list[str]:
    """Return why the member would not be drawn as things stand, in words."""
    return [reasons.member_sentence(code, terms) for code in found.member_reasons]

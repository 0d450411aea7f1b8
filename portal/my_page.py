"""A member's own page: the entry, the total, every booking with its reasons, the dates."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from bookings.journeys import Leg, parse_journey
from campaign import eligibility, reports
from campaign.models import Terms, Total
from entries import entering, receipts, standing
from entries.models import Entry
from entries.rules import KNOWN_TOO_LATE
from entries.standing import ExplainedBooking
from portal import campaign_page, formats, my_result, names, reasons
from portal.states import ShownState, Verdict

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

TEMPLATE = "portal/my_page.html"
WHOLE_PERCENT = 100
# The entry, the distance to the minimum and the draw have their own places on the page.
SHOWN_ELSEWHERE = {"not_entered", "below_minimum", KNOWN_TOO_LATE.code}


@dataclass(frozen=True)
class Receipt:
    """What a member keeps of an entry."""

    number: str
    entered_at: datetime


@dataclass(frozen=True)
class ShownBooking:
    """A booking as the member sees it, with what the verdict on it rests on."""

    name: str
    service: str
    travel_date: date
    legs: list[Leg]
    amount_yen: int
    verdict: Verdict
    sentences: list[str]

    @property
    def verdict_name(self) -> "StrPromise":
        """What the verdict is called."""
        return names.VERDICTS[self.verdict]


@dataclass(frozen=True)
class ShownTotal:
    """What the last run found, and how far it is to the minimum; yen are whole.

    It ``is_final`` from the crediting on: what was not confirmed by then never will be.
    """

    yen: int
    awaiting_yen: int
    missing_yen: int
    percent: int
    as_of: datetime | None
    is_ahead: bool  # as it can be in a demo, whose clock runs back
    is_over_cap: bool
    is_final: bool

    @property
    def awaiting_sentence(self) -> str:
        """What the member reads of the yen that wait, or that waited in vain; often nothing."""
        yen = {"yen": formats.grouped(self.awaiting_yen)}
        if not self.awaiting_yen:
            return ""
        if self.is_final:
            return _("Another %(yen)s yen could not be confirmed and are not eligible.") % yen
        return _("Another %(yen)s yen are being checked.") % yen


def page_context(terms: Terms, wester_id: str, *, now: datetime) -> dict[str, Any]:
    """Return what the page shows of one member; a constant number of queries.

    The bookings are as known now; the total, and with it the distance, is the last run's.
    """
    state = campaign_page.current_state(terms, now=now)
    return {
        **campaign_page.page_context(terms, state=state, now=now),
        **member_facts(terms, wester_id, state=state, now=now),
        "here": reverse("portal:my_page", args=[terms.campaign.code]),
        "campaign_address": reverse("portal:campaign", args=[terms.campaign.code]),
        "receipt": find_receipt(terms, wester_id),
        "draw_address": reverse("lottery:draw", args=[terms.campaign.code]),
        "is_my_page": True,
    }


def member_facts(
    terms: Terms, wester_id: str, *, state: ShownState, now: datetime
) -> dict[str, Any]:
    """Return what members read of themselves, and staff of them: total, bookings, result."""
    total = shown_total(terms, wester_id, state=state, now=now)
    return {
        "total": total,
        "bookings": shown_bookings(terms, wester_id, is_final=total.is_final),
        "member_sentences": member_sentences(terms, wester_id, total_yen=total.yen),
        "result": my_result.find_result(terms, wester_id, total_yen=total.yen, now=now),
        "void_notice": my_result.find_void_notice(terms.campaign, now=now),
    }


def find_receipt(terms: Terms, wester_id: str) -> Receipt | None:
    """Return the receipt of the member's entry; None where there is none."""
    entry = entering.find_entry(campaign_id=terms.campaign_id, wester_id=wester_id)
    return receipt_of(entry) if entry else None


def receipt_of(entry: Entry) -> Receipt:
    """Return the receipt of an entry."""
    return Receipt(receipts.receipt_number(entry.pk), entry.entered_at)


def shown_total(terms: Terms, wester_id: str, *, state: ShownState, now: datetime) -> ShownTotal:
    """Return the member's total as of the last run; without a row there is nothing that counts."""
    kept = Total.objects.filter(campaign=terms.campaign_id, wester_id=wester_id).first()
    yen = kept.total_yen if kept else 0
    as_of = reports.last_finished_as_of(terms.campaign)
    return ShownTotal(
        yen=yen,
        awaiting_yen=kept.awaiting_yen if kept else 0,
        missing_yen=max(terms.minimum_total_yen - yen, 0),
        percent=min(yen * WHOLE_PERCENT // max(terms.minimum_total_yen, 1), WHOLE_PERCENT),
        as_of=as_of,
        is_ahead=as_of is not None and as_of > now,
        is_over_cap=yen > terms.reward_cap_points,
        is_final=state is ShownState.CREDITED,
    )


def shown_bookings(terms: Terms, wester_id: str, *, is_final: bool) -> list[ShownBooking]:
    """Return the member's bookings by the day of travel, each with its reasons in words."""
    explained = standing.explain_bookings(terms, eligibility.of_member(wester_id))
    explained.sort(key=lambda one: one.booking.travel_date)
    sentences = reasons.booking_sentences(terms, is_final=is_final)
    return [shown_booking(one, sentences, is_final=is_final) for one in explained]


def shown_booking(
    one: ExplainedBooking, sentences: dict[str, str], *, is_final: bool
) -> ShownBooking:
    """Return a booking with its reasons in words, the first one first."""
    booking = one.booking
    counting = names.COUNTED if is_final else names.COUNTING
    verdict = Verdict.COUNTS if one.counts else Verdict.REJECTED
    return ShownBooking(
        name=f"{booking.reservation_no}-{booking.item_no}",
        service=str(names.BOOKING_SERVICES[booking.booking_service]),
        travel_date=booking.travel_date,
        legs=parse_journey(booking.journey),
        amount_yen=booking.amount_yen,
        verdict=Verdict.WAITS if one.is_pending and not is_final else verdict,
        sentences=[sentences[code] for code in one.reasons] or [str(counting)],
    )


def member_sentences(terms: Terms, wester_id: str, *, total_yen: int) -> list[str]:
    """Return what else keeps the member from winning as things stand, in words."""
    found = standing.find_member_facts(terms, wester_id, total_yen)["reasons"]
    sentences = reasons.member_sentences(terms)
    return [sentences[code] for code in found if code not in SHOWN_ELSEWHERE]

"""My page: a member's entry, total, bookings with their reasons, and result."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from bookings.journeys import Leg, parse_journey
from bookings.models import Booking
from campaign import eligibility, reports, rewards
from campaign.facts import facts_of
from campaign.models import Terms, Total
from entries import entering, receipts, standing
from entries.models import Entry
from entries.participation import find_participation
from entries.rules import KNOWN_TOO_LATE
from entries.standing import ExplainedBooking
from portal import announcement, campaign_page, formats, my_result, names, reasons
from portal.chances import Chance, chances_of
from portal.states import ShownState, Verdict

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

TEMPLATE = "portal/my_page.html"
WHOLE_PERCENT = 100
# Shown in sections of their own: the entry, the yen missing to the minimum and the draw.
SHOWN_ELSEWHERE = {"not_entered", "below_minimum", KNOWN_TOO_LATE.code}


@dataclass(frozen=True)
class Receipt:
    """The receipt of an entry."""

    number: str
    entered_at: datetime


@dataclass(frozen=True)
class ShownBooking:
    """A booking with its verdict and the sentences that explain it."""

    name: str
    service: str
    travel_date: date
    legs: list[Leg]
    amount_yen: int
    verdict: Verdict
    sentences: list[str]
    stored: Booking

    @property
    def verdict_name(self) -> "StrPromise":
        """The name of the verdict."""
        return names.VERDICTS[self.verdict]


@dataclass(frozen=True)
class ShownTotal:
    """The total of the last run and the missing yen, in whole yen; what it gives today.

    It ``is_final`` from the crediting on: bookings not confirmed by then never count. ``lots`` is
    None where everybody has one.
    """

    yen: int
    awaiting_yen: int
    missing_yen: int
    percent: int
    as_of: datetime | None
    is_final: bool
    lots: int | None
    chances: list[Chance]

    @property
    def awaiting_sentence(self) -> str:
        """The sentence about unconfirmed yen; empty without any."""
        yen = {"yen": formats.grouped(self.awaiting_yen)}
        if not self.awaiting_yen:
            return ""
        if self.is_final:
            return _("Another %(yen)s yen could not be confirmed and are not eligible.") % yen
        return _("Another %(yen)s yen are being checked.") % yen

    @property
    def unconfirmed_sentence(self) -> str:
        """The same for who is not on the list of a draw; what comes now is too late for it."""
        if not self.awaiting_yen or self.is_final:
            return self.awaiting_sentence
        sentence = _("%(yen)s yen being checked could not be confirmed before the list was fixed.")
        return sentence % {"yen": formats.grouped(self.awaiting_yen)}


def my_page_context(terms: Terms, wester_id: str, *, now: datetime) -> dict[str, Any]:
    """Return the context of one member's page, in a constant number of queries.

    The bookings are the current ones, the total is that of the last run.
    """
    state = campaign_page.current_state(terms, now=now)
    return {
        **frame_context(terms, state=state, now=now),
        **member_facts(terms, wester_id, state=state, now=now),
        "receipt": find_receipt(terms, wester_id),
    }


def frame_context(terms: Terms, *, state: ShownState, now: datetime) -> dict[str, Any]:
    """Return the part of the context that is the same for every member."""
    return {
        **campaign_page.campaign_context(terms, state=state, now=now),
        "here": reverse("portal:my_page", args=[terms.campaign.code]),
        "campaign_address": reverse("portal:campaign", args=[terms.campaign.code]),
        "draw_address": reverse("lottery:draw", args=[terms.campaign.code]),
        "is_my_page": True,
    }


def member_facts(
    terms: Terms, wester_id: str, *, state: ShownState, now: datetime
) -> dict[str, Any]:
    """Return a member's total, bookings and result, for my page and the staff's page."""
    total = shown_total(terms, wester_id, state=state)
    bookings = shown_bookings(terms, wester_id, is_final=total.is_final)
    codes = find_reasons(terms, wester_id, total_yen=total.yen)
    return {
        **describe_facts(terms, total, bookings, codes),
        "is_carried": is_carried_over(terms, wester_id),
        "result": my_result.find_result(terms, wester_id, reasons_today=codes, now=now),
        "void_notice": my_result.find_void_notice(terms.campaign),
    }


def describe_facts(
    terms: Terms, total: ShownTotal, bookings: list[ShownBooking], codes: list[str]
) -> dict[str, Any]:
    """Return a member's total and bookings with the sentences of the rules that apply."""
    to_all = announcement.gives_to_all(terms)
    sentences = reasons.member_sentences(terms, gives_to_all=to_all)
    return {
        "total": total,
        "bookings": bookings,
        "member_sentences": [sentences[code] for code in codes if code not in SHOWN_ELSEWHERE],
        "is_kept_out": bool(set(codes) - {"below_minimum"}),
        "gives_to_all": to_all,
    }


def find_receipt(terms: Terms, wester_id: str) -> Receipt | None:
    """Return the receipt of the member's entry; None without an entry."""
    entry = entering.find_entry(campaign_id=terms.campaign_id, wester_id=wester_id)
    return receipt_of(entry) if entry else None


def receipt_of(entry: Entry) -> Receipt:
    """Return the receipt of an entry."""
    return Receipt(receipts.receipt_number(entry.pk), entry.entered_at)


def is_carried_over(terms: Terms, wester_id: str) -> bool:
    """Return whether an entry to another campaign of the series is one to this campaign."""
    if not terms.series_carried:
        return False
    part = find_participation(terms, wester_id)
    return part.takes_part and not part.is_elsewhere


def find_reasons(terms: Terms, wester_id: str, *, total_yen: int) -> list[str]:
    """Return the codes of the rules that keep a member out of the draw."""
    found: list[str] = standing.find_what_is_known(terms, wester_id, total_yen)["reasons"]
    return found


def shown_total(terms: Terms, wester_id: str, *, state: ShownState) -> ShownTotal:
    """Return the member's total of the last run."""
    row = Total.objects.filter(campaign=terms.campaign_id, wester_id=wester_id).first()
    as_of = reports.last_finished_as_of(terms.campaign)
    return describe_total(terms, row, as_of=as_of, state=state)


def describe_total(
    terms: Terms, row: Total | None, *, as_of: datetime | None, state: ShownState
) -> ShownTotal:
    """Return a total as shown; without a row it is zero.

    Args: ``as_of``: the instant of the last run; None before the first.
    """
    yen, facts = (row.total_yen, facts_of(row.facts)) if row else (0, [])
    plan = terms.plan
    counts_lots = plan.lots.yen is not None or bool(plan.lots.times)
    return ShownTotal(
        yen=yen,
        awaiting_yen=row.awaiting_yen if row else 0,
        missing_yen=max(terms.minimum_total_yen - yen, 0),
        percent=min(yen * WHOLE_PERCENT // max(terms.minimum_total_yen, 1), WHOLE_PERCENT),
        as_of=as_of,
        is_final=state is ShownState.CREDITED,
        lots=rewards.lots_of(plan, yen, facts) if counts_lots else None,
        chances=chances_of(plan, announcement.prize_names(terms), total_yen=yen, facts=facts),
    )


def shown_bookings(terms: Terms, wester_id: str, *, is_final: bool) -> list[ShownBooking]:
    """Return the member's bookings by the day of travel, each with its sentences."""
    explained = standing.explain_bookings(terms, eligibility.of_member(wester_id))
    return describe_bookings(terms, explained, is_final=is_final)


def describe_bookings(
    terms: Terms, explained: list[ExplainedBooking], *, is_final: bool
) -> list[ShownBooking]:
    """Return bookings by the day of travel, each with its sentences."""
    ordered = sorted(explained, key=lambda one: one.booking.travel_date)
    sentences = reasons.booking_sentences(terms, is_final=is_final)
    return [shown_booking(one, sentences, is_final=is_final) for one in ordered]


def shown_booking(
    one: ExplainedBooking, sentences: dict[str, str], *, is_final: bool
) -> ShownBooking:
    """Return a booking with its verdict and sentences."""
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
        stored=booking,
    )

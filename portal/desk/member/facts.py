"""What staff see of one member in one campaign: all that the member sees, and more."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import prefetch_related_objects
from django.utils.translation import pgettext

from bookings.models import Booking, BookingEvent
from bookings.words import EVENTS, PLACES
from campaign.models import Campaign, Terms
from campaign.queries import terms_in_force
from entries.models import Entry
from lottery import receipts
from lottery.models import Draw
from points.models import Account
from points.queries import CreditFacts, find_credit_answers
from portal import announcement, campaign_page, my_page
from portal.desk.member import quarantined
from portal.desk.member.quarantined import ShownRow
from portal.my_page import Receipt, ShownBooking, ShownTotal
from portal.my_result import ShownResult, VoidNotice
from portal.states import ShownState

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

BookingKey = tuple[str, str, int]


@dataclass(frozen=True)
class Step:
    """One thing that happened to a booking."""

    at: datetime
    what: "StrPromise"
    where: "StrPromise"

    @property
    def in_words(self) -> str:
        """What happened, and where."""
        said = pgettext("what happened to a booking, and where", "%(what)s (%(where)s)")
        return said % {"what": self.what, "where": self.where}


@dataclass(frozen=True)
class CaseBooking:
    """A booking as the member reads it, with what happened to it."""

    shown: ShownBooking
    history: list[Step]


@dataclass(frozen=True)
class Facts:
    """A member in a campaign; ``seen`` is the context of the member's own page.

    ``draw`` is the standing one, whether or not it is published; ``has_receipt`` of the draw.
    """

    terms: Terms
    name: str
    state: ShownState
    state_name: "StrPromise"
    gives_to_all: bool
    entry: Entry | None
    receipt: Receipt | None
    is_carried: bool
    total: ShownTotal
    sentences: list[str]
    result: ShownResult | None
    void_notice: VoidNotice | None
    bookings: list[CaseBooking]
    answers: list[CreditFacts]
    rows: list[ShownRow]
    account: Account | None
    has_receipt: bool
    seen: dict[str, Any]

    @property
    def draw(self) -> Draw | None:
        """The standing draw."""
        return self.result.draw if self.result else None


def find_facts(campaign: Campaign, wester_id: str, *, now: datetime) -> Facts:
    """Return what is known of a member in a published campaign, in a constant number of queries."""
    terms = terms_in_force().get(campaign=campaign)
    prefetch_related_objects([terms], "prizes")
    state = campaign_page.current_state(terms, now=now)
    seen = my_page.member_facts(terms, wester_id, state=state, now=now)
    entry = Entry.objects.filter(campaign=campaign, wester_id=wester_id).first()
    result: ShownResult | None = seen["result"]
    shown: list[ShownBooking] = seen["bookings"]
    stored = [booking.stored for booking in shown]
    histories = find_histories(stored)
    return Facts(
        terms=terms,
        name=announcement.name_of(terms),
        state=state,
        state_name=campaign_page.name_of_state(terms, state),
        gives_to_all=seen["gives_to_all"],
        entry=entry,
        receipt=my_page.receipt_of(entry) if entry else None,
        is_carried=seen["is_carried"],
        total=seen["total"],
        sentences=seen["member_sentences"],
        result=result,
        void_notice=seen["void_notice"],
        bookings=[CaseBooking(one, histories[key_of(one.stored)]) for one in shown],
        answers=find_credit_answers(result.draw, wester_id) if result and result.awards else [],
        rows=quarantined.rows_of(wester_id, stored),
        account=Account.objects.filter(wester_id=wester_id).first(),
        has_receipt=bool(result and receipts.find_entrant(result.draw, wester_id)),
        seen=seen,
    )


def key_of(booked: Booking | BookingEvent) -> BookingKey:
    """Return the three values that identify a booking."""
    return (booked.booking_service, booked.reservation_no, booked.item_no)


def find_histories(bookings: Sequence[Booking]) -> dict[BookingKey, list[Step]]:
    """Return what happened to bookings, in its order; uses bookingevent_booking."""
    numbers = {booking.reservation_no for booking in bookings}
    events = BookingEvent.objects.filter(reservation_no__in=numbers)
    found: dict[BookingKey, list[Step]] = defaultdict(list)
    for event in events.order_by("occurred_at", "event_id"):
        step = Step(event.occurred_at, EVENTS[event.event_type], PLACES[event.operated_via])
        found[key_of(event)].append(step)
    return found


def answer_in_words(facts: CreditFacts) -> str:
    """Return what the points system answered to a credit, for staff."""
    if facts.is_resolved:
        return pgettext("points system", "settled by a person")
    if facts.answered is None:
        return pgettext("points system", "no answer")
    if facts.agrees:
        return pgettext("points system", "agrees")
    if facts.answered.status == "rejected":
        return pgettext("points system", "not credited")
    return pgettext("points system", "another number of points")

"""A made-up member of a version of the terms, of each kind; nothing of it is saved."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bookings.models import Booking, Stop
from campaign.facts import bits_of
from campaign.models import Terms, Total
from campaign.plan import Plan
from campaign.rewards import lots_of
from entries import receipts
from entries.rules import KNOWN_TOO_LATE
from entries.standing import ExplainedBooking
from lottery.models import Draw
from lottery.results import MemberResult
from points.models import AwardStanding
from points.queries import MemberCredit
from portal import announcement, my_page, my_result
from portal.desk.preview import made_up_draw
from portal.desk.preview.scenes import MadeUp, Scene
from portal.my_page import Receipt
from portal.states import ShownState

WON = {MadeUp.WINNER, MadeUp.CAP, MadeUp.LOWERED, MadeUp.FORFEITED}
IN_THE_DRAW = {*WON, MadeUp.LOSER}
BELOW_MINIMUM = "below_minimum"
SOME_JOURNEY = "みずほ:博多>新大阪"  # where the network is not loaded
ENTERED_AFTER = timedelta(minutes=57, seconds=41)
HALF = 2


@dataclass(frozen=True)
class Sketch:
    """What a made-up member has: yen that count and yen that wait, and an entry or none."""

    counting_yen: int
    waiting_yen: int
    has_entry: bool


def sketch_of(scene: Scene, kind: MadeUp) -> Sketch:
    """Return what a member of this kind has in the scene; before the opening, nothing."""
    plan, entry_needed = scene.terms.plan, scene.terms.entry_needed
    if scene.state is ShownState.BEFORE:
        return Sketch(0, 0, has_entry=False)
    usual = made_up_draw.usual_total(plan)
    yen = {
        MadeUp.CAP: (made_up_draw.total_above_caps(plan), 0),
        MadeUp.PENDING: (0, usual),
        MadeUp.BELOW: (plan.minimum_total_yen * 3 // 5, 0),
        MadeUp.NO_BOOKINGS: (0, 0),
    }
    return Sketch(
        *yen.get(kind, (usual, 0)), has_entry=entry_needed and kind is not MadeUp.NOT_ENTERED
    )


def describe_made_up(scene: Scene, kind: MadeUp) -> dict[str, Any]:
    """Return what my page says of a made-up member, by the same functions as of a real one."""
    terms, sketch = scene.terms, sketch_of(scene, kind)
    explained = list(make_bookings(terms, sketch))
    facts = facts_of_terms(terms)[:1] if sketch.counting_yen else []
    row = Total(
        total_yen=sketch.counting_yen, awaiting_yen=sketch.waiting_yen, facts=bits_of(facts)
    )
    as_of = None if scene.state is ShownState.BEFORE else scene.now
    total = my_page.describe_total(terms, row, as_of=as_of, state=scene.state)
    codes = reasons_of(scene, kind, sketch)
    bookings = my_page.describe_bookings(terms, explained, is_final=total.is_final)
    return {
        **my_page.describe_facts(terms, total, bookings, codes),
        "receipt": make_receipt(terms) if sketch.has_entry else None,
        "is_carried": False,
        "result": describe_made_up_result(scene, kind, sketch, codes),
        "void_notice": None,
    }


def make_receipt(terms: Terms) -> Receipt:
    """Return a receipt with the number of no entry."""
    return Receipt(receipts.receipt_number(0), terms.opens_at + ENTERED_AFTER)


def reasons_of(scene: Scene, kind: MadeUp, sketch: Sketch) -> list[str]:
    """Return the codes of the rules that keep the member out of the draw."""
    if kind is MadeUp.OUTSIDE and scene.has_draw:
        return [KNOWN_TOO_LATE.code]
    is_missing = scene.terms.entry_needed and not sketch.has_entry
    is_below = sketch.counting_yen < scene.terms.minimum_total_yen
    return [*["not_entered"] * is_missing, *[BELOW_MINIMUM] * is_below]


def facts_of_terms(terms: Terms) -> list[str]:
    """Return the booking services that the campaign includes."""
    return [service for touch in terms.touches for service in touch["services"]]


def make_bookings(terms: Terms, sketch: Sketch) -> Iterator[ExplainedBooking]:
    """Yield bookings that come to the yen of a sketch, and one that does not count."""
    days, journey = travel_days(terms), find_journey(terms)
    given: list[tuple[int, list[str]]] = [
        (sketch.counting_yen, []),
        (sketch.waiting_yen, ["not_used"]),
    ]
    for yen, codes in given:
        if yen:
            half = yen // HALF
            yield ExplainedBooking(make_booking(terms, days[0], half, journey, 1), codes)
            yield ExplainedBooking(make_booking(terms, days[1], yen - half, journey, 2), codes)
    if any(yen for yen, _codes in given):
        outside = make_booking(terms, days[2], sketch.counting_yen or 4_000, journey, 3)
        yield ExplainedBooking(outside, ["outside_travel_period"])


def travel_days(terms: Terms) -> tuple[date, date, date]:
    """Return the first and the last day of travel, and the day after it."""
    last = terms.periods[-1][1]
    return terms.periods[0][0], last, last + timedelta(days=1)


def make_booking(terms: Terms, day: date, yen: int, journey: str, item: int) -> Booking:
    """Return a booking that is not saved."""
    service = next(iter(facts_of_terms(terms)), "e5489")
    return Booking(
        booking_service=service,
        reservation_no="00000",
        item_no=item,
        travel_date=day,
        journey=journey,
        amount_yen=yen,
    )


def find_journey(terms: Terms) -> str:
    """Return a ride over sections that the terms ask for, as a booking has it."""
    touch = terms.touches[0]
    stops = Stop.objects.filter(operator_to_next=touch["operator"], kind=Stop.Kind.STOP)
    if touch["lines"]:
        stops = stops.filter(service__name__in=touch["lines"])
    first = stops.order_by("service_id", "seq").select_related("service").first()
    last = stops.filter(service=first.service).order_by("seq").last() if first else None
    if first is None or last is None or first == last:
        return SOME_JOURNEY
    return f"{first.service.name}:{first.station}>{last.station}"


def describe_made_up_result(
    scene: Scene, kind: MadeUp, sketch: Sketch, codes: list[str]
) -> my_result.ShownResult | None:
    """Return the member's result of the made-up draw; None before the list is fixed."""
    draw = made_up_draw.make_draw(scene)
    if draw is None:
        return None
    found = make_result(scene, draw, kind, sketch, is_entrant=not codes)
    found_credits = []
    if scene.state is ShownState.CREDITED:
        found_credits = [
            make_credit(scene.terms, kind, prize, points)
            for prize, points in enumerate(found.awards or (), 1)
            if points
        ]
    return my_result.describe_result(
        scene.terms, found, found_credits, reasons_today=codes, now=scene.now
    )


def make_result(
    scene: Scene, draw: Draw, kind: MadeUp, sketch: Sketch, *, is_entrant: bool
) -> MemberResult:
    """Return what the made-up list says of the member."""
    plan: Plan = scene.terms.plan
    rewards = made_up_draw.rewards_for(plan, sketch.counting_yen) if is_entrant else []
    is_confirmed = draw.state == Draw.State.CONFIRMED
    return MemberResult(
        draw,
        is_entrant=is_entrant,
        is_confirmed=is_confirmed,
        total_yen=sketch.counting_yen,
        facts=[],
        lots=max(lots_of(plan, sketch.counting_yen, []), 1),
        rewards=rewards or [0] * len(plan.prizes),
        awards=awards_of(scene.terms, kind, rewards) if is_confirmed and is_entrant else None,
    )


def awards_of(terms: Terms, kind: MadeUp, rewards: list[int]) -> list[int]:
    """Return what the member wins of each prize: a winner the first that gives points."""
    if announcement.gives_to_all(terms):
        return rewards
    if kind not in WON:
        return [0] * len(rewards)
    first = next((place for place, points in enumerate(rewards) if points), None)
    return [points if place == first else 0 for place, points in enumerate(rewards)]


def make_credit(terms: Terms, kind: MadeUp, prize: int, points: int) -> MemberCredit:
    """Return what became of an award: credited, lowered or forfeited."""
    states = AwardStanding.State
    is_lost = kind is MadeUp.FORFEITED
    credited = {MadeUp.FORFEITED: 0, MadeUp.LOWERED: points * 3 // 5}.get(kind, points)
    return MemberCredit(
        prize=prize,
        state=states.FORFEITED if is_lost else states.CREDITED,
        award_points=points,
        credited_points=credited,
        credited_at=None if is_lost else terms.credit_at,
        expires_on=None if is_lost else terms.expires_on,
        released_points=0 if is_lost else points - credited,
        forfeited_points=points if is_lost else 0,
        expired_points=0,
        reason=BELOW_MINIMUM if is_lost else "",
    )

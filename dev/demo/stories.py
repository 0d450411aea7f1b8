"""What happened to one member, in words."""

from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.timezone import localtime

from bookings.models import Booking
from campaign.models import Campaign
from campaign.queries import working_terms
from entries.models import Entry
from entries.standing import ExplainedBooking, explain_member
from lottery.models import Award, Draw, Entrant
from points.queries import MemberCredit, find_member_credits
from portal.reasons import booking_sentences

CHANNELS = {"web": "on the web page", "app": "in the app", "call_center": "by telephone"}
BOOKINGS_OF_A_STORY = range(2, 6)
CANDIDATES = 400


def describe_winner(campaign: Campaign, draw: Draw) -> dict[str, Any] | None:
    """Describe a member who was drawn; None if no member was."""
    awards = Award.objects.filter(draw=draw).select_related("entrant").order_by("rank")
    drawn = {award.entrant.wester_id: award for award in awards[:CANDIDATES]}
    chosen = pick_story(campaign, list(drawn))
    if chosen is None:
        return None
    award = drawn[chosen]
    return {
        **describe_member(campaign, chosen, reward_points=award.entrant.rewards[award.prize - 1]),
        "rank": award.rank,
        "award_points": award.points,
        "credit": describe_credit(find_member_credits(draw, chosen), award.prize),
    }


def describe_credit(found: list[MemberCredit], prize: int) -> str:
    """Describe what became of the award of a prize."""
    credit = next(one for one in found if one.prize == prize)
    if credit.credited_at is None:
        return f"Nothing was credited: {credit.reason}."
    day = localtime(credit.credited_at)
    return (
        f"{credit.credited_points:,} points credited on {day:%-d %B %Y}; "
        f"they expire on {credit.expires_on}."
    )


def describe_loser(campaign: Campaign, draw: Draw) -> dict[str, Any] | None:
    """Describe an entrant who was not drawn; None where every entrant was."""
    others = Entrant.objects.filter(draw=draw, awards__isnull=True).order_by("position")
    undrawn = dict(others.values_list("wester_id", "rewards")[:CANDIDATES])
    chosen = pick_story(campaign, list(undrawn))
    if chosen is None:
        return None
    return describe_member(campaign, chosen, reward_points=max(undrawn[chosen]))


def pick_story(campaign: Campaign, wester_ids: list[str]) -> str | None:
    """Return the first member with bookings of both verdicts, or else the first of all."""
    for wester_id in wester_ids:
        bookings = explain_member(campaign=campaign, wester_id=wester_id).bookings
        kinds = {one.counts for one in bookings}
        if len(kinds) > 1 and len(bookings) in BOOKINGS_OF_A_STORY:
            return wester_id
    return wester_ids[0] if wester_ids else None


def describe_member(campaign: Campaign, wester_id: str, *, reward_points: int) -> dict[str, Any]:
    """Describe how a member entered, what they booked, and their reward."""
    standing = explain_member(campaign=campaign, wester_id=wester_id)
    entry = Entry.objects.filter(campaign=campaign, wester_id=wester_id).first()
    with translation.override("en"):
        words = booking_sentences(working_terms(campaign), is_final=True)
    return {
        "wester_id": wester_id,
        "entered_at": localtime(entry.entered_at).isoformat() if entry else None,
        "channel": entry.channel if entry else None,
        "bookings": [describe_booking(one, words) for one in standing.bookings],
        "total_yen": standing.total_yen,
        "reward_points": reward_points,
    }


def describe_booking(one: ExplainedBooking, words: dict[str, str]) -> dict[str, Any]:
    """Describe one booking; ``words`` are the sentences that members read."""
    booking: Booking = one.booking
    return {
        "booking": str(booking),
        "journey": booking.journey,
        "travel_date": booking.travel_date.isoformat(),
        "amount_yen": booking.amount_yen,
        "reasons": one.reasons,
        "sentences": [words[code] for code in one.reasons],
    }


def to_lines(story: dict[str, Any]) -> list[str]:
    """Return the story of a member as lines for a person, up to the draw."""
    lines = [f"{story['wester_id']} takes part without an entry to this campaign."]
    if story["entered_at"]:
        entered = datetime.fromisoformat(story["entered_at"])
        how = f"{CHANNELS[story['channel']]} on {entered:%-d %B %Y at %H:%M:%S}"
        lines = [f"{story['wester_id']} entered {how}."]
    for one in story["bookings"]:
        counts = "" if one["sentences"] else ": counts"
        lines.append(f"  {one['travel_date']}  {one['journey']}  {one['amount_yen']:,} yen{counts}")
        lines.extend(f"              {sentence}" for sentence in one["sentences"])
    lines.append(
        f"That makes {story['total_yen']:,} yen, "
        f"worth {story['reward_points']:,} points on the frozen list."
    )
    return lines

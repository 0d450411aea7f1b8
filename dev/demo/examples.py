"""Members of a demo whose own pages are worth a look, one of every kind."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, QuerySet

from bookings.models import Booking
from campaign.models import Terms, Total
from entries.models import Entry
from lottery.models import Draw
from points.models import AwardStanding
from portal.plan_words import largest_of_all

State = AwardStanding.State


def find_examples(terms: Terms, draw: Draw) -> list[dict[str, str]]:
    """Return the first member of every kind, with a note in both languages."""
    found = []
    for note, members in (*kinds_drawn(terms, draw), *kinds_not_drawn(terms)):
        wester_id = members.values_list("wester_id", flat=True).order_by("wester_id").first()
        if wester_id is not None:
            found.append({"wester_id": wester_id, "note": note})
    return found


def kinds_drawn(terms: Terms, draw: Draw) -> Iterator[tuple[str, "QuerySet[AwardStanding]"]]:
    """Yield the kinds of members who were drawn."""
    awards = AwardStanding.objects.filter(draw=draw)
    at_cap = awards.filter(state=State.CREDITED, credited_points=largest_of_all(terms.plan))
    yield "上限まで還元された会員 Drawn, at the cap", at_cap
    lowered = awards.filter(state=State.CREDITED, released_points__gt=0)
    yield "当選後に還元が減った会員 Drawn, lowered later", lowered
    left = awards.filter(state=State.FORFEITED, reason="withdrawn")
    yield "当選後に退会した会員 Drawn, has left WESTER", left


def kinds_not_drawn(terms: Terms) -> Iterator[tuple[str, "QuerySet[Entry] | QuerySet[Total]"]]:
    """Yield the kinds of members who were not in the draw."""
    entries = Entry.objects.filter(campaign=terms.campaign_id)
    totals = Total.objects.filter(campaign=terms.campaign_id)
    little = totals.filter(total_yen__range=(1, terms.minimum_total_yen - 1))
    yield "条件の金額に届かなかった会員 Below the minimum", entries.filter(same(little))
    enough = totals.filter(total_yen__gte=terms.minimum_total_yen)
    yield "エントリーしていない会員 Not entered", enough.exclude(same(entries))
    booked = same(Booking.objects.all())
    nothing = entries.filter(booked).exclude(same(totals))
    yield "対象のご利用がない会員 None of the bookings counts", nothing


def same(members: "QuerySet[Entry] | QuerySet[Total] | QuerySet[Booking]") -> Exists:
    """Return the condition that the member also has a row here."""
    return Exists(members.filter(wester_id=OuterRef("wester_id")))

"""Draws as far as they are wanted, each made by the functions that staff use.

A draw cannot be made up row by row: the database takes one only whole, with its list and files.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bookings.models import Booking
from campaign.models import Campaign
from core import approvals
from core.audit import Actor
from entries.models import Entry
from lottery import publishing
from lottery.chains import sign_local_round
from lottery.confirming import confirm_draw
from lottery.freezing import freeze_draw
from lottery.models import Draw
from lottery.queries import lock_draw
from lottery.running import run_draw
from lottery.voiding import void_draw
from tests.factories.bookings import BookingFactory
from tests.factories.campaign import FIRST_TERMS, CampaignFactory, UserFactory
from tests.factories.entries import EntryFactory

CLOSED: datetime = FIRST_TERMS["closes_at"]
FREEZES = CLOSED + timedelta(hours=12)
ROUND = FREEZES + timedelta(days=3)
PUBLISHES = FREEZES + timedelta(hours=2)
THREE = {"W1": 5_000, "W2": 12_340, "W3": 30_000}


def enter_members(campaign: Campaign, totals: Mapping[str, int]) -> None:
    """Have members enter the campaign, each with one counting booking of so many yen."""
    Entry.objects.bulk_create(
        EntryFactory.build(campaign=campaign, wester_id=wester_id) for wester_id in totals
    )
    Booking.objects.bulk_create(
        BookingFactory.build(wester_id=wester_id, amount_yen=yen)
        for wester_id, yen in totals.items()
    )


def closed_campaign(totals: Mapping[str, int] = THREE, **terms: Any) -> Campaign:
    """Return a published campaign of these members; ``terms`` differ from the first campaign's."""
    campaign = CampaignFactory.create(
        published=True, **{f"first__{name}": value for name, value in terms.items()}
    )
    enter_members(campaign, totals)
    return campaign


def frozen_draw(
    totals: Mapping[str, int] = THREE,
    *,
    campaign: Campaign | None = None,
    round_time: datetime = ROUND,
    at: datetime = FREEZES,
    chain: str = "local",
    **terms: Any,
) -> Draw:
    """Return a draw that is frozen, for a round of the local chain unless told."""
    return freeze_draw(
        campaign=campaign or closed_campaign(totals, **terms),
        round_time=round_time,
        chain=chain,
        at=at,
    )


def published_draw(totals: Mapping[str, int] = THREE, **options: Any) -> Draw:
    """Return a draw whose manifest is published; the options are those of ``frozen_draw``."""
    return publish(frozen_draw(totals, **options))


def drawn_draw(totals: Mapping[str, int] = THREE, **options: Any) -> Draw:
    """Return a draw that has been run."""
    return run(published_draw(totals, **options))


def confirmed_draw(totals: Mapping[str, int] = THREE, **options: Any) -> Draw:
    """Return a draw whose result is confirmed, with nothing reserved."""
    return confirm(drawn_draw(totals, **options))


def publish(draw: Draw, *, at: datetime = PUBLISHES) -> Draw:
    """Publish a draw: one person asks, another one approves."""
    asked = publishing.request_publication(draw=draw, actor=person("campaign"), at=at)
    if asked is None:
        raise TypeError("It was published before.")
    approvals.approve(approval_id=asked.pk, actor=person("approver"), at=at)
    return reread(draw)


def run(draw: Draw, *, at: datetime | None = None, to_void: bool = False) -> Draw:
    """Run a draw by the local chain, a minute after its round unless told."""
    at = at or draw.round_time + timedelta(minutes=1)
    run_draw(draw=draw, round=sign_local_round(draw, at=at), at=at, to_void=to_void)
    return reread(draw)


def confirm(draw: Draw, *, at: datetime | None = None) -> Draw:
    """Confirm a result, without the approval that an app above carries out."""
    confirmed_at = at or draw.round_time + timedelta(hours=1)
    confirm_draw(lock_draw(draw), by=person("approver").user, at=confirmed_at)
    return reread(draw)


def void(draw: Draw, *, reason: str = "A load was missing.", at: datetime = PUBLISHES) -> Draw:
    """Void a draw, without the approval that an app above carries out."""
    void_draw(lock_draw(draw), reason=reason, by=person("approver").user, at=at)
    return reread(draw)


def person(role: str) -> Actor:
    """Return somebody with a role."""
    return Actor(UserFactory.create(role=role))


def reread(draw: Draw) -> Draw:
    """Return a draw as the database has it."""
    return Draw.objects.select_related("campaign", "terms").get(pk=draw.pk)

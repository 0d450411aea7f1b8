"""Draws as far as they are wanted, each made by the functions that staff use.

A draw cannot be made up row by row: the database takes one only whole, with its list and files.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bookings.models import Booking
from campaign.models import Campaign
from entries.models import Entry
from lottery.freezing import freeze_draw
from lottery.models import Draw
from tests.factories.bookings import BookingFactory
from tests.factories.campaign import FIRST_TERMS, CampaignFactory
from tests.factories.entries import EntryFactory

CLOSED: datetime = FIRST_TERMS["closes_at"]
FREEZES = CLOSED + timedelta(hours=12)
ROUND = FREEZES + timedelta(days=3)
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
    **terms: Any,
) -> Draw:
    """Return a draw that is frozen for a round of the local chain."""
    return freeze_draw(
        campaign=campaign or closed_campaign(totals, **terms),
        round_time=round_time,
        chain="local",
        at=at,
    )

"""The overview page of staff: every published campaign, and what waits for a decision."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from bookings.quarantine import open_rows
from campaign import reports
from campaign.models import Campaign, Terms
from campaign.queries import terms_in_force
from core import staff_access
from core.models import Approval
from lottery.models import Draw
from lottery.queries import standing_draw
from points.queries import describe_payout
from portal import campaign_page, names

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


@dataclass(frozen=True)
class CampaignOverview:
    """A published campaign; points are whole numbers."""

    code: str
    terms: Terms
    state_name: "StrPromise"
    entries: int
    totals_as_of: datetime | None
    missed_nights: list[date]
    draw: Draw | None
    payout: dict[str, Any]

    @property
    def payout_name(self) -> "StrPromise":
        """The name of the payout's state."""
        return names.PAYOUTS[self.payout["state"]]


def overview_context(*, now: datetime) -> dict[str, Any]:
    """Return the context of the page, without any member's data."""
    return {
        "campaigns": campaign_overviews(now=now),
        "quarantined": open_rows().count(),
        "restored": staff_access.restorations(now=now),
        "approvals": Approval.objects.filter(state=Approval.State.OPEN).count(),
    }


def campaign_overviews(*, now: datetime) -> list[CampaignOverview]:
    """Return the overviews of the published campaigns, the last to open first."""
    in_force = terms_in_force().order_by("-opens_at", "-id")
    return [campaign_overview(terms.campaign, terms, now=now) for terms in in_force]


def campaign_overview(campaign: Campaign, terms: Terms, *, now: datetime) -> CampaignOverview:
    """Return the overview of a campaign."""
    terms.campaign = campaign
    return CampaignOverview(
        code=campaign.code,
        terms=terms,
        state_name=campaign_page.name_of_state(terms, campaign_page.current_state(terms, now=now)),
        entries=campaign.entries.count(),
        totals_as_of=reports.last_finished_as_of(campaign),
        missed_nights=reports.missed_nights(campaign, now=now),
        draw=standing_draw(campaign),
        payout=describe_payout(campaign, now=now),
    )

"""The overview of staff: where every campaign stands, and what waits for somebody."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from bookings.quarantine import open_rows
from campaign import reports
from campaign.models import Campaign, Terms
from campaign.queries import terms_in_force
from core.models import Approval
from lottery.models import Draw
from lottery.queries import standing_draw
from points.queries import describe_payout
from portal import campaign_page, names

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


@dataclass(frozen=True)
class ShownCampaign:
    """A published campaign; whole points."""

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
        """What staff call the state of the payout."""
        return names.PAYOUTS[self.payout["state"]]


def page_context(*, now: datetime) -> dict[str, Any]:
    """Return what the page shows; nothing of it names a member."""
    return {
        "campaigns": shown_campaigns(now=now),
        "quarantined": open_rows().count(),
        "approvals": Approval.objects.filter(state=Approval.State.OPEN).count(),
    }


def shown_campaigns(*, now: datetime) -> list[ShownCampaign]:
    """Return the published campaigns, the one that opens last first."""
    in_force = terms_in_force().order_by("-opens_at", "-id")
    return [show_campaign(terms.campaign, terms, now=now) for terms in in_force]


def show_campaign(campaign: Campaign, terms: Terms, *, now: datetime) -> ShownCampaign:
    """Return where a campaign stands."""
    terms.campaign = campaign
    return ShownCampaign(
        code=campaign.code,
        terms=terms,
        state_name=names.STATES[campaign_page.current_state(terms, now=now)],
        entries=campaign.entries.count(),
        totals_as_of=reports.last_finished_as_of(campaign),
        missed_nights=reports.missed_nights(campaign, now=now),
        draw=standing_draw(campaign),
        payout=describe_payout(campaign, now=now),
    )

"""The campaign page: the announcement, from the terms and the shown state."""

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.urls import reverse

from campaign.models import Campaign, Terms
from campaign.queries import shown_terms
from core.shared_pages import SharedPage, shared_page
from lottery.queries import standing_draw
from points.queries import count_awards, count_credited_members, find_payout_end
from portal import announcement, names
from portal.revisions import find_revisions
from portal.states import ShownState, next_change, shown_state

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

TEMPLATE = "portal/campaign.html"


def get_shared_page(code: str, *, now: datetime) -> SharedPage | None:
    """Return the shared page in the active language; None where nothing is published."""
    return shared_page(f"campaign/{code}", now=now, render=partial(render_page, code, now=now))


def render_page(code: str, *, now: datetime) -> tuple[str, datetime | None] | None:
    """Return the rendered page and the instant until which it stays the same."""
    terms = shown_terms(code)
    if terms is None:
        return None
    context = campaign_context(terms, state=current_state(terms, now=now), now=now)
    return render_to_string(TEMPLATE, context), next_change(terms, now=now)


def current_state(terms: Terms, *, now: datetime) -> ShownState:
    """Return the state in which a campaign is shown at an instant."""
    campaign = terms.campaign
    draw = standing_draw(campaign) if campaign.entries_frozen_at else None
    confirmed_at = draw.confirmed_at if draw else None
    return shown_state(
        terms,
        now=now,
        entries_frozen_at=campaign.entries_frozen_at,
        confirmed_at=confirmed_at,
        paid_at=find_payout_end(campaign) if confirmed_at else None,
    )


def campaign_context(terms: Terms, *, state: ShownState, now: datetime) -> dict[str, Any]:
    """Return the context of the template that is the same for all visitors."""
    return {
        **announcement.announce(terms),
        "here": reverse("portal:campaign", args=[terms.campaign.code]),
        "drawing": f"portal/drawings/{terms.texts['drawing']}.html",
        "state": state,
        "state_name": name_of_state(terms, state),
        "can_still_enter": state in (ShownState.BEFORE, ShownState.OPEN),
        "is_public": terms.public_at <= now,
        "paid": payout_summary(terms.campaign) if state is ShownState.CREDITED else None,
        "revisions": find_revisions(terms),
    }


def name_of_state(terms: Terms, state: ShownState) -> "StrPromise":
    """Return the name of the state in which a campaign is shown to members."""
    has_draw = not announcement.gives_to_all(terms)
    return names.state_name(state, has_entries=terms.entry_needed, has_draw=has_draw)


def payout_summary(campaign: Campaign) -> dict[str, int] | None:
    """Return the numbers of members and points credited, and of points not credited."""
    draw = standing_draw(campaign)
    if draw is None:
        return None
    counts = count_awards(draw)
    unspent = counts["forfeited_points"] + counts["released_points"] + (draw.leftover_points or 0)
    return {
        "members": count_credited_members(draw),
        "points": counts["credited_points"],
        "unspent_points": unspent,
    }

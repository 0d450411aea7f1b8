"""The campaign page: everything the announcement says, from the terms, in the shown state."""

from datetime import datetime
from functools import partial
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language

from campaign.models import Campaign, Terms
from campaign.queries import shown_terms
from core.shared_pages import SharedPage, shared_page
from lottery.queries import standing_draw
from points.queries import count_awards, find_payout_end
from portal import names
from portal.states import ShownState, next_change, shown_state

TEMPLATE = "portal/campaign.html"


def shared_campaign(code: str, *, now: datetime) -> SharedPage | None:
    """Return the page in the language in use; None where the campaign is not published."""
    return shared_page(f"campaign/{code}", now=now, render=partial(render, code, now=now))


def render(code: str, *, now: datetime) -> tuple[str, datetime | None] | None:
    """Render the page, and say when the clock alone changes it."""
    terms = shown_terms(code)
    if terms is None:
        return None
    context = page_context(terms, state=current_state(terms, now=now), now=now)
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


def page_context(terms: Terms, *, state: ShownState, now: datetime) -> dict[str, Any]:
    """Return what the template needs, the same for everybody."""
    return {
        "here": reverse("portal:campaign", args=[terms.campaign.code]),
        "terms": terms,
        "name": terms.name_ja if get_language() == "ja" else terms.name_en,
        "state": state,
        "state_name": names.STATES[state],
        "can_still_enter": state in (ShownState.BEFORE, ShownState.OPEN),
        "is_public": terms.public_at <= now,
        "paid": find_paid(terms.campaign) if state is ShownState.CREDITED else None,
        "operator": names.operator_name(terms.operator),
        "kinds_registered": names.kind_names(terms.kinds_registered),
        "kinds_free": names.kind_names(terms.kinds_free),
        "kinds_excluded": names.kind_names(terms.kinds_excluded),
        **names.PRODUCTS,
    }


def find_paid(campaign: Campaign) -> dict[str, int] | None:
    """Return what the payout came to: members and points credited, and points that were not."""
    draw = standing_draw(campaign)
    if draw is None:
        return None
    counts = count_awards(draw)
    unspent = counts["forfeited_points"] + counts["released_points"] + (draw.leftover_points or 0)
    return {
        "members": counts["credited"],
        "points": counts["credited_points"],
        "unspent_points": unspent,
    }

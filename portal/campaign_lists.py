"""The pages that list campaigns: all that are public, and those of a series."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.urls import reverse

from campaign.models import Terms
from core.shared_pages import SharedPage, shared_page
from portal import announcement, campaign_page, queries
from portal.states import ShownState, next_change

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

FRONT, SERIES = "portal/front.html", "portal/series.html"
ORDER = (ShownState.OPEN, ShownState.BEFORE)  # the others after them, the last to open first


@dataclass(frozen=True)
class ListedCampaign:
    """A campaign in a list: its terms, its state and its own texts."""

    terms: Terms
    state: ShownState
    state_name: "StrPromise"
    name: str
    texts: dict[str, Any]
    address: str


def get_shared_front(*, now: datetime) -> SharedPage | None:
    """Return the list of public campaigns as all visitors without a session share it."""
    return shared_page("front", now=now, render=partial(render_front, now=now))


def get_shared_series(code: str, *, now: datetime) -> SharedPage | None:
    """Return the page of a series as all visitors without a session share it."""
    return shared_page(f"series/{code}", now=now, render=partial(render_series, code, now=now))


def render_front(*, now: datetime) -> tuple[str, datetime | None] | None:
    """Return the rendered list and the instant until which it stays the same."""
    context = front_context(now=now)
    if context is None:
        return None
    return render_to_string(FRONT, context), changes_at(context["campaigns"], now=now)


def render_series(code: str, *, now: datetime) -> tuple[str, datetime | None] | None:
    """Return the rendered page of a series and the instant until which it stays the same."""
    context = series_context(code, now=now)
    if context is None:
        return None
    return render_to_string(SERIES, context), changes_at(context["campaigns"], now=now)


def front_context(*, now: datetime) -> dict[str, Any] | None:
    """Return the context of the list of all public campaigns; None where there is none."""
    campaigns = list_campaigns(queries.public_terms(at=now), now=now)
    return {"here": reverse("portal:front"), "campaigns": campaigns} if campaigns else None


def series_context(code: str, *, now: datetime) -> dict[str, Any] | None:
    """Return the context of the page of a series; None where none of its campaigns is public."""
    campaigns = list_campaigns(queries.series_terms(code, at=now), now=now)
    if not campaigns:
        return None
    return {
        "here": reverse("portal:series", args=[code]),
        "campaigns": campaigns,
        "has_courses": any(one.terms.series_course for one in campaigns),
        "is_carried": any(one.terms.series_carried for one in campaigns),
    }


def list_campaigns(found: Iterable[Terms], *, now: datetime) -> list[ListedCampaign]:
    """Return campaigns with their states: the open ones first, then those to come."""
    listed = [
        list_campaign(terms, state=campaign_page.current_state(terms, now=now)) for terms in found
    ]
    places = {state: place for place, state in enumerate(ORDER)}
    return sorted(listed, key=lambda one: places.get(one.state, len(places)))


def list_campaign(terms: Terms, *, state: ShownState) -> ListedCampaign:
    """Return a campaign as a list shows it in a state."""
    return ListedCampaign(
        terms=terms,
        state=state,
        state_name=campaign_page.name_of_state(terms, state),
        name=announcement.name_of(terms),
        texts=announcement.own_texts(terms),
        address=reverse("portal:campaign", args=[terms.campaign.code]),
    )


def changes_at(campaigns: Iterable[ListedCampaign], *, now: datetime) -> datetime | None:
    """Return the next instant at which the clock alone changes a list."""
    edges = [next_change(one.terms, now=now) for one in campaigns]
    edges.append(queries.next_to_be_public(at=now))
    return min((edge for edge in edges if edge is not None), default=None)

"""The campaign page: everything the announcement says, from the terms, in the shown state."""

import hashlib
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language

from campaign.models import Terms
from portal import names
from portal.queries import shown_terms
from portal.states import ShownState, next_change, shown_state

TEMPLATE = "portal/campaign.html"
REMEMBERED_S = 5


@dataclass(frozen=True)
class AnonymousPage:
    """The page as everybody sees it who is not signed in."""

    body: bytes
    etag: str
    rendered_at: datetime
    changes_at: datetime | None
    forgotten_at: float  # on the process's own clock, which nobody moves

    def holds_at(self, now: datetime) -> bool:
        """Say whether the clock has not changed the page meanwhile (a demo's also runs back)."""
        return (
            time.monotonic() < self.forgotten_at
            and self.rendered_at <= now
            and (self.changes_at is None or now < self.changes_at)
        )


# Two pages a published campaign. Each process has its own, for asking another one costs more than
# the rest of the answer.
remembered: dict[tuple[str, str | None], AnonymousPage] = {}


def anonymous_page(code: str, *, now: datetime) -> AnonymousPage | None:
    """Return the page in the language in use; None where the campaign is not published.

    A process remembers it for some seconds, so that a crowd costs no queries.
    """
    key = (code, get_language())
    page = remembered.get(key)
    if page is not None and page.holds_at(now):
        return page
    terms = shown_terms(code)
    if terms is None:
        remembered.pop(key, None)
        return None
    page = remembered[key] = render_page(terms, now=now)
    return page


def render_page(terms: Terms, *, now: datetime) -> AnonymousPage:
    """Render the page without a request: nothing of a visitor can get into it."""
    context = page_context(terms, state=current_state(terms, now=now), now=now)
    body = render_to_string(TEMPLATE, context).encode()
    return AnonymousPage(
        body=body,
        etag=f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        rendered_at=now,
        changes_at=next_change(terms, now=now),
        forgotten_at=time.monotonic() + REMEMBERED_S,
    )


def current_state(terms: Terms, *, now: datetime) -> ShownState:
    """Return the state in which a campaign is shown at an instant."""
    return shown_state(terms, now=now, entries_frozen_at=terms.campaign.entries_frozen_at)


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
        "operator": names.operator_name(terms.operator),
        "kinds_registered": names.kind_names(terms.kinds_registered),
        "kinds_free": names.kind_names(terms.kinds_free),
        "kinds_excluded": names.kind_names(terms.kinds_excluded),
        **names.PRODUCTS,
    }

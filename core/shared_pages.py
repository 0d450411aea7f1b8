"""Pages that are the same for all visitors without a session, cached in the process."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language

from core.freshness import shared_seconds

REMEMBERED_S = 5


@dataclass(frozen=True)
class SharedPage:
    """A page as visitors see it who are not signed in."""

    body: bytes
    etag: str
    changes_at: datetime | None
    forgotten_at: float  # on the process's own clock, which never jumps

    def holds_at(self, now: datetime) -> bool:
        """Return whether the page is recent, and the clock has not changed it meanwhile."""
        is_recent = time.monotonic() < self.forgotten_at
        return is_recent and (self.changes_at is None or now < self.changes_at)


# What a page says, and the instant at which the clock alone changes it; None: there is no page.
Render = Callable[[], tuple[str, datetime | None] | None]
# A few pages a campaign. Each process has its own, as a cache outside it would cost more than the
# rest of the answer.
remembered: dict[tuple[str, str | None], SharedPage] = {}


def shared_page(name: str, *, now: datetime, render: Render) -> SharedPage | None:
    """Return a page in the language in use; None where ``render`` finds none.

    Args: ``name``: the name of no other page.

    A process caches it for some seconds, so that a crowd costs no queries. ``render`` gets no
    request: nothing of a visitor can get into the page.
    """
    key = (name, get_language())
    page = remembered.get(key)
    if page is not None and page.holds_at(now):
        return page
    rendered = render()
    if rendered is None:
        remembered.pop(key, None)
        return None
    page = remembered[key] = create_page(*rendered)
    return page


def create_page(text: str, changes_at: datetime | None) -> SharedPage:
    """Return a page that was rendered just now."""
    body = text.encode()
    return SharedPage(
        body=body,
        etag=f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        changes_at=changes_at,
        # In a demo the clock moves, and the page must show it at once.
        forgotten_at=time.monotonic() + (0 if settings.DEMO_MODE else REMEMBERED_S),
    )


def answer(request: HttpRequest, page: SharedPage, now: datetime) -> HttpResponse:
    """Answer with a page that is the same for all.

    A browser requests it every time (and mostly gets 304); a shared cache spares us the crowd.
    Language and session are cookies, which Vary names: visitors with neither share one copy.
    """
    response = HttpResponse(page.body)
    seconds = shared_seconds(now=now, changes_at=page.changes_at)
    response.headers["Cache-Control"] = (
        f"public, max-age=0, s-maxage={seconds}, must-revalidate, proxy-revalidate"
    )
    response.headers["Vary"] = "Cookie"
    response.headers["ETag"] = page.etag
    if "HTTP_IF_NONE_MATCH" not in request.META:
        return response
    return get_conditional_response(request, etag=page.etag, response=response) or response

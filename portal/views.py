"""The public pages."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from campaign.queries import get_terms_or_404
from core import clock, shared_pages
from core.shared_pages import SharedPage
from entries.queries import find_signed_in_member
from portal import campaign_lists, campaign_page, my_page
from portal.queries import coming_terms, public_terms

ROBOTS = """\
User-agent: *
Disallow: /accounts/
Disallow: /staff/
Disallow: /campaign/detail/*/mypage/
Disallow: /campaign/detail/*/draw/*/receipt
"""


@require_safe
def show_front(request: HttpRequest) -> HttpResponse:
    """List the public campaigns; redirect to the only one, or to the next where none is public."""
    now = clock.now()
    public = list(public_terms(at=now)[:2])
    only = public[0] if len(public) == 1 else None
    if not public:
        only = coming_terms(at=now)
        if only is None:
            raise Http404
    if only is not None:
        response: HttpResponse = redirect("portal:campaign", only.campaign.code)
        add_never_cache_headers(response)
        return response
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        return render_for_visitor(
            request, campaign_lists.FRONT, campaign_lists.front_context(now=now)
        )
    return answer_shared(request, campaign_lists.get_shared_front(now=now), now)


@require_safe
def show_series(request: HttpRequest, code: str) -> HttpResponse:
    """List the public campaigns of a series."""
    now = clock.now()
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        context = campaign_lists.series_context(code, now=now)
        return render_for_visitor(request, campaign_lists.SERIES, context)
    return answer_shared(request, campaign_lists.get_shared_series(code, now=now), now)


def render_for_visitor(
    request: HttpRequest, template: str, context: dict[str, Any] | None
) -> HttpResponse:
    """Render a list for a visitor with a session; no cache stores it."""
    if context is None:
        raise Http404
    response = render(request, template, context)
    add_never_cache_headers(response)
    return response


def answer_shared(request: HttpRequest, page: SharedPage | None, now: datetime) -> HttpResponse:
    """Answer with a page that all visitors without a session share."""
    if page is None:
        raise Http404
    return shared_pages.answer(request, page, now)


@require_safe
def show_campaign(request: HttpRequest, code: str) -> HttpResponse:
    """Show a campaign: the visitor's own page with a session, else the shared one."""
    now = clock.now()
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        return show_personal_campaign(request, code, now)
    return answer_shared(request, campaign_page.get_shared_page(code, now=now), now)


def show_personal_campaign(request: HttpRequest, code: str, now: datetime) -> HttpResponse:
    """Show a campaign to a visitor with a session; no cache stores it."""
    terms = get_terms_or_404(code)
    state = campaign_page.current_state(terms, now=now)
    context = campaign_page.campaign_context(terms, state=state, now=now)
    member = find_signed_in_member(request.user)
    if member is not None:
        context["member"] = member
        context["receipt"] = my_page.find_receipt(terms, member.wester_id)
        context["is_carried"] = my_page.is_carried_over(terms, member.wester_id)
    response = render(request, campaign_page.TEMPLATE, context)
    add_never_cache_headers(response)
    return response


@require_safe
def show_robots(request: HttpRequest) -> HttpResponse:
    """Exclude members' and staff's pages from crawling."""
    return HttpResponse(ROBOTS, content_type="text/plain; charset=utf-8")

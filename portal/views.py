"""The public pages."""

from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from campaign.queries import get_terms_or_404
from core import clock, shared_pages
from entries.queries import find_signed_in_member
from portal import campaign_page, my_page
from portal.queries import front_terms

ROBOTS = """\
User-agent: *
Disallow: /accounts/
Disallow: /staff/
Disallow: /campaign/detail/*/mypage/
Disallow: /campaign/detail/*/draw/*/receipt
"""


@require_safe
def show_front(request: HttpRequest) -> HttpResponse:
    """Redirect to the newest campaign."""
    now = clock.now()
    terms = front_terms(at=now)
    if terms is None:
        raise Http404
    response = redirect("portal:campaign", terms.campaign.code)
    add_never_cache_headers(response)
    return response


@require_safe
def show_campaign(request: HttpRequest, code: str) -> HttpResponse:
    """Show a campaign: the visitor's own page with a session, else the shared one."""
    now = clock.now()
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        return show_personal_campaign(request, code, now)
    page = campaign_page.get_shared_page(code, now=now)
    if page is None:
        raise Http404
    return shared_pages.answer(request, page, now)


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

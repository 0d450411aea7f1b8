"""The pages; each view makes one call and answers."""

from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from campaign.queries import shown_terms
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
def front(request: HttpRequest) -> HttpResponse:
    """Lead to the newest campaign."""
    now = clock.now()
    terms = front_terms(at=now)
    if terms is None:
        raise Http404
    response = redirect("portal:campaign", terms.campaign.code)
    add_never_cache_headers(response)
    return response


@require_safe
def campaign(request: HttpRequest, code: str) -> HttpResponse:
    """Show a campaign: to everybody the same page, to a visitor with a session their own."""
    now = clock.now()
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        return personal_campaign(request, code, now)
    page = campaign_page.shared_campaign(code, now=now)
    if page is None:
        raise Http404
    return shared_pages.answer(request, page, now)


def personal_campaign(request: HttpRequest, code: str, now: datetime) -> HttpResponse:
    """Show a campaign to a visitor with a session; nobody may keep this answer for others."""
    terms = shown_terms(code)
    if terms is None:
        raise Http404
    state = campaign_page.current_state(terms, now=now)
    context = campaign_page.page_context(terms, state=state, now=now)
    member = find_signed_in_member(request.user)
    if member is not None:
        context["member"] = member
        context["receipt"] = my_page.find_receipt(terms, member.wester_id)
    response = render(request, campaign_page.TEMPLATE, context)
    add_never_cache_headers(response)
    return response


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Tell crawlers what is nobody's but a member's or the staff's."""
    return HttpResponse(ROBOTS, content_type="text/plain; charset=utf-8")

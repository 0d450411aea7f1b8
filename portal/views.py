"""The pages; each view makes one call and answers."""

from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers, get_conditional_response
from django.views.decorators.http import require_safe

from campaign import clock
from portal import campaign_page, my_page
from portal.campaign_page import AnonymousPage
from portal.freshness import shared_seconds
from portal.queries import find_member, front_terms, shown_terms

ROBOTS = """\
User-agent: *
Disallow: /accounts/
Disallow: /staff/
Disallow: /campaign/detail/*/mypage/
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
    page = campaign_page.anonymous_page(code, now=now)
    if page is None:
        raise Http404
    return shared_answer(request, page, now)


def shared_answer(request: HttpRequest, page: AnonymousPage, now: datetime) -> HttpResponse:
    """Answer with what is the same for all.

    A browser asks every time (and mostly hears 304); a shared cache spares us the crowd. Language
    and session are cookies, which Vary names: who has neither shares one copy.
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


def personal_campaign(request: HttpRequest, code: str, now: datetime) -> HttpResponse:
    """Show a campaign to a visitor with a session; nobody may keep this answer for others."""
    terms = shown_terms(code)
    if terms is None:
        raise Http404
    state = campaign_page.current_state(terms, now=now)
    context = campaign_page.page_context(terms, state=state, now=now)
    member = find_member(request.user)
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

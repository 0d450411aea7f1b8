"""The error pages; rendering one needs neither the database nor a session."""

import sys
from typing import TYPE_CHECKING

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.defaults import server_error

from core.errors import DATABASE_AWAY
from portal.back_links import BackLink, link_home, link_to_form

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

RETRY_AFTER_S = 15
NOT_FOUND = 404
IN_THE_STAFF_FRAME = (400, 403, NOT_FOUND, 405)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return a page for a request that cannot be understood."""
    return render_error(
        request,
        status=400,
        heading=_("This page cannot be shown"),
        advice=_("Please check the address and try again."),
    )


def method_not_allowed(request: HttpRequest) -> HttpResponse:
    """Return a page for a button's address that is opened as a page."""
    response = render_error(
        request,
        status=405,
        heading=_("This page cannot be shown"),
        advice=_("Nothing was done. Please go on from the campaign page."),
    )
    response.headers["Allow"] = "POST"
    return response


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return a page for a user who lacks the permission."""
    return render_error(
        request,
        status=403,
        heading=_("You cannot see this page"),
        advice=_("It is open only to those who have the permission."),
    )


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Return a page for a form with an old token, linked to the form.

    The user presses its button once more, so a form that another site sent does nothing. The
    reason is not shown.
    """
    return render_error(
        request,
        status=403,
        heading=_("Please try once more"),
        advice=_(
            "Nothing was done: the page was opened long ago, or you have logged in elsewhere "
            "since. Open it again and press the button once more."
        ),
        back_link=link_to_form(request),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return a page for an unknown address or a campaign that is not public."""
    return render_error(
        request,
        status=NOT_FOUND,
        heading=_("There is no such page"),
        advice=(
            pgettext_lazy("desk", "The address may have changed, or what it showed is gone.")
            if is_for_staff(request, NOT_FOUND)
            else _("The address may have changed, or the campaign is not public.")
        ),
    )


def unavailable(request: HttpRequest) -> HttpResponse:
    """Return a page that tells the visitor to retry, and after how many seconds."""
    response = render_error(
        request,
        status=503,
        heading=_("We are very busy at the moment"),
        advice=_("Please wait a little and try again."),
    )
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def internal_error(request: HttpRequest) -> HttpResponse:
    """Return Django's page for a fault; where the database is away, the one to retry.

    The session is saved after the view, where no ``process_exception`` sees a failure.
    """
    if isinstance(sys.exc_info()[1], DATABASE_AWAY):
        return unavailable(request)
    return server_error(request)


def entry_not_made(request: HttpRequest) -> HttpResponse:
    """Return a page for an entry that was not made, with the button."""
    return entry_retry(
        request,
        advice=_("Your entry is not complete. Please wait a little and try again."),
    )


def entry_unconfirmed(request: HttpRequest) -> HttpResponse:
    """Return a page for an entry whose commit was not confirmed, with the button.

    Pressing it again finds out whether the entry was made.
    """
    return entry_retry(
        request,
        advice=_("We could not confirm your entry. Please wait a little and try again."),
    )


def entry_retry(request: HttpRequest, *, advice: "StrPromise") -> HttpResponse:
    """Return a page with the entry button, whose form goes to the same address."""
    response = render_error(
        request,
        status=503,
        heading=_("We are very busy at the moment"),
        advice=advice,
        entry_address=request.path,
    )
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def is_for_staff(request: HttpRequest, status: int) -> bool:
    """Return whether the page stands below the staff's address and staff at work see it."""
    if status not in IN_THE_STAFF_FRAME or not hasattr(request, "user"):
        return False
    return request.path.startswith(reverse("admin:index")) and admin.site.has_permission(request)


def render_error(
    request: HttpRequest,
    *,
    status: int,
    heading: "StrPromise",
    advice: "StrPromise | str",
    back_link: BackLink | None = None,
    entry_address: str | None = None,
) -> HttpResponse:
    """Render an error page that no cache stores, for a retry may succeed.

    Staff at work see it in their frame, which reads the database; not where that may be away.
    After a form its language link goes to the front page: the form's address has no page.
    """
    back_link = back_link or link_home(request)
    context = {
        "heading": heading,
        "advice": advice,
        "back_link": back_link,
        "entry_address": entry_address,
        "here": request.get_full_path() if request.method in ("GET", "HEAD") else "/",
    }
    template = "portal/error.html"
    if is_for_staff(request, status):
        template = "desk/error.html"
        context |= {**admin.site.each_context(request), "title": heading}
    response = render(request, template, context, status=status)
    add_never_cache_headers(response)
    return response

"""Friendly answers where something is wrong; none needs the database or a session."""

import sys
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _
from django.views.defaults import server_error

from core.errors import DATABASE_AWAY
from portal.ways import Way, way_home, way_to_form

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

RETRY_AFTER_S = 15


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that the request could not be understood."""
    return error_page(
        request,
        status=400,
        heading=_("This page cannot be shown"),
        advice=_("Please check the address and try again."),
    )


def not_pressed(request: HttpRequest) -> HttpResponse:
    """Say that this address is a button's, and lead to the page where the button is."""
    response = error_page(
        request,
        status=405,
        heading=_("This page cannot be shown"),
        advice=_("Nothing was done. Please go on from the campaign page."),
    )
    response.headers["Allow"] = "POST"
    return response


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that this person may not do it."""
    return error_page(
        request,
        status=403,
        heading=_("You cannot see this page"),
        advice=_("It is open only to those who have the permission."),
    )


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the form came from a page that is too old, and lead to that page, opened anew.

    Its button is pressed by a person once more: a form that another site sent does nothing. The
    reason is for nobody's eyes.
    """
    return error_page(
        request,
        status=403,
        heading=_("Please try once more"),
        advice=_(
            "Nothing was done: the page was opened long ago, or you have logged in elsewhere "
            "since. Open it again and press the button once more."
        ),
        way=way_to_form(request),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that there is no such page or campaign."""
    return error_page(
        request,
        status=404,
        heading=_("There is no such page"),
        advice=_("The address may have changed, or the campaign is not public."),
    )


def unavailable(request: HttpRequest) -> HttpResponse:
    """Say that we cannot serve right now, and when to try again."""
    response = error_page(
        request,
        status=503,
        heading=_("We are very busy at the moment"),
        advice=_("Please wait a little and try again."),
    )
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def failed(request: HttpRequest) -> HttpResponse:
    """Say that something went wrong; where the database is away, that we cannot serve right now.

    A session is saved when the view is done already: what fails there comes to no middleware.
    """
    if isinstance(sys.exc_info()[1], DATABASE_AWAY):
        return unavailable(request)
    return server_error(request)


def entry_not_made(request: HttpRequest) -> HttpResponse:
    """Say that an entry was not made, and offer the button again."""
    return entry_to_repeat(
        request,
        advice=_("Your entry is not complete. Please wait a little and try again."),
    )


def entry_unconfirmed(request: HttpRequest) -> HttpResponse:
    """Say that the answer to an entry was lost, and offer the button, which finds it out."""
    return entry_to_repeat(
        request,
        advice=_("We could not confirm your entry. Please wait a little and try again."),
    )


def entry_to_repeat(request: HttpRequest, *, advice: "StrPromise") -> HttpResponse:
    """Offer the button once more; it stands where it was pressed."""
    response = error_page(
        request,
        status=503,
        heading=_("We are very busy at the moment"),
        advice=advice,
        entry_address=request.path,
    )
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def error_page(
    request: HttpRequest,
    *,
    status: int,
    heading: "StrPromise",
    advice: "StrPromise | str",
    way: Way | None = None,
    entry_address: str | None = None,
) -> HttpResponse:
    """Render an error's page; nobody keeps it, for the next try may succeed.

    Its other language is another page's where this one was the answer to a button.
    """
    way = way or way_home(request)
    context = {
        "heading": heading,
        "advice": advice,
        "way": way,
        "entry_address": entry_address,
        "here": request.get_full_path() if request.method in ("GET", "HEAD") else "/",
    }
    response = render(request, "portal/error.html", context, status=status)
    add_never_cache_headers(response)
    return response

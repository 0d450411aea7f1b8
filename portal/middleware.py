"""The language of pages, and error pages for what a view cannot catch."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.contrib.admin import ModelAdmin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    SuspiciousOperation,
    ValidationError,
)
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from core import audit, clock
from core.audit import Actor
from core.errors import DATABASE_AWAY
from portal import errors

if TYPE_CHECKING:
    pass

log = structlog.get_logger(__name__)
FORBIDDEN = 403
GetResponse = Callable[[HttpRequest], HttpResponse]
# Django itself has an error page for these.
HANDLED_BY_DJANGO = (BadRequest, Http404, PermissionDenied, SuspiciousOperation)


class ChosenLanguage:
    """Answer in Japanese unless the visitor's cookie names another language.

    The browser's preferences are ignored: the campaign is announced in Japanese, and a page that
    differs by a header with thousands of values could not be cached. A visitor who has not chosen
    a language has no cookie and shares one cached copy with all others.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request in the chosen language."""
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Cookie"])
        return response


class PlainText:
    """Reject requests that contain NUL, before anything reads them.

    No browser sends NUL and no text column stores it: in a path, a parameter, a field or a cookie
    it would fail at the first query that contains it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, or 400 where it contains NUL."""
        try:
            is_plain = not any("\0" in text for text in texts_of(request))
        except UnreadablePostError:  # the visitor has disconnected
            is_plain = False
        return self.get_response(request) if is_plain else errors.bad_request(request)


def texts_of(request: HttpRequest) -> Iterator[str]:
    """Yield the path, cookies and parameters of a request."""
    yield request.path_info
    yield from request.COOKIES.values()
    for parameters in (request.GET, request.POST):
        for name, values in parameters.lists():
            yield name
            yield from (str(value) for value in values)


class RefusedPages:
    """Record in the audit each staff page that a signed-in user is refused.

    By its route and never by its address, which may contain the number of a member's row. Requests
    without a session are in the log only: a stranger could otherwise fill the audit.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request; record a 403 that is the answer."""
        response = self.get_response(request)
        if response.status_code == FORBIDDEN and request.path.startswith(reverse("admin:index")):
            record_refusal(request)
        return response


def record_refusal(request: HttpRequest) -> None:
    """Record in the audit that a signed-in user was refused the page of a request."""
    match = request.resolver_match
    if match and request.user.is_authenticated:
        audit.record(
            actor=Actor(request.user),
            action="page.refused",
            subject=match.view_name,
            at=clock.now(),
            detail={"route": match.route, "method": request.method},
        )


class UnfitLists:
    """Redirect a staff list whose address has impossible filters to the whole list.

    Django does so for most filters. Some it lets through: a year after 9999, an invalid pattern, a
    function that the database lacks. A list that fails without filters is a fault and remains a
    500, and so does an action that fails on a list that can be read.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer where the address or the selected rows are at fault, else return None."""
        if isinstance(exception, (*HANDLED_BY_DJANGO, *DATABASE_AWAY)):
            return None
        page = find_list_page(request)
        if page is None:
            return None
        if request.method == "POST" and not has_valid_selection(request, page):
            return errors.bad_request(request)
        has_filters = bool(set(request.GET) - {ERROR_FLAG})
        if not has_filters or (request.method == "POST" and can_be_read(request, page)):
            return None
        log.warning("list_not_shown", failure=type(exception).__name__, exc_info=exception)
        return redirect(f"{request.path}?{ERROR_FLAG}=1")


def find_list_page(request: HttpRequest) -> "ModelAdmin[Any] | None":
    """Return the admin page whose list is requested; None for any other view."""
    match = request.resolver_match
    name = match.url_name if match and match.app_names == ["admin"] else None
    if match is None or name is None or not name.endswith("_changelist"):
        return None
    page: ModelAdmin[Any] = match.func.model_admin  # type: ignore[attr-defined] # set by the admin
    return page


def has_valid_selection(request: HttpRequest, page: "ModelAdmin[Any]") -> bool:
    """Return whether the rows selected for an action have keys of the list's type."""
    key: Any = page.opts.pk
    try:
        for selected in request.POST.getlist(ACTION_CHECKBOX_NAME):
            key.to_python(selected)
    except (ValueError, ValidationError):
        return False
    return True


def can_be_read(request: HttpRequest, page: "ModelAdmin[Any]") -> bool:
    """Return whether the list itself can be read, so that its action is what failed."""
    try:
        len(page.get_changelist_instance(request).result_list)
    except Exception:  # noqa: BLE001 - whatever it is, a GET of the same address fails by it
        return False
    return True


class DatabaseAway:
    """Answer 503 where the database is away or overloaded.

    The page does not claim that nothing was done: the answer to a commit may be what was lost.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 503 where a view could not reach the database, else return None."""
        if not isinstance(exception, DATABASE_AWAY):
            return None
        log.error("database_away", failure=type(exception).__name__, exc_info=exception)
        return errors.unavailable(request)

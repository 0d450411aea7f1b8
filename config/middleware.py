"""What happens around every request: a line in the log, the chosen language, what cannot be."""

import time
import uuid
from collections.abc import Callable, Iterator

import structlog
from django.conf import settings
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
from django.utils import translation
from django.utils.cache import patch_vary_headers

from bookings.refusals import DATABASE_AWAY
from config import metrics
from portal import errors

log = structlog.get_logger(__name__)
Respond = Callable[[HttpRequest], HttpResponse]
# What Django has an answer to by itself.
ANSWERED = (BadRequest, Http404, PermissionDenied, SuspiciousOperation)


class RequestLog:
    """Log method, route, status and duration: the route's pattern, never the address itself."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request and log how it went."""
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=uuid.uuid4().hex):
            response = self.get_response(request)
            metrics.count_request(method=request.method, status=response.status_code)
            route = request.resolver_match.route if request.resolver_match else None
            log.info(
                "request",
                method=request.method,
                route=route,
                status=response.status_code,
                duration_ms=round((time.perf_counter() - started) * 1000),
            )
        return response


class ChosenLanguage:
    """Japanese, unless the visitor chose another language here; a cookie remembers the choice.

    The browser's preferences do not count: the campaign is announced in Japanese, and a page that
    differs by a header of which there are thousands could not be cached. A visitor who chose
    nothing has no cookie at all, and shares every cache's one copy with all others.
    """

    def __init__(self, get_response: Respond) -> None:
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
    """Refuse texts that no browser sends and PostgreSQL cannot store, before anything reads them.

    NUL fits into no text of the database: in a path, a parameter, a field or a cookie it would fail
    wherever it was first looked up.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, if it can be read."""
        try:
            is_plain = not any("\0" in text for text in texts_of(request))
        except UnreadablePostError:  # the visitor is gone
            is_plain = False
        return self.get_response(request) if is_plain else errors.bad_request(request)


def texts_of(request: HttpRequest) -> Iterator[str]:
    """Yield every text that came with a request, but for its headers."""
    yield request.path_info
    yield from request.COOKIES.values()
    for parameters in (request.GET, request.POST):
        for name, values in parameters.lists():
            yield name
            yield from (str(value) for value in values)


class UnfitLists:
    """Show a list of the staff's as it is where its address asks for what cannot be.

    Django does so for most filters, and sends the browser to the whole list. Some it lets through:
    a year after 9999, a pattern that is none, a function that the database does not have. A list
    that fails without filters is a fault and stays one, and so does an action that fails.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request as usual."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer where the address or the chosen rows are at fault; leave all else as it is."""
        if isinstance(exception, (*ANSWERED, *DATABASE_AWAY)) or not is_list_of_staff(request):
            return None
        if request.method == "POST" and not can_choose(request):
            return errors.bad_request(request)
        if request.method == "POST" or not set(request.GET) - {ERROR_FLAG}:
            return None
        log.warning("list_not_shown", failure=type(exception).__name__, exc_info=exception)
        return redirect(f"{request.path}?{ERROR_FLAG}=1")


def is_list_of_staff(request: HttpRequest) -> bool:
    """Return whether the request is for a list of Django's admin."""
    match = request.resolver_match
    name = match.url_name if match and match.app_names == ["admin"] else None
    return bool(name and name.endswith("_changelist"))


def can_choose(request: HttpRequest) -> bool:
    """Return whether the rows chosen for an action have keys that rows of the list can have."""
    key = request.resolver_match.func.model_admin.opts.pk  # type: ignore[union-attr]
    try:
        for chosen in request.POST.getlist(ACTION_CHECKBOX_NAME):
            key.to_python(chosen)
    except (ValueError, ValidationError):
        return False
    return True


class DatabaseAway:
    """Where the database is away or overloaded, say so kindly instead of failing.

    It says nothing of what had been asked for: the answer to a commit may be what got lost.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request as usual."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer with 503 where a view could not reach the database; leave all else as it is."""
        if not isinstance(exception, DATABASE_AWAY):
            return None
        log.error("database_away", failure=type(exception).__name__, exc_info=exception)
        return errors.unavailable(request)

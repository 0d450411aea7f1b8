"""What happens around every request: one line in the log, and the language that was chosen."""

import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from bookings.refusals import DATABASE_AWAY
from config import metrics
from portal import errors

log = structlog.get_logger(__name__)
Respond = Callable[[HttpRequest], HttpResponse]


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

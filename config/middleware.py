"""The log line and the metric of every request."""

import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from config import metrics

log = structlog.get_logger(__name__)


class RequestLog:
    """Log method, route, status and duration: the route's pattern, never the address itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, then count and log it."""
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

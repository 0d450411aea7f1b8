"""The entry button of a demo: newcomers may press it in a campaign that was played to its end."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from core import clock
from dev.demo.rehearsing import rehearse_entry
from entries.queries import find_visit
from portal import member_views


class Newcomers:
    """Let newcomers enter a demo that is over; leave every other press to the site."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as the site does."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, _args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Enter a newcomer where the demo is over."""
        is_press = view is member_views.enter and request.method == "POST"
        if not (settings.DEMO_MODE and is_press):
            return None
        arrived_at = clock.now()
        visit = find_visit(kwargs["code"], request.user)
        if visit is None or visit.wester_id is None:
            return None
        rehearsed = rehearse_entry(terms=visit, wester_id=visit.wester_id, entered_at=arrived_at)
        if rehearsed is None:
            return None
        member_views.say_entered(request, rehearsed, arrived_at)
        return redirect("portal:my_page", kwargs["code"])

"""The entry button of a demo: newcomers may press it in a campaign that was played to its end."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from core import clock
from dev.demo.rehearsing import rehearse_entry
from entries.queries import find_visit
from portal import member_views


@never_cache
def enter(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a newcomer where the demo is over; anywhere else answer as the site does."""
    arrived_at = clock.now()
    visit = find_visit(code, request.user) if request.method == "POST" else None
    if visit and visit.wester_id:
        rehearsed = rehearse_entry(terms=visit, wester_id=visit.wester_id, entered_at=arrived_at)
        if rehearsed:
            member_views.say_entered(request, rehearsed, arrived_at)
            return redirect("portal:my_page", code)
    return member_views.enter(request, code)

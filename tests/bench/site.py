"""The site as production serves it, with two bare views beside it to measure it against."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path

from config.wsgi import application
from portal import urls

__all__ = ["application"]
INSERT = "INSERT INTO bench_bare (who, at) VALUES (%s, now())"


def insert(request: HttpRequest) -> HttpResponse:
    """Insert one row for the user who is signed in, commit, and redirect."""
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [request.user.pk])
    return redirect("portal:front")


def constant(_request: HttpRequest, **_named: str) -> HttpResponse:
    """Answer the same for ever, as long as the campaign page."""
    return HttpResponse(CONSTANT)


CONSTANT = b"x" * 15_000
# Behind the campaign page: what is measured is found by production's own way, and a constant in the
# same place by the same number of steps.
PAGE = next(n for n, pattern in enumerate(urls.urlpatterns) if pattern.name == "campaign")
urls.urlpatterns[PAGE + 1 : PAGE + 1] = [
    path("bench/constant/<campaign_code:code>/", constant),
    path("bench/insert/", insert),
]

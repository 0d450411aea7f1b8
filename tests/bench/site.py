"""The site as production serves it, with two bare views beside it to measure it against."""

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import include, path

from config.wsgi import application
from portal import urls

__all__ = ["application", "urlpatterns", "urls"]
INSERT = "INSERT INTO bench_bare (who, at) VALUES (%s, now())"


def insert(request: HttpRequest) -> HttpResponse:
    """Keep one row for whoever is signed in, commit, and lead on."""
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [request.user.pk])
    return redirect("portal:front")


def constant(_request: HttpRequest, **_named: str) -> HttpResponse:
    """Answer the same for ever, as long as the campaign page."""
    return HttpResponse(CONSTANT)


CONSTANT = b"x" * 15_000
# Where the campaign page stands, so that both are found by the same way.
in_the_same_place = include(([path("bench/constant/<campaign_code:code>/", constant)], "bench"))
urlpatterns = [
    path("bench/insert/", insert),
    path("", include([path("", in_the_same_place)])),
    path("", include("config.urls")),
]
settings.ROOT_URLCONF = __name__

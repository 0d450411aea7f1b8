"""The site's URLs, and some whose views fail."""

from django.core.exceptions import BadRequest, PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import path

from config import urls

SECRET = "host=10.1.2.3 password=hunter2"
FAILURES = {
    "400": BadRequest,
    "403": PermissionDenied,
    "500": RuntimeError,
    "503": OperationalError,
    "503-interface": InterfaceError,
}


def fail(request: HttpRequest, failure: str) -> HttpResponse:
    """Raise the exception that the address names."""
    raise FAILURES[failure](SECRET)


def remember(request: HttpRequest) -> HttpResponse:
    """Change the session, which is saved after the view."""
    request.session["seen"] = True
    return HttpResponse()


handler400, handler403, handler404 = urls.handler400, urls.handler403, urls.handler404
handler500 = urls.handler500
urlpatterns = [path("remember/", remember), path("fail/<str:failure>/", fail), *urls.urlpatterns]

"""The site as a WSGI application."""

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from django.core.wsgi import get_wsgi_application

from config.content_type import drop_charset

site = get_wsgi_application()


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer a request, whatever encoding it claims."""
    if content_type := environ.get("CONTENT_TYPE"):
        environ["CONTENT_TYPE"] = drop_charset(content_type)
    return site(environ, start_response)

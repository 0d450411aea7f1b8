"""The site as an ASGI application."""

from collections.abc import Callable
from typing import Any

from django.core.asgi import get_asgi_application

from config.content_type import drop_charset

site = get_asgi_application()


async def application(
    scope: dict[str, Any], receive: Callable[..., Any], send: Callable[..., Any]
) -> None:
    """Answer a request, whatever encoding it claims."""
    headers = [
        (name, without_charset(value) if name == b"content-type" else value)
        for name, value in scope.get("headers", [])
    ]
    await site({**scope, "headers": headers}, receive, send)


def without_charset(content_type: bytes) -> bytes:
    """Return the bytes of a Content-Type header without its charset."""
    return drop_charset(content_type.decode("latin-1")).encode("latin-1")

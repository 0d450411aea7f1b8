"""The image's health check works for every form of ALLOWED_HOSTS."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.core.wsgi import get_wsgi_application
from pytest_django import Settings

from config import alive
from config.env import env


class Quiet(WSGIRequestHandler):
    """Answers and prints nothing."""

    def log_message(self, *_: Any) -> None:
        """Print nothing."""


@contextmanager
def running_site() -> Iterator[int]:
    """Serve the site on a port of its own."""
    with make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    "hosts",
    [
        pytest.param("campaign.example,web", id="a name"),
        pytest.param("*", id="any name"),
        pytest.param("*,campaign.example", id="any name, and one"),
        pytest.param(".campaign.example", id="a domain with those below it"),
        pytest.param("Campaign.Example", id="in capitals"),
        pytest.param("campaign.example:8443", id="with a port"),
        pytest.param("192.0.2.1", id="an IPv4 address"),
        pytest.param("[::1]", id="an IPv6 address"),
        pytest.param("[::1]:8000", id="an IPv6 address with a port"),
        pytest.param(",campaign.example", id="empty first"),
        pytest.param(" , * ", id="empty first, with spaces"),
        pytest.param("", id="not set"),
    ],
)
def test_is_alive_sends_an_allowed_host(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, hosts: str
) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", hosts)
    settings.ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", default=["localhost"])

    with running_site() as port:
        assert alive.is_alive(port) is True


def test_is_alive_is_false_where_the_site_refuses(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", "other.example")
    settings.ALLOWED_HOSTS = ["campaign.example"]

    with running_site() as port:
        assert alive.is_alive(port) is False


def test_is_alive_is_false_where_nothing_listens() -> None:
    assert alive.is_alive(1) is False

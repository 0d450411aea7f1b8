"""A provider that is down, slow or answers garbage: a friendly page, and nobody else waits."""

import gc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from tests.entries.browsing import SIGN_IN, start
from tests.entries.fake_provider import FakeProvider, drip, send, stall
from tests.entries.misbehaving import (
    CONFIGURATION,
    UNAVAILABLE,
    Change,
    assert_nobody_signed_in,
    configure,
)

pytestmark = pytest.mark.django_db
HEAD = b"HTTP/1.0 200 OK\r\n"
SLOWLY = [HEAD, *[b"X-A: b\r\n"] * 40]
NESTED = b"[" * 100_000


@pytest.fixture(autouse=True)
def _no_garbage_is_collected() -> Iterator[None]:
    """Deep in an answer without end there is no room on the stack to report what others left."""
    gc.disable()
    yield
    gc.enable()


UNUSABLE = [
    pytest.param(send(500, b"{}"), id="an error"),
    pytest.param(send(503, b"<html>"), id="busy"),
    pytest.param(send(429, b"{}"), id="too many of us"),
    pytest.param(send(302, b"", Location="/elsewhere"), id="a redirect"),
    pytest.param(send(204, b""), id="nothing"),
    pytest.param(send(200, b"<html>Maintenance</html>"), id="a web page"),
    pytest.param(send(200, b"\xff\xfe\x00"), id="bytes that are no text"),
    pytest.param(send(200, b'"text"'), id="JSON that is no object"),
    pytest.param(send(200, NESTED), id="JSON without end"),
    pytest.param(send(200, b'{"a": "' + b"x" * 300_000 + b'"}'), id="far too much"),
    pytest.param(drip(b"garbage\r\n", every_s=0), id="no HTTP"),
    pytest.param(drip(HEAD + b"Content-Length: 99\r\n\r\n{}", every_s=0), id="half an answer"),
    pytest.param(stall(2), id="silence"),
    pytest.param(drip(*SLOWLY, every_s=0.1), id="headers without end"),
    pytest.param(drip(HEAD + b"\r\n", *[b" "] * 40, every_s=0.1), id="a body without end"),
    pytest.param(lambda handler: handler.connection.close(), id="hanging up"),
]


@pytest.mark.parametrize("answer", UNUSABLE)
def test_starting_with_an_unusable_configuration(
    answer: Any, client: Client, provider: FakeProvider, hurry: Callable[[], None]
) -> None:
    provider.misbehaviours[CONFIGURATION] = answer
    hurry()

    page = client.post(SIGN_IN)

    assert (page.status_code, page["Retry-After"]) == (503, "10")
    assert UNAVAILABLE in page.content.decode()
    assert_nobody_signed_in(client)


@pytest.mark.parametrize("path", ["/token", "/userinfo", "/keys"])
@pytest.mark.parametrize("answer", UNUSABLE)
def test_returning_to_an_unusable_answer(
    answer: Any, path: str, provider: FakeProvider, hurry: Callable[[], None]
) -> None:
    client = Client()
    address = provider.authorize(start(client))
    provider.misbehaviours[path] = answer
    hurry()

    page = client.get(address)

    assert (page.status_code, page["Retry-After"]) == (503, "10")
    assert UNAVAILABLE in page.content.decode()
    assert_nobody_signed_in(client)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(configure(issuer="https://other.example"), id="another issuer"),
        pytest.param(configure(issuer=None), id="no issuer"),
        pytest.param(configure(token_endpoint=None), id="no token endpoint"),
        pytest.param(configure(userinfo_endpoint=["http://x"]), id="a list for an address"),
        pytest.param(configure(jwks_uri="file:///etc/passwd"), id="a file for an address"),
        pytest.param(configure(jwks_uri="http://[::1"), id="half an address"),
        pytest.param(configure(jwks_uri="/keys"), id="a path for an address"),
        pytest.param(
            configure(authorization_endpoint="https://other.example/authorize"),
            id="a login page where no browser may go",
        ),
    ],
)
def test_starting_with_a_configuration_that_does_not_fit(
    change: Change, client: Client, provider: FakeProvider
) -> None:
    change(provider)

    page = client.post(SIGN_IN)

    assert page.status_code == 503
    assert UNAVAILABLE in page.content.decode()
    assert_nobody_signed_in(client)


def test_starting_while_nobody_listens(
    client: Client, provider: FakeProvider, settings: Any
) -> None:
    settings.WESTER_ISSUER = "http://127.0.0.1:9"

    assert client.post(SIGN_IN).status_code == 503


def test_starting_with_a_name_that_nobody_knows(client: Client, settings: Any) -> None:
    settings.WESTER_ISSUER = "http://wester.invalid"

    assert client.post(SIGN_IN).status_code == 503

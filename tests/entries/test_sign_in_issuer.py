"""An answer names its issuer where the provider promises it, and our secret changes in between."""

import pytest
from django.test import Client
from pytest_django import Settings

from tests.entries.browsing import is_signed_in, sign_in, start
from tests.entries.fake_provider import CLIENT_SECRET, FakeProvider
from tests.entries.misbehaving import (
    UNCONFIRMED,
    assert_nobody_signed_in,
    configure,
    reason_of_refusal,
)

pytestmark = pytest.mark.django_db
PROMISE = "authorization_response_iss_parameter_supported"


@pytest.mark.parametrize("promise", [True, False, None, "true"])
def test_answer_that_names_our_issuer_is_believed(
    promise: object, client: Client, provider: FakeProvider
) -> None:
    configure(**{PROMISE: promise})(provider)
    address = f"{provider.authorize(start(client))}&iss={provider.issuer}"

    assert client.get(address).status_code == 302
    assert is_signed_in(client)


@pytest.mark.parametrize(
    ("promise", "named", "reason"),
    [
        pytest.param(True, "", "iss_missing", id="nobody, although it is promised"),
        pytest.param(True, "&iss=", "iss_differs", id="an empty name"),
        pytest.param(True, "&iss={issuer}/", "iss_differs", id="almost ours"),
        pytest.param(False, "&iss=https://evil.example", "iss_differs", id="another"),
        pytest.param(
            True, "&iss=https://evil.example&iss={issuer}", "iss_differs", id="another and ours"
        ),
        pytest.param(
            True, "&iss={issuer}&iss=https://evil.example", "iss_differs", id="ours and another"
        ),
    ],
)
@pytest.mark.parametrize("error", [False, True], ids=["with a code", "with an error"])
def test_answer_is_refused_that_names(
    *,
    error: bool,
    promise: bool,
    named: str,
    reason: str,
    client: Client,
    provider: FakeProvider,
    caplog: pytest.LogCaptureFixture,
) -> None:
    configure(**{PROMISE: promise})(provider)
    answer = {"error": "access_denied"} if error else {}
    address = provider.authorize(start(client), **answer) + named.format(issuer=provider.issuer)

    page = client.get(address)

    assert (page.status_code, reason_of_refusal(caplog)) == (503, reason)
    assert UNCONFIRMED in page.content.decode()
    assert not provider.requests["/token"]
    assert_nobody_signed_in(client)


@pytest.mark.parametrize("status", [401, 400])
@pytest.mark.parametrize("methods", [["client_secret_basic"], ["client_secret_post"]])
@pytest.mark.parametrize(
    ("known", "requests"),
    [
        pytest.param("the new/one", 1, id="the provider knows the new one"),
        pytest.param(CLIENT_SECRET, 2, id="the provider knows the former one"),
    ],
)
def test_secret_changes_without_a_failed_sign_in(
    *,
    known: str,
    requests: int,
    methods: list[str],
    status: int,
    client: Client,
    provider: FakeProvider,
    settings: Settings,
) -> None:
    configure(token_endpoint_auth_methods_supported=methods)(provider)
    settings.WESTER_CLIENT_SECRET = "the new/one"
    settings.WESTER_CLIENT_SECRET_FALLBACKS = [CLIENT_SECRET]
    provider.client_secret, provider.unknown_client_status = known, status

    assert sign_in(client, provider).status_code == 302
    assert provider.requests["/token"] == requests


def test_secret_that_nobody_knows_is_refused(
    client: Client, provider: FakeProvider, settings: Settings
) -> None:
    settings.WESTER_CLIENT_SECRET_FALLBACKS = ["the former one"]
    provider.client_secret = "another"

    assert sign_in(client, provider).status_code == 503
    assert provider.requests["/token"] == 2
    assert_nobody_signed_in(client)

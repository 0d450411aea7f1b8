"""What a browser does between our pages and the provider's."""

from typing import Any

from django.test import Client

from tests.entries.fake_provider import FakeProvider

SIGN_IN, CALLBACK, SIGN_OUT = "/accounts/login/", "/accounts/login/callback/", "/accounts/logout/"
JAPANESE, ENGLISH = "ja", "en"


def start(client: Client, **form: str) -> str:
    """Press the button; return the provider's address that the browser is sent to."""
    response = client.post(SIGN_IN, form)
    assert response.status_code == 302, response.content.decode()
    return str(response["Location"])


def sign_in(client: Client, provider: FakeProvider, **form: str) -> Any:
    """Sign in as the member that the provider names; return our last answer."""
    return client.get(provider.authorize(start(client, **form)))


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session

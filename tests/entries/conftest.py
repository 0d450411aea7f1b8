"""What the tests of signing in share."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from config.sign_in import origin
from tests.entries.fake_provider import CLIENT_ID, CLIENT_SECRET, FakeProvider, running_provider


@pytest.fixture
def provider(settings: Settings) -> Iterator[FakeProvider]:
    """Run a provider of this test's own; nothing is remembered of it, for it is new."""
    with running_provider() as provider:
        settings.WESTER_ISSUER = provider.issuer
        settings.WESTER_CLIENT_ID, settings.WESTER_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
        settings.WESTER_LOGIN_ORIGINS = [origin(provider.issuer)]
        yield provider

"""What the tests of signing in share."""

from collections.abc import Callable, Iterator

import pytest
from pytest_django import Settings

from config.sign_in import origin
from entries.sign_in import transport
from tests.entries.fake_provider import CLIENT_ID, CLIENT_SECRET, FakeProvider, running_provider


@pytest.fixture
def provider(settings: Settings) -> Iterator[FakeProvider]:
    """Run a provider of this test's own; nothing is remembered of it, for it is new."""
    with running_provider() as provider:
        settings.WESTER_ISSUER = provider.issuer
        settings.WESTER_CLIENT_ID, settings.WESTER_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
        settings.WESTER_LOGIN_ORIGINS = [origin(provider.issuer)]
        yield provider


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return what makes us wait less long, once a test has nothing left to succeed with."""

    def hurry() -> None:
        monkeypatch.setattr(transport, "READ_S", 0.2)
        monkeypatch.setattr(transport, "TOTAL_S", 0.6)

    return hurry

"""What the tests of signing in share."""

from collections.abc import Callable, Iterator

import pytest
from pytest_django import Settings

from core.origins import origin_of
from entries.sign_in import provider_session
from tests.entries.fake_provider import CLIENT_ID, CLIENT_SECRET, FakeProvider, running_provider


@pytest.fixture
def provider(settings: Settings) -> Iterator[FakeProvider]:
    """Run a provider of this test's own; nothing is cached of it, for it is new."""
    with running_provider() as provider:
        settings.WESTER_ISSUER = provider.issuer
        settings.WESTER_CLIENT_ID, settings.WESTER_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
        settings.WESTER_LOGIN_ORIGINS = [origin_of(provider.issuer)]
        yield provider


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return a function that shortens our time limits, for the part of a test that must fail."""

    def hurry() -> None:
        monkeypatch.setattr(provider_session, "READ_S", 0.2)
        monkeypatch.setattr(provider_session, "TOTAL_S", 0.6)

    return hurry

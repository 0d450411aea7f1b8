"""Where the issuer has TLS, requests use it, and its certificate is verified."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from core.origins import origin_of
from entries.sign_in import provider_session
from tests.certificates import write_certificate
from tests.entries.browsing import SIGN_IN, sign_in
from tests.entries.fake_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    FakeProvider,
    running_provider,
)
from tests.entries.misbehaving import reason_of_refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return write_certificate(tmp_path / "certificate.pem")


@pytest.fixture
def private_provider(certificate: Path, settings: Settings) -> Iterator[FakeProvider]:
    """Run a provider behind TLS."""
    with running_provider(certificate) as provider:
        settings.WESTER_ISSUER = provider.issuer
        settings.WESTER_CLIENT_ID, settings.WESTER_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
        settings.WESTER_LOGIN_ORIGINS = [origin_of(provider.issuer)]
        yield provider


def test_provider_with_a_trusted_certificate_gets_requests(
    private_provider: FakeProvider, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(provider_session, "trusted", lambda: context)

    assert sign_in(Client(), private_provider).status_code == 302


def test_provider_with_an_unknown_certificate_gets_none(
    private_provider: FakeProvider, caplog: pytest.LogCaptureFixture
) -> None:
    assert Client().post(SIGN_IN).status_code == 503

    assert reason_of_refusal(caplog) == "SSLError"
    assert not private_provider.requests


@pytest.mark.parametrize(
    "endpoint", ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"]
)
def test_no_endpoint_may_be_less_private_than_the_issuer(
    endpoint: str,
    private_provider: FakeProvider,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    context = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(provider_session, "trusted", lambda: context)
    plain = private_provider.issuer.replace("https://", "http://")
    private_provider.configuration = {endpoint: f"{plain}/anything"}

    assert Client().post(SIGN_IN).status_code == 503

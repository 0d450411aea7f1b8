"""The provider is asked over TLS alone where it says so, and only whom we can trust."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.test import Client
from pytest_django import Settings

from config.sign_in import origin
from entries.sign_in import transport
from tests.entries.browsing import SIGN_IN, sign_in
from tests.entries.fake_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    FakeProvider,
    rsa_key,
    running_provider,
)
from tests.entries.misbehaving import reason_of_refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Return a certificate of 127.0.0.1, signed by itself, together with its key."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "wester")])
    now, key = datetime.now(UTC), rsa_key("tls")
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, SHA256())
    )
    file = tmp_path / "certificate.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + signed.public_bytes(Encoding.PEM))
    return file


@pytest.fixture
def private_provider(certificate: Path, settings: Settings) -> Iterator[FakeProvider]:
    """Run a provider behind TLS."""
    with running_provider(certificate) as provider:
        settings.WESTER_ISSUER = provider.issuer
        settings.WESTER_CLIENT_ID, settings.WESTER_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
        settings.WESTER_LOGIN_ORIGINS = [origin(provider.issuer)]
        yield provider


def test_provider_with_a_trusted_certificate_is_asked(
    private_provider: FakeProvider, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(transport, "trusted", lambda: context)

    assert sign_in(Client(), private_provider).status_code == 302


def test_provider_with_an_unknown_certificate_is_not_asked(
    private_provider: FakeProvider, caplog: pytest.LogCaptureFixture
) -> None:
    assert Client().post(SIGN_IN).status_code == 503

    assert reason_of_refusal(caplog) == "SSLCertVerificationError"
    assert not private_provider.asked


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
    monkeypatch.setattr(transport, "trusted", lambda: context)
    plain = private_provider.issuer.replace("https://", "http://")
    private_provider.configuration = {endpoint: f"{plain}/anything"}

    assert Client().post(SIGN_IN).status_code == 503

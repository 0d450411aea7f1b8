"""Nothing of a person or a secret gets into the log, at any level."""

import logging
from collections.abc import Iterator
from io import StringIO
from urllib.parse import parse_qs, urlsplit

import pytest
import structlog
from django.test import Client

from entries.sign_in import members
from entries.sign_in.claims import Identity
from tests.entries.browsing import SIGN_OUT, sign_in
from tests.entries.fake_provider import CLIENT_SECRET, FakeProvider, rsa_key, send
from tests.entries.misbehaving import Change, claim, encode, inform, misbehave, sign
from tests.factories.entries import MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def logged() -> Iterator[StringIO]:
    """Log at the lowest level, in the form in which it would be written."""
    root, django = logging.getLogger(), logging.getLogger("django")
    (formatter,) = (
        handler.formatter
        for handler in root.handlers
        if isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter)
    )
    handler = logging.StreamHandler(StringIO())
    handler.setFormatter(formatter)
    before = root.level, django.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    django.setLevel(logging.DEBUG)
    yield handler.stream
    root.removeHandler(handler)
    root.setLevel(before[0])
    django.setLevel(before[1])


def secrets_of(provider: FakeProvider, address: str) -> list[str]:
    """Return every word that must not be logged."""
    sent = provider.authorizations[-1]
    query = parse_qs(urlsplit(address).query)
    return [
        provider.sub,
        provider.wester_id,
        CLIENT_SECRET,
        "an-access-token",
        "W-taken",
        sent["state"],
        sent["nonce"],
        sent["code_challenge"],
        *query.get("code", []),
        "?",
    ]


def taken(provider: FakeProvider) -> None:
    MemberFactory(wester_id="W-taken")
    provider.userinfo = {"wester_id": "W-taken"}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda _: None, id="a sign-in"),
        pytest.param(misbehave("/token", send(500, b"W-0001 account-1")), id="an error"),
        pytest.param(misbehave("/token", send(400, b"W-0001 account-1")), id="a refusal"),
        pytest.param(misbehave("/userinfo", send(200, b"W-0001 account-1")), id="garbage"),
        pytest.param(claim(nonce="account-1"), id="another nonce"),
        pytest.param(claim(aud="W-0001"), id="another audience"),
        pytest.param(sign(encode(rsa_key("forger"), "RS256")), id="a forgery"),
        pytest.param(inform(sub="W-0001"), id="another account in the userinfo"),
        pytest.param(inform(wester_id="W-0001 "), id="a malformed WESTER ID"),
        pytest.param(taken, id="a taken WESTER ID"),
    ],
)
def test_log_names_nobody_after(change: Change, provider: FakeProvider, logged: StringIO) -> None:
    client = Client()
    change(provider)

    response = sign_in(client, provider)
    client.post(SIGN_OUT)

    assert "accounts/login/callback/" in logged.getvalue()
    found = secrets_of(provider, response.wsgi_request.get_full_path())
    assert [word for word in found if word in logged.getvalue()] == []


def test_log_names_nobody_after_a_bug(
    provider: FakeProvider, logged: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(identity: Identity) -> None:
        raise KeyError(identity.wester_id, identity.sub)

    monkeypatch.setattr(members, "create_member", fail)
    client = Client(raise_request_exception=False)

    response = sign_in(client, provider)

    assert response.status_code == 500
    assert "KeyError" in logged.getvalue()
    assert [word for word in secrets_of(provider, "") if word in logged.getvalue()] == []

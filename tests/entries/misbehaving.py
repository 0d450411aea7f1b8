"""How a test makes the provider misbehave, and what must be true afterwards."""

from collections.abc import Callable
from typing import Any

import jwt
import pytest
from django.test import Client

from core.models import User
from entries.models import Member
from tests.entries.browsing import is_signed_in
from tests.entries.fake_provider import FakeProvider

Change = Callable[[FakeProvider], Any]
UNAVAILABLE = "ただいまログインできません"
UNCONFIRMED = "ログインを確認できませんでした"
CONFIGURATION = "/.well-known/openid-configuration"


def misbehave(path: str, how: Any) -> Change:
    return lambda provider: provider.misbehaviours.update({path: how})


def configure(**entries: object) -> Change:
    return lambda provider: provider.configuration.update(entries)


def claim(**claims: object) -> Change:
    return lambda provider: provider.id_claims.update(claims)


def answer_tokens(**entries: object) -> Change:
    return lambda provider: provider.tokens.update(entries)


def inform(**claims: object) -> Change:
    return lambda provider: provider.userinfo.update(claims)


def sign(how: Callable[[dict[str, Any]], str]) -> Change:
    return lambda provider: setattr(provider, "sign", how)


def encode(key: Any, algorithm: str, kid: str = "first") -> Callable[[dict[str, Any]], str]:
    return lambda claims: jwt.encode(claims, key, algorithm=algorithm, headers={"kid": kid})


def publish(*keys: Any) -> Change:
    return lambda provider: setattr(provider, "keys", list(keys))


def both(*changes: Change) -> Change:
    return lambda provider: [change(provider) for change in changes]


def assert_nobody_signed_in(client: Client) -> None:
    assert not is_signed_in(client)
    assert not Member.objects.exists()
    assert not User.objects.exists()


def reason_of_refusal(caplog: pytest.LogCaptureFixture) -> Any:
    """Return the logged reason of the last refused sign-in."""
    logged = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    return [event["reason"] for event in logged if event["event"] == "sign_in_refused"][-1]

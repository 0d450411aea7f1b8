"""Who can write to Redis can name no key and no address that a sign-in would use."""

import json
from typing import Any

import pytest
from django.core import signing
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings
from redis import Redis

from entries.sign_in import provider_cache
from entries.sign_in.provider_cache import cache_key, store
from tests.entries.browsing import SIGN_IN, sign_in, start
from tests.entries.fake_provider import FakeProvider, jwk, rsa_key
from tests.entries.misbehaving import CONFIGURATION, assert_nobody_signed_in, encode

pytestmark = pytest.mark.django_db
EVIL = "https://evil.example"
EVIL_CONFIGURATION = {
    "authorization_endpoint": f"{EVIL}/authorize",
    "token_endpoint": f"{EVIL}/token",
    "userinfo_endpoint": f"{EVIL}/userinfo",
    "jwks_uri": f"{EVIL}/keys",
    "token_endpoint_auth_methods_supported": ["client_secret_post"],
    "authorization_response_iss_parameter_supported": False,
}


def plant(settings: Settings, name: str, stored: bytes) -> None:
    """Write to Redis as somebody with its password does."""
    with Redis.from_url(settings.REDIS_URL) as server:
        server.set(cache.make_key(cache_key(name)), stored, ex=600)


def as_json(value: Any) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.parametrize(
    "disguise",
    [
        pytest.param(as_json, id="in the open"),
        pytest.param(
            lambda value: as_json(signing.dumps(value, key="somebody else's")), id="signed by them"
        ),
        pytest.param(lambda value: as_json(f"{signing.dumps(value)}x"), id="a broken signature"),
        pytest.param(
            lambda value: as_json(signing.dumps(value, salt=cache_key("keys"))),
            id="signed by us as something else",
        ),
        pytest.param(lambda _value: b"\x80\x04N.", id="a pickle"),
        pytest.param(lambda _value: b"[" * 100_000, id="no end"),
    ],
)
def test_planted_configuration_is_not_used(
    disguise: Any, provider: FakeProvider, settings: Settings
) -> None:
    evil = {"issuer": provider.issuer, **EVIL_CONFIGURATION}
    plant(settings, "configuration", disguise(evil))

    assert start(Client()).startswith(f"{provider.issuer}/authorize?")
    assert sign_in(Client(), provider).status_code == 302
    assert provider.requests[CONFIGURATION] == 1


def test_planted_keys_sign_nobody_in(
    client: Client, provider: FakeProvider, settings: Settings
) -> None:
    plant(settings, "keys", as_json({"keys": [{**jwk("forger"), "kid": "first"}]}))
    provider.sign = encode(rsa_key("forger"), "RS256")

    assert sign_in(client, provider).status_code == 503

    assert_nobody_signed_in(client)
    assert provider.requests["/keys"] == 1


@pytest.mark.parametrize(
    ("change", "fetched"),
    [
        pytest.param({}, 0, id="as fetched"),
        pytest.param({"issuer": EVIL}, 1, id="of another issuer"),
        pytest.param({"authorization_endpoint": f"{EVIL}/authorize"}, 1, id="a login elsewhere"),
        pytest.param({"token_endpoint": "ftp://127.0.0.1/token"}, 1, id="no address of the web"),
        pytest.param({"jwks_uri": None}, 1, id="no keys"),
    ],
)
def test_what_we_cached_is_checked_again(
    change: dict[str, Any], fetched: int, provider: FakeProvider
) -> None:
    """Settings may have changed since, for example the origins that the login passes through."""
    _, document = provider.discovery(None)  # type: ignore[arg-type]
    store("configuration", {**document, **change}, seconds=60)

    assert start(Client()).startswith(f"{provider.issuer}/authorize?")
    assert provider.requests[CONFIGURATION] == fetched


@pytest.mark.parametrize("keys", [[], {}, {"keys": []}, {"keys": [{**jwk("first"), "d": "AQAB"}]}])
def test_cached_keys_that_are_none_are_fetched_again(keys: Any, provider: FakeProvider) -> None:
    store("keys", keys, seconds=60)

    assert sign_in(Client(), provider).status_code == 302
    assert provider.requests["/keys"] == 1


def test_old_value_is_not_believed_for_ever(
    provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who writes to Redis can write a value of ours again, long after we replaced it."""
    with monkeypatch.context() as patch:
        patch.setattr("time.time", lambda: 1_000_000_000.0)
        store("keys", {"keys": [jwk("stolen")]}, seconds=10**9)
        assert provider_cache.read_cached("keys", seconds=300)

    assert provider_cache.read_cached("keys", seconds=300) is None


def test_planted_pause_stops_nobody(provider: FakeProvider, settings: Settings) -> None:
    plant(settings, "pause", b"true")
    plant(settings, "failures", b'"many"')

    assert Client().post(SIGN_IN).status_code == 302

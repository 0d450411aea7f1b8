"""A sign-in under way is in the browser: nothing is stored here, and nobody can forge it."""

import time
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import signing
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings
from redis import Redis

from tests.entries.browsing import CALLBACK, SIGN_IN, is_signed_in, sign_in, start
from tests.entries.fake_provider import FakeProvider
from tests.entries.misbehaving import assert_nobody_signed_in

pytestmark = pytest.mark.django_db
COOKIE = settings.SIGN_IN_COOKIE_NAME
SALT = "django.contrib.sessions.backends.signed_cookies"
LOST = "もう一度ログインしてください"


def stored(client: Client) -> str:
    """Return the cookie of a browser's sign-ins under way."""
    return str(client.cookies[COOKIE].value)


def count_keys() -> int:
    with Redis.from_url(settings.REDIS_URL) as server:
        return len(list(server.scan_iter("cache:*session*")))


def test_press_stores_nothing_on_our_side(provider: FakeProvider) -> None:
    start(Client())  # caches the configuration
    keys = count_keys()
    clients = [Client() for _ in range(5)]

    for client in clients:
        start(client)

    assert not Session.objects.exists()
    assert count_keys() == keys
    assert [name for client in clients for name in client.cookies] == [COOKIE] * 5


def test_refused_answer_stores_nothing_either(client: Client, provider: FakeProvider) -> None:
    client.get(provider.authorize(start(client), error="access_denied"))
    client.get(CALLBACK, {"state": "made-up", "code": "made-up"})

    assert not Session.objects.exists()
    assert settings.SESSION_COOKIE_NAME not in client.cookies


def test_cookie_is_only_for_this_site_and_ten_minutes(
    client: Client, provider: FakeProvider, settings: Settings
) -> None:
    settings.SESSION_COOKIE_SECURE = True
    start(client)

    cookie = client.cookies[COOKIE]
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Lax")
    assert (cookie["max-age"], cookie["path"], cookie["domain"]) == (600, "/", "")


def test_cookie_goes_once_nothing_is_under_way(client: Client, provider: FakeProvider) -> None:
    sign_in(client, provider)

    assert (stored(client), client.cookies[COOKIE]["max-age"]) == ("", 0)
    assert is_signed_in(client)


def forge_by_another_key(client: Client) -> str:
    states = signing.loads(stored(client), salt=SALT)
    return signing.dumps(states, salt=SALT, key="somebody else's", compress=True)


def change_a_byte(client: Client) -> str:
    text = stored(client)
    return ("A" if text[0] != "A" else "B") + text[1:]


def sign_for_another_use(client: Client) -> str:
    return signing.dumps(signing.loads(stored(client), salt=SALT), compress=True)


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(lambda _client: "", id="none"),
        pytest.param(lambda _client: "x" * 50, id="made up"),
        pytest.param(change_a_byte, id="changed"),
        pytest.param(forge_by_another_key, id="signed by somebody else"),
        pytest.param(sign_for_another_use, id="signed by us for another use"),
    ],
)
def test_answer_needs_the_cookie_that_we_signed(
    forge: Any, client: Client, provider: FakeProvider
) -> None:
    address = provider.authorize(start(client))
    client.cookies[COOKIE] = forge(client)

    page = client.get(address)

    assert page.status_code == 400
    assert LOST in page.content.decode()
    assert not provider.requests["/token"]
    assert_nobody_signed_in(client)


def test_cookie_of_another_browser_does_not_fit_the_answer(provider: FakeProvider) -> None:
    victim, attacker = Client(), Client()
    start(victim)
    address = provider.authorize(start(attacker))

    assert victim.get(address).status_code == 400
    assert_nobody_signed_in(victim)


def test_used_answer_with_a_restored_cookie_signs_nobody_in(provider: FakeProvider) -> None:
    """The cookie alone proves nothing: a code is valid once, and for its own verifier."""
    client, thief = Client(), Client()
    address = provider.authorize(start(client))
    copied = stored(client)
    assert client.get(address).status_code == 302

    thief.cookies[COOKIE] = copied

    assert thief.get(address).status_code == 503
    assert not is_signed_in(thief)


@pytest.mark.parametrize(
    ("age_s", "status"), [(599, 302), (601, 400)], ids=["in time", "ten minutes later"]
)
def test_answer_is_awaited_for_ten_minutes(
    age_s: int, status: int, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, answered_at = Client(), int(time.time())  # no second passes by itself
    monkeypatch.setattr("time.time", lambda: answered_at - age_s)
    address = provider.authorize(start(client))
    monkeypatch.setattr("time.time", lambda: answered_at)

    assert client.get(address).status_code == status


def test_browser_never_gets_a_cookie_that_it_would_drop(provider: FakeProvider) -> None:
    client = Client()
    addresses = [start(client, next=f"/{'あ' * 330}{number}/") for number in range(12)]

    assert len(COOKIE) + len(stored(client)) < 4000
    assert client.get(provider.authorize(addresses[-1])).status_code == 302
    assert client.get(provider.authorize(addresses[0])).status_code in (302, 400)


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        pytest.param("/" + "a" * 999, "/" + "a" * 999, id="a path that has room"),
        pytest.param("/" + "a" * 1000, "/", id="a byte more"),
        pytest.param("/" + "あ" * 400, "/", id="bytes count, not characters"),
    ],
)
def test_endless_path_leads_to_the_front_page(
    path: str, leads_to: str, client: Client, provider: FakeProvider
) -> None:
    assert sign_in(client, provider, next=path)["Location"] == leads_to


def test_press_of_a_member_leaves_the_session_alone(client: Client, provider: FakeProvider) -> None:
    sign_in(client, provider)
    before = list(Session.objects.values_list())

    client.post(SIGN_IN)

    assert list(Session.objects.values_list()) == before
    assert is_signed_in(client)


def test_former_secret_key_still_opens_what_it_signed(
    client: Client, provider: FakeProvider, settings: Settings
) -> None:
    address = provider.authorize(start(client))
    member = Client()
    sign_in(member, provider)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "new" * 20

    assert client.get(address).status_code == 302
    assert is_signed_in(member)
    cache.clear()

    settings.SECRET_KEY_FALLBACKS = []
    assert not is_signed_in(member)

"""What is fetched once and cached, and the pause for a provider that is down."""

from collections.abc import Callable
from threading import BoundedSemaphore, Event
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings
from urllib3.util import connection

from config.redis import RedisServer
from entries.sign_in import keys, provider_cache, provider_session
from entries.sign_in import provider as provider_module
from tests.entries.browsing import SIGN_IN, is_signed_in, sign_in, start
from tests.entries.fake_provider import FakeProvider, drip, jwk, send, signed, stall
from tests.entries.misbehaving import CONFIGURATION, UNAVAILABLE, reason_of_refusal

pytestmark = pytest.mark.django_db
PATIENCE_S = 30


@pytest.fixture
def one_slot(monkeypatch: pytest.MonkeyPatch) -> BoundedSemaphore:
    """Allow one request at a time."""
    slot = BoundedSemaphore(1)
    monkeypatch.setattr(provider_session, "SLOTS", slot)
    monkeypatch.setattr(provider_session, "SLOT_TIMEOUT_S", 0)
    return slot


def test_limits_are_those_promised() -> None:
    limits = provider_session
    assert (limits.CONNECT_S, limits.READ_S, limits.TOTAL_S) == (2, 3, 6)
    assert provider_module.CONFIGURATION_S <= 600
    assert keys.KEYS_S <= 300
    assert provider_cache.PAUSE_S <= 10


def test_configuration_and_keys_are_fetched_once(provider: FakeProvider) -> None:
    for _ in range(3):
        sign_in(Client(), provider)

    assert provider.requests == {CONFIGURATION: 1, "/keys": 1, "/token": 3, "/userinfo": 3}


def test_configuration_is_fetched_again_once_it_expired(provider: FakeProvider) -> None:
    start(Client())
    cache.delete(provider_cache.cache_key("configuration"))

    start(Client())

    assert provider.requests[CONFIGURATION] == 2


def test_configuration_that_does_not_fit_is_not_cached(provider: FakeProvider) -> None:
    provider.configuration = {"issuer": "https://other.example"}
    Client().post(SIGN_IN)
    provider.configuration = {}

    assert sign_in(Client(), provider).status_code == 302


def test_unknown_key_is_fetched_rarely(provider: FakeProvider) -> None:
    sign_in(Client(), provider)
    provider.sign = lambda claims: signed(claims, "unknown")

    assert [sign_in(Client(), provider).status_code for _ in range(3)] == [503, 503, 503]

    assert provider.requests["/keys"] == 2


def test_unknown_key_among_new_ones_is_not_fetched_again(provider: FakeProvider) -> None:
    provider.sign = lambda claims: signed(claims, "unknown")

    assert sign_in(Client(), provider).status_code == 503

    assert provider.requests["/keys"] == 1


def test_issuers_do_not_share_the_cache(provider: FakeProvider, settings: Settings) -> None:
    start(Client())

    settings.WESTER_ISSUER = f"{provider.issuer}/"

    assert Client().post(SIGN_IN).status_code == 503
    assert provider.requests[CONFIGURATION] == 2


def test_provider_that_fails_three_times_in_a_row_gets_no_requests(
    provider: FakeProvider, caplog: pytest.LogCaptureFixture
) -> None:
    waiting = Client()
    address = provider.authorize(start(waiting))
    provider.misbehaviours["/token"] = send(500, b"")
    for _ in range(provider_cache.FAILURES_TO_PAUSE):
        sign_in(Client(), provider)
    before = provider.requests.total()

    assert waiting.get(address).status_code == 503
    assert reason_of_refusal(caplog) == "pause"
    page = Client().post(SIGN_IN)

    assert (page.status_code, page["Retry-After"]) == (503, str(provider_cache.PAUSE_S))
    assert UNAVAILABLE in page.content.decode()
    assert provider.requests.total() == before


def test_provider_gets_requests_again_after_the_pause(provider: FakeProvider) -> None:
    provider.misbehaviours["/token"] = send(500, b"")
    for _ in range(provider_cache.FAILURES_TO_PAUSE):
        sign_in(Client(), provider)
    provider.misbehaviours.clear()

    cache.delete(provider_cache.cache_key("pause"))

    assert sign_in(Client(), provider).status_code == 302


def test_provider_that_fails_now_and_then_is_not_paused(provider: FakeProvider) -> None:
    for _ in range(provider_cache.FAILURES_TO_PAUSE):
        provider.misbehaviours["/token"] = send(500, b"")
        assert sign_in(Client(), provider).status_code == 503
        provider.misbehaviours.clear()
        assert sign_in(Client(), provider).status_code == 302


def test_visitors_cannot_pause_the_provider(provider: FakeProvider) -> None:
    for _ in range(2 * provider_cache.FAILURES_TO_PAUSE):
        attacker = Client()
        attacker.get(provider.authorize(start(attacker), code="made-up"))

    assert sign_in(Client(), provider).status_code == 302


def test_answers_that_are_slow_together_are_abandoned(
    client: Client, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = provider.authorize(start(client))
    provider.delays_s = dict.fromkeys(["/token", "/keys", "/userinfo"], 0.3)
    monkeypatch.setattr(provider_session, "TOTAL_S", 0.8)

    assert client.get(address).status_code == 503
    assert not is_signed_in(client)


def test_request_too_many_is_refused_at_once_and_is_no_failure(
    provider: FakeProvider, one_slot: BoundedSemaphore, caplog: pytest.LogCaptureFixture
) -> None:
    with one_slot:
        for _ in range(provider_cache.FAILURES_TO_PAUSE):
            assert Client().post(SIGN_IN).status_code == 503
            assert reason_of_refusal(caplog) == "max_requests"

    assert sign_in(Client(), provider).status_code == 302


@pytest.mark.usefixtures("provider")
def test_name_server_that_hangs_is_abandoned(
    one_slot: BoundedSemaphore, monkeypatch: pytest.MonkeyPatch, hurry: Callable[[], None]
) -> None:
    hurry()
    answered, connect = Event(), connection.create_connection

    def hang(*arguments: Any, **options: Any) -> Any:
        answered.wait(PATIENCE_S)
        return connect(*arguments, **options)

    monkeypatch.setattr(connection, "create_connection", hang)

    assert Client().post(SIGN_IN).status_code == 503
    assert not one_slot.acquire(blocking=False)

    answered.set()
    assert one_slot.acquire(timeout=PATIENCE_S)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(stall(PATIENCE_S), id="silence"),
        pytest.param(drip(*[b"HTTP/1.0 "] * 200, every_s=0.2), id="a line without end"),
    ],
)
def test_worker_of_an_answer_that_never_ends_is_freed(
    answer: Any,
    provider: FakeProvider,
    one_slot: BoundedSemaphore,
    hurry: Callable[[], None],
) -> None:
    provider.misbehaviours[CONFIGURATION] = answer
    hurry()

    Client().post(SIGN_IN)

    assert one_slot.acquire(timeout=PATIENCE_S / 2)


def test_sign_in_works_without_the_cache(provider: FakeProvider, settings: Settings) -> None:
    settings.CACHES = {
        **settings.CACHES,
        "default": {**settings.CACHES["default"], "LOCATION": "unix:///nowhere/valkey.sock"},
    }
    provider.keys = [jwk("other"), jwk("first")]

    assert [sign_in(Client(), provider).status_code for _ in range(2)] == [302, 302]

    assert provider.requests[CONFIGURATION] > 2


def test_sign_in_works_with_a_cache_that_stores_nothing(
    provider: FakeProvider, settings: Settings, refusing_redis: RedisServer
) -> None:
    settings.CACHES = {
        **settings.CACHES,
        "default": {**settings.CACHES["default"], "LOCATION": refusing_redis.url},
    }
    provider.keys = [jwk("other"), jwk("first")]

    assert [sign_in(Client(), provider).status_code for _ in range(2)] == [302, 302]

    provider.misbehaviours["/token"] = send(500, b"")
    assert sign_in(Client(), provider).status_code == 503
    assert provider.requests[CONFIGURATION] > 2


def test_provider_that_is_down_gets_requests_without_the_cache(
    provider: FakeProvider, settings: Settings
) -> None:
    settings.CACHES = {
        **settings.CACHES,
        "default": {**settings.CACHES["default"], "LOCATION": "unix:///nowhere/valkey.sock"},
    }
    provider.misbehaviours[CONFIGURATION] = send(500, b"")

    assert Client().post(SIGN_IN).status_code == 503

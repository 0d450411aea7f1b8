"""What is asked once and remembered, and how a provider that is down is left alone."""

from collections.abc import Callable
from threading import BoundedSemaphore, Event
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from config.redis import RedisServer
from entries.sign_in import discovery, memory, transport
from tests.entries.browsing import SIGN_IN, is_signed_in, sign_in, start
from tests.entries.fake_provider import FakeProvider, drip, hold, jwk, send, signed
from tests.entries.misbehaving import CONFIGURATION, UNAVAILABLE, reason_of_refusal

pytestmark = pytest.mark.django_db
PATIENCE_S = 30


@pytest.fixture
def one_place(monkeypatch: pytest.MonkeyPatch) -> BoundedSemaphore:
    """Let one question be asked at a time."""
    place = BoundedSemaphore(1)
    monkeypatch.setattr(transport, "PLACES", place)
    monkeypatch.setattr(transport, "WAIT_FOR_PLACE_S", 0)
    return place


def test_limits_are_those_promised() -> None:
    assert (transport.CONNECT_S, transport.READ_S, transport.TOTAL_S) == (2, 3, 6)
    assert discovery.CONFIGURATION_S <= 600
    assert discovery.KEYS_S <= 300
    assert memory.PAUSE_S <= 10


def test_configuration_and_keys_are_asked_once(provider: FakeProvider) -> None:
    for _ in range(3):
        sign_in(Client(), provider)

    assert provider.asked == {CONFIGURATION: 1, "/keys": 1, "/token": 3, "/userinfo": 3}


def test_configuration_is_asked_again_once_it_is_forgotten(provider: FakeProvider) -> None:
    start(Client())
    cache.delete(memory.key("configuration"))

    start(Client())

    assert provider.asked[CONFIGURATION] == 2


def test_configuration_that_does_not_fit_is_not_remembered(provider: FakeProvider) -> None:
    provider.configuration = {"issuer": "https://other.example"}
    Client().post(SIGN_IN)
    provider.configuration = {}

    assert sign_in(Client(), provider).status_code == 302


def test_unknown_key_is_asked_for_rarely(provider: FakeProvider) -> None:
    sign_in(Client(), provider)
    provider.sign = lambda claims: signed(claims, "unknown")

    assert [sign_in(Client(), provider).status_code for _ in range(3)] == [503, 503, 503]

    assert provider.asked["/keys"] == 2


def test_issuers_do_not_share_what_is_remembered(
    provider: FakeProvider, settings: Settings
) -> None:
    start(Client())

    settings.WESTER_ISSUER = f"{provider.issuer}/"

    assert Client().post(SIGN_IN).status_code == 503
    assert provider.asked[CONFIGURATION] == 2


def test_provider_that_fails_three_times_in_a_row_is_left_alone(
    provider: FakeProvider, caplog: pytest.LogCaptureFixture
) -> None:
    waiting = Client()
    address = provider.authorize(start(waiting))
    provider.misbehaviours["/token"] = send(500, b"")
    for _ in range(memory.FAILURES_TO_PAUSE):
        sign_in(Client(), provider)
    asked = provider.asked.total()

    assert waiting.get(address).status_code == 503
    assert reason_of_refusal(caplog) == "pause"
    page = Client().post(SIGN_IN)

    assert (page.status_code, page["Retry-After"]) == (503, str(memory.PAUSE_S))
    assert UNAVAILABLE in page.content.decode()
    assert provider.asked.total() == asked


def test_provider_is_asked_again_after_the_pause(provider: FakeProvider) -> None:
    provider.misbehaviours["/token"] = send(500, b"")
    for _ in range(memory.FAILURES_TO_PAUSE):
        sign_in(Client(), provider)
    provider.misbehaviours.clear()

    cache.delete(memory.key("pause"))

    assert sign_in(Client(), provider).status_code == 302


def test_provider_that_fails_now_and_then_is_not_left_alone(provider: FakeProvider) -> None:
    for _ in range(memory.FAILURES_TO_PAUSE):
        provider.misbehaviours["/token"] = send(500, b"")
        assert sign_in(Client(), provider).status_code == 503
        provider.misbehaviours.clear()
        assert sign_in(Client(), provider).status_code == 302


def test_nobody_can_have_the_provider_left_alone(provider: FakeProvider) -> None:
    for _ in range(2 * memory.FAILURES_TO_PAUSE):
        attacker = Client()
        attacker.get(provider.authorize(start(attacker), code="made-up"))

    assert sign_in(Client(), provider).status_code == 302


def test_answers_that_are_slow_together_are_given_up(
    client: Client, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = provider.authorize(start(client))
    provider.delays_s = dict.fromkeys(["/token", "/keys", "/userinfo"], 0.3)
    monkeypatch.setattr(transport, "TOTAL_S", 0.8)

    assert client.get(address).status_code == 503
    assert not is_signed_in(client)


def test_full_house_is_told_at_once_and_blames_nobody(
    provider: FakeProvider, one_place: BoundedSemaphore, caplog: pytest.LogCaptureFixture
) -> None:
    with one_place:
        for _ in range(memory.FAILURES_TO_PAUSE):
            assert Client().post(SIGN_IN).status_code == 503
            assert reason_of_refusal(caplog) == "no_place"

    assert sign_in(Client(), provider).status_code == 302


@pytest.mark.usefixtures("provider")
def test_name_server_that_hangs_is_given_up(
    one_place: BoundedSemaphore, monkeypatch: pytest.MonkeyPatch, hurry: Callable[[], None]
) -> None:
    hurry()
    answered, connect = Event(), transport.connect

    def hang(*arguments: Any) -> Any:
        answered.wait(PATIENCE_S)
        return connect(*arguments)

    monkeypatch.setattr(transport, "connect", hang)

    assert Client().post(SIGN_IN).status_code == 503
    assert not one_place.acquire(blocking=False)

    answered.set()
    assert one_place.acquire(timeout=PATIENCE_S)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(hold(PATIENCE_S), id="silence"),
        pytest.param(drip(*[b"HTTP/1.0 "] * 200, every_s=0.2), id="a line without end"),
    ],
)
def test_worker_of_an_answer_that_never_ends_is_set_free(
    answer: Any,
    provider: FakeProvider,
    one_place: BoundedSemaphore,
    hurry: Callable[[], None],
) -> None:
    provider.misbehaviours[CONFIGURATION] = answer
    hurry()

    Client().post(SIGN_IN)

    assert one_place.acquire(timeout=PATIENCE_S / 2)


def test_sign_in_works_without_the_cache(provider: FakeProvider, settings: Settings) -> None:
    settings.CACHES = {
        **settings.CACHES,
        "default": {**settings.CACHES["default"], "LOCATION": "unix:///nowhere/valkey.sock"},
    }
    provider.keys = [jwk("other"), jwk("first")]

    assert [sign_in(Client(), provider).status_code for _ in range(2)] == [302, 302]

    assert provider.asked[CONFIGURATION] > 2


def test_sign_in_works_with_a_cache_that_remembers_nothing(
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
    assert provider.asked[CONFIGURATION] > 2


def test_provider_that_is_down_is_asked_without_the_cache_too(
    provider: FakeProvider, settings: Settings
) -> None:
    settings.CACHES = {
        **settings.CACHES,
        "default": {**settings.CACHES["default"], "LOCATION": "unix:///nowhere/valkey.sock"},
    }
    provider.misbehaviours[CONFIGURATION] = send(500, b"")

    assert Client().post(SIGN_IN).status_code == 503

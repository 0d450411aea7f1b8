"""What is cached is JSON: a pickle that somebody wrote to Redis is never loaded."""

import pickle
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.cache.backends.redis import RedisSerializer
from redis import Redis

from config.json_cache import JsonSerializer
from tests.planting import Touch


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("text", id="text"),
        pytest.param({"a": [1, "あ", None, 1.5]}, id="an object"),
        pytest.param(True, id="yes"),
        pytest.param(0, id="zero"),
        pytest.param(-(2**60), id="a large number"),
    ],
)
def test_values_of_json_come_back(value: Any) -> None:
    name = uuid4().hex

    cache.set(name, value, 60)

    assert cache.get(name) == value
    assert type(cache.get(name)) is type(value)
    assert cache.get_many([name]) == {name: value}


def test_numbers_are_counted_by_redis() -> None:
    name = uuid4().hex
    assert cache.add(name, 0, 60)
    assert not cache.add(name, 7, 60)

    assert [cache.incr(name), cache.incr(name, 5)] == [1, 6]


@pytest.mark.parametrize("value", [b"bytes", {1, 2}, object()], ids=["bytes", "a set", "an object"])
def test_other_values_are_refused(value: object) -> None:
    with pytest.raises(TypeError):
        cache.set(uuid4().hex, value, 60)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_planted_pickle_is_never_loaded(protocol: int, tmp_path: Path, settings: Any) -> None:
    name, marker = uuid4().hex, tmp_path / "it ran"
    planted = pickle.dumps(Touch(marker), protocol)
    RedisSerializer().loads(planted)
    assert marker.exists()  # what Django's own format does
    marker.unlink()
    with Redis.from_url(settings.REDIS_URL) as server:
        server.set(cache.make_key(name), planted, ex=60)

    assert cache.get(name) is None
    assert cache.get_many([name]) == {name: None}
    assert not marker.exists()


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="half an object"),
        pytest.param(b"\xff\xfe", id="no text"),
        pytest.param(b"[" * 100_000, id="depth without end"),
        pytest.param(b"9" * 5000, id="a number without end"),
    ],
)
def test_what_is_not_json_counts_as_not_cached(stored: bytes) -> None:
    assert JsonSerializer().loads(stored) is None

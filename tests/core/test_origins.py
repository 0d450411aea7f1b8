"""Origins are compared as browsers do: scheme, host and port."""

import pytest

from core.origins import origin_of


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        pytest.param("https://a.jp/login?x=1#y", "https://a.jp", id="without path and query"),
        pytest.param("http://127.0.0.1:8001", "http://127.0.0.1:8001", id="with its port"),
        pytest.param("", "://", id="no address, which is no origin"),
    ],
)
def test_origin_of(address: str, origin: str) -> None:
    assert origin_of(address) == origin

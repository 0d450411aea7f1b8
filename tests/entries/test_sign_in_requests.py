"""What a request to the provider carries and follows: nothing but what we send."""

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from entries.sign_in import provider_session
from tests.entries.browsing import SIGN_IN, sign_in, start
from tests.entries.fake_provider import FakeProvider, send
from tests.entries.misbehaving import CONFIGURATION, reason_of_refusal

pytestmark = pytest.mark.django_db


@contextmanager
def seen_headers(provider: FakeProvider, path: str) -> Iterator[list[dict[str, str]]]:
    """Collect the headers of requests for a path, which are answered as ever."""
    seen: list[dict[str, str]] = []
    answer = provider.answer

    def look(handler: BaseHTTPRequestHandler) -> None:
        if handler.path.endswith(path):
            seen.append(dict(handler.headers))
        answer(handler)

    provider.answer = look  # type: ignore[method-assign]
    yield seen


def document(provider: FakeProvider) -> bytes:
    _, found = provider.discovery(None)  # type: ignore[arg-type]
    return json.dumps(found).encode()


def test_redirect_is_not_followed(provider: FakeProvider, caplog: pytest.LogCaptureFixture) -> None:
    provider.misbehaviours["/moved"] = send(200, document(provider))
    provider.misbehaviours[CONFIGURATION] = send(302, b"", Location=f"{provider.issuer}/moved")

    assert Client().post(SIGN_IN).status_code == 503

    assert reason_of_refusal(caplog) == "ValueError"
    assert not provider.requests["/moved"]


def test_cookie_of_the_provider_is_not_sent_back(provider: FakeProvider) -> None:
    provider.misbehaviours[CONFIGURATION] = send(
        200, document(provider), **{"Set-Cookie": "a=b; Path=/"}
    )

    with seen_headers(provider, "/userinfo") as seen:
        assert sign_in(Client(), provider).status_code == 302

    assert [headers for headers in seen if "Cookie" in headers] == []
    assert len(seen) == 1


def test_proxy_and_password_of_the_environment_are_not_used(
    provider: FakeProvider, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password other\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    with seen_headers(provider, "/userinfo") as seen:
        assert sign_in(Client(), provider).status_code == 302

    assert [headers["Authorization"] for headers in seen] == ["Bearer an-access-token"]


def test_compressed_answer_is_not_unpacked(provider: FakeProvider) -> None:
    client, packed = Client(), gzip.compress(document(provider))
    provider.misbehaviours[CONFIGURATION] = send(200, packed, **{"Content-Encoding": "gzip"})

    assert client.post(SIGN_IN).status_code == 503


@pytest.mark.parametrize("content_type", ["text/html", "application/json; charset=utf-16", ""])
def test_answer_is_json_whatever_it_is_called(content_type: str, provider: FakeProvider) -> None:
    answer = send(200, document(provider), **{"Content-Type": content_type})
    provider.misbehaviours[CONFIGURATION] = answer

    assert sign_in(Client(), provider).status_code == 302


def test_one_deadline_covers_all_requests_of_a_page(
    provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    deadlines: list[float] = []
    read_answer = provider_session.read_answer

    def look(request: Any, deadline: float) -> Any:
        deadlines.append(deadline)
        return read_answer(request, deadline)

    client = Client()
    address = provider.authorize(start(client))
    monkeypatch.setattr(provider_session, "read_answer", look)

    assert client.get(address).status_code == 302

    assert len(deadlines) == 3  # the token, the keys, the userinfo
    assert len(set(deadlines)) == 1

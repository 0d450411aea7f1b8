"""One address of Redis means the same to the cache, to the broker and to who asks for readiness."""

import asyncio
import json
import ssl
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from celery import Celery
from django.conf import settings
from environs import EnvError
from kombu.transport.redis import Transport
from redis import SSLConnection
from redis.connection import parse_url

from config.redis import RedisServer, parse_redis, read_redis
from tests.certificates import write_certificate
from tests.outside import NOBODY_LISTENS, run_python

VERIFIED = {"ssl_cert_reqs": "required", "ssl_check_hostname": True}
USE = """
import json, os
os.environ["DJANGO_SETTINGS_MODULE"] = "dev.settings"
import django
django.setup()
from django.core.cache import cache
from config import health
from config.celery import app

def worked(use):
    try:
        use()
    except Exception as failure:
        return type(failure).__name__
    return True

print(json.dumps({
    "cache": worked(lambda: cache.set("a", 1, 5)),
    "broker": worked(lambda: app.connection().ensure_connection(max_retries=1)),
    "readiness": health.works(health.broker_accepts_writes),
}))
"""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_certificate(tmp_path_factory.mktemp("tls") / "certificate.pem")


@pytest.fixture(scope="module")
def address(certificate: Path) -> Iterator[str]:
    """Give the address of the tests' own Redis behind TLS; what follows are its options."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    start = asyncio.start_server(pass_on, "127.0.0.1", 0, ssl=context)
    server = asyncio.run_coroutine_threadsafe(start, loop).result()
    yield f"rediss://127.0.0.1:{server.sockets[0].getsockname()[1]}/0"
    loop.call_soon_threadsafe(server.close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


async def pass_on(near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
    """Take the TLS off a connection and pass the rest on."""
    known = parse_url(settings.REDIS_URL)
    if "path" in known:
        far, forth = await asyncio.open_unix_connection(known["path"])
    else:
        far, forth = await asyncio.open_connection(known["host"], known.get("port", 6379))
    await asyncio.gather(copy(near, forth), copy(far, back), return_exceptions=True)


async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while block := await source.read(65536):
            target.write(block)
            await target.drain()
    finally:
        target.close()


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param(
            "",
            {"cache": "ConnectionError", "broker": "OperationalError", "readiness": False},
            id="whom nobody vouches for, by default",
        ),
        pytest.param(
            "?ssl_ca_certs={certificate}",
            {"cache": True, "broker": True, "readiness": True},
            id="whom the address vouches for",
        ),
        pytest.param(
            "?ssl_cert_reqs=CERT_NONE",
            {"cache": True, "broker": True, "readiness": True},
            id="anybody, as the address says",
        ),
    ],
)
def test_cache_broker_and_readiness_trust_the_same_server(
    address: str, certificate: Path, options: str, expected: dict[str, Any]
) -> None:
    given = {**NOBODY_LISTENS, "REDIS_URL": address + options.format(certificate=certificate)}

    done = run_python("-W", "ignore", "-c", USE, **given)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == expected


@pytest.mark.parametrize(
    ("options", "tls"),
    [
        pytest.param("", VERIFIED, id="nothing said"),
        pytest.param("?ssl_cert_reqs=", VERIFIED, id="left empty"),
        pytest.param("?ssl_cert_reqs=required", VERIFIED, id="as redis-py spells it"),
        pytest.param("?ssl_cert_reqs=CERT_REQUIRED", VERIFIED, id="as Celery spells it"),
        pytest.param(
            "?ssl_cert_reqs=required&ssl_cert_reqs=none", VERIFIED, id="said twice: the first"
        ),
        pytest.param("?ssl_cert_reqs=none", {**VERIFIED, "ssl_cert_reqs": "none"}, id="none"),
        pytest.param("?ssl_cert_reqs=CERT_NONE", {**VERIFIED, "ssl_cert_reqs": "none"}, id="NONE"),
        pytest.param(
            "?ssl_check_hostname=false",
            {**VERIFIED, "ssl_check_hostname": False},
            id="any name",
        ),
        pytest.param("?db=3&ssl_ca_path=/", {**VERIFIED, "ssl_ca_path": "/"}, id="own authorities"),
    ],
)
def test_options_of_tls_reach_redis_and_celery_alike(options: str, tls: dict[str, Any]) -> None:
    server = parse_redis(f"rediss://redis.example{options}")
    of_redis = {k: v for k, v in parse_url(server.url).items() if k.startswith("ssl_")}

    assert server.tls == tls == {**VERIFIED, **of_redis}
    assert connect(server)["connection_class"] is SSLConnection
    assert {k: v for k, v in connect(server).items() if k.startswith("ssl_")} == tls


def connect(server: RedisServer) -> dict[str, Any]:
    """Return what Celery's own connection would be made of; nobody is connected to."""
    app = Celery(broker=server.broker_url, broker_use_ssl=server.tls, set_as_current=False)
    channel: Any = object.__new__(Transport.Channel)
    channel.connection = Transport(app.connection())
    parameters: dict[str, Any] = channel._connparams()
    return parameters


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        pytest.param("redis://h", {"host": "h", "port": 6379, "db": 0}, id="a host alone"),
        pytest.param("redis://h:1/3", {"host": "h", "port": 1, "db": 3}, id="port and database"),
        pytest.param("redis://h/3?db=4", {"host": "h", "db": 4}, id="database as an option"),
        pytest.param("redis://[::1]:2/", {"host": "::1", "port": 2, "db": 0}, id="IPv6"),
        pytest.param(
            "rediss://:p%3B%40%2F%25w@h/1",
            {"host": "h", "password": "p;@/%w", "db": 1},
            id="a password of signs",
        ),
        pytest.param(
            "redis://me:p;w@h",
            {"host": "h", "username": "me", "password": "p;w"},
            id="a name and a password with a semicolon",
        ),
        pytest.param("unix:///a%20b/x.sock", {"path": "/a b/x.sock", "db": 0}, id="a socket"),
        pytest.param(
            "unix://:p%40w@/x.sock?db=2",
            {"path": "/x.sock", "password": "p@w", "db": 2},
            id="a socket with password and database",
        ),
        pytest.param(
            "unix:///x.sock?username=me&password=p",
            {"username": "me", "password": "p"},
            id="a socket with both as options",
        ),
    ],
)
def test_redis_and_celery_read_one_address_alike(address: str, expected: dict[str, Any]) -> None:
    server = parse_redis(address)
    of_redis = {"port": 6379, "db": 0, **parse_url(server.url)}
    of_celery = connect(server)

    for name, value in expected.items():
        assert of_redis[name] == of_celery[name] == value


def test_a_password_is_never_shown() -> None:
    for address in ("redis://me:hidden@h", "unix://me:hidden@/x.sock", "unix:///x?password=hidden"):
        server = parse_redis(address)

        assert "hidden" not in repr(server)
        app = Celery(broker=server.broker_url, set_as_current=False)
        assert "hidden" not in app.connection().as_uri()


def test_a_refusal_names_the_variable_and_what_may_be_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REDIS_URL", "rediss://h?ssl_ca_certs=/nowhere.pem")

    with pytest.raises(EnvError) as refused:
        read_redis("REDIS_URL")

    assert str(refused.value) == (
        'Environment variable "REDIS_URL" names a file by ssl_ca_certs that is not there.'
    )

"""Read REDIS_URL for all that use the server: the cache, the broker and readiness."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from redis import RedisError, SSLConnection
from redis.connection import parse_url

from config.env import env, unfit

# Seconds to wait for an answer: a page goes on without the cache, a worker has time.
CACHE_TIMEOUTS = {"socket_timeout": 1, "socket_connect_timeout": 1}
BROKER_TIMEOUTS = {"socket_timeout": 5, "socket_connect_timeout": 5}
VERIFIED = {"ssl_cert_reqs": "required", "ssl_check_hostname": True}
FILES = ("ssl_ca_certs", "ssl_ca_path", "ssl_certfile", "ssl_keyfile")
PLAIN = {"connection_class", "db", "host", "password", "path", "port", "username"}


class Unfit(ValueError):
    """An address breaks a rule, which the message states."""


@dataclass(frozen=True)
class RedisServer:
    """One server, as redis-py (``url``) and as Celery (``broker_url``, ``tls``) name it."""

    url: str = field(repr=False)
    broker_url: str = field(repr=False)
    tls: dict[str, Any] = field(repr=False)  # empty without TLS


def read_redis(name: str) -> RedisServer | None:
    """Read the secret address of a Redis server; None where it is not set."""
    if not (address := env.secret(name)):
        return None
    try:
        return parse_redis(address)
    except Unfit as rule:
        raise unfit(name, str(rule)) from None


def parse_redis(address: str) -> RedisServer:
    """Return the server of an address: ``redis://``, ``rediss://`` (with TLS) or ``unix://``.

    The server's certificate is verified unless the address says ``ssl_cert_reqs=none``.

    Raises:
        Unfit: it is not such an address.
    """
    url = normalize_options(address)
    try:
        known: dict[str, Any] = parse_url(url)  # type: ignore[no-untyped-call]
        is_complete = bool(known.get("host") or known.get("path")) and urlsplit(url).port != 0
    except ValueError:
        is_complete = False
    if not is_complete:
        raise Unfit("must be a redis://, rediss:// or unix:// URL")
    return RedisServer(url=url, broker_url=broker_url(url, known), tls=read_tls(url, known))


def normalize_options(address: str) -> str:
    """Return an address whose ``ssl_cert_reqs`` is as redis-py spells it (Celery: CERT_NONE)."""
    plain, mark, query = address.partition("?")
    options = dict(reversed(parse_qsl(query)))  # redis-py takes the first of two
    if "ssl_cert_reqs" in options:
        options["ssl_cert_reqs"] = options["ssl_cert_reqs"].lower().removeprefix("cert_")
    return f"{plain}{mark}{urlencode(options)}"


def broker_url(url: str, known: dict[str, Any]) -> str:
    """Return Celery's address of the server, which has no options of TLS."""
    parts = urlsplit(url)
    database = known.get("db", 0)
    if database < 0 or ("path" not in known and parts.path.strip("/") and "db" not in known):
        raise Unfit("must name its database by a number, like redis://host:6379/0")
    login = ""
    if "password" in known:
        username, password = known.get("username", ""), known["password"]
        login = f"{quote(username, safe='')}:{quote(password, safe='')}@"
    if "path" in known:
        return f"redis+socket://{login}{quote(known['path'])}?virtual_host={database}"
    host = f"[{known['host']}]" if ":" in known["host"] else known["host"]
    return f"{parts.scheme}://{login}{host}:{known.get('port', 6379)}/{database}"


def read_tls(url: str, known: dict[str, Any]) -> dict[str, Any]:
    """Return the options of TLS; by default the certificate is verified."""
    given = {option: value for option, value in known.items() if option not in PLAIN}
    is_private = urlsplit(url).scheme == "rediss"
    try:
        SSLConnection(**given)
        is_known = all(option.startswith("ssl_") for option in given)
    except (RedisError, TypeError):
        is_known = False
    if given and not (is_known and is_private):
        raise Unfit(
            "takes the options db, username and password and, with rediss://, those of TLS, "
            "such as ssl_cert_reqs (required or none) and ssl_ca_certs (a file)"
        )
    for option in FILES:
        if option in given and not Path(given[option]).exists():
            raise Unfit(f"names a file by {option} that is not there")
    return VERIFIED | given if is_private else {}

"""Read the environment; a bad value stops the program with one sentence that names it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from django.http.request import split_domain_port
from django.utils.crypto import get_random_string
from environs import Env, EnvValidationError

from bookings.atomic_files import PRIVATE, write_atomically

env = Env()
ROOT = Path(__file__).resolve().parent.parent
LARGEST_PORT = 65535


@dataclass(frozen=True)
class MovedClock:
    """A clock other than the machine's: it stands at ``instant``, or runs on from there."""

    instant: datetime
    runs: bool


def switch(name: str, *, default: bool = False) -> bool:
    """Read yes or no; empty counts as not set, as compose files leave it."""
    return env.bool(name) if env.str(name, "") else default


def port(name: str, *, default: int) -> int:
    """Read the number of a port."""
    text = env.str(name, "") or str(default)
    is_number = text.isascii() and text.isdecimal()
    if not (is_number and 0 < int(text) <= LARGEST_PORT):
        raise unfit(name, f"must be a whole number from 1 to {LARGEST_PORT}")
    return int(text)


def count(name: str, *, default: int) -> int:
    """Read a number from 1 on."""
    if (number := env.int(name) if env.str(name, "") else default) < 1:
        raise unfit(name, "must be 1 or more")
    return number


def optional_count(name: str) -> int | None:
    """Read a number from 1 on; None where the variable is empty or missing."""
    return count(name, default=1) if env.str(name, "") else None


def log_level(name: str) -> str:
    """Read the least level that is logged; INFO where the variable is empty or missing."""
    level = env.str(name, "").upper() or "INFO"
    if level not in logging.getLevelNamesMapping():
        raise unfit(name, "must be DEBUG, INFO, WARNING, ERROR or CRITICAL")
    return level


def database(name: str) -> dict[str, Any] | None:
    """Read a PostgreSQL address; None where the variable is empty or missing."""
    if not (text := env.str(name, "")):
        return None
    try:
        address = parse_database(text)
    except ValueError:
        address = {}
    if address.get("ENGINE") != "django.db.backends.postgresql" or not address["NAME"]:
        raise unfit(name, "must be a URL like postgresql://user:password@host:port/database")
    return address


def parse_database(url: str) -> dict[str, Any]:
    """Return Django's form of a database address."""
    return dict(dj_database_url.parse(url))


def web_address(name: str) -> str:
    """Read the address of a web site, kept as it is written; empty where it is not set."""
    text = env.str(name, "")
    if text and not is_web_address(text):
        raise unfit(name, "must be a URL like https://id.example.jp, without a query")
    return text


def relays(name: str, *, default: list[str]) -> list[str]:
    """Read the addresses of relays, parted by commas, without a slash at their ends.

    Whoever listens on the way may read what they say, but not change it unnoticed; only this
    machine itself is asked without TLS.
    """
    given = [text.strip().rstrip("/") for text in env.str(name, "").split(",")]
    found = [text for text in given if text] or default
    for text in found:
        near = is_web_address(text) and urlsplit(text).hostname in ("127.0.0.1", "::1")
        if not (near or (is_web_address(text) and text.startswith("https://"))):
            raise unfit(name, "must be https:// URLs, parted by commas")
    return found


def hosts(name: str, *, default: list[str]) -> list[str]:
    """Read the names that the site answers to, parted by commas, in Django's form.

    Django compares names alone, so a port is left out: with one, a name would match no request.
    """
    given = [text.strip() for text in env.str(name, "").split(",")]
    found = [text if text == "*" else split_domain_port(text)[0] for text in given if text]
    if not all(found):
        raise unfit(
            name, "must be names of hosts, parted by commas, like campaign.example.jp or [::1]"
        )
    return found or default


def is_web_address(text: str) -> bool:
    """Say whether this is the address of a web site or a folder of it, without a query."""
    try:
        parts = urlsplit(text)
        fits = bool(parts.hostname) and parts.scheme in ("http", "https") and parts.port != 0
    except ValueError:
        fits = False
    return fits and text == f"{parts.scheme}://{parts.netloc}{parts.path}"


def moved_clock(name: str) -> MovedClock | None:
    """Read ``<instant>`` (stands still) or ``from:<instant>`` (runs on); None where not set."""
    text = env.str(name, "")
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(text.removeprefix("from:"))
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise unfit(
            name,
            "must be an instant with its offset, like 2024-12-10T12:00:00+09:00, "
            "alone or after from:",
        )
    return MovedClock(instant, runs=text.startswith("from:"))


def unfit(name: str, rule: str) -> EnvValidationError:
    """Name the variable and its rule; never the value, for it may be a secret."""
    return EnvValidationError(f'Environment variable "{name}" {rule}.', [])


def state_folder() -> Path:
    """Return the folder of everything that this checkout makes and keeps for itself.

    A relative one starts at the checkout, whichever folder a command is called from.
    """
    return (ROOT / (env.str("LOCAL_STATE_DIR", "") or ".local")).resolve()


def local_secret(file: Path) -> str:
    """Return this folder's own secret, made at first use: no secret stands in the repository."""
    return local_file(file, lambda: get_random_string(64))


def local_file(file: Path, make: Callable[[], str]) -> str:
    """Return the text of a file of this checkout's own; where there is none, it is made, once."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not file.exists():
            write_atomically(file, [make().encode()], mode=PRIVATE, replace=False)
        return file.read_text("utf-8")
    except OSError as failure:
        raise unfit(
            "LOCAL_STATE_DIR", f"must name a folder that can be written ({failure.strerror})"
        ) from failure

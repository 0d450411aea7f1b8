"""Read the environment; a bad value ends the program with one sentence that names its variable."""

import logging
import sys
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

from core.atomic_files import PRIVATE, write_atomically

ROOT = Path(__file__).resolve().parent.parent
MAX_PORT = 65535


@dataclass(frozen=True)
class MovedClock:
    """A clock other than the machine's: it stands at ``instant``, or runs on from there."""

    instant: datetime
    runs: bool


class Environment(Env):
    """The environment's variables by type; an empty one is not set, as compose files leave it."""

    def _get_value(self, env_key: str, default: Any) -> Any:
        """Return the text of a variable, or the default."""
        return super()._get_value(env_key, default) or default

    def switch(self, name: str, *, default: bool = False) -> bool:
        """Read yes or no."""
        try:
            return self.bool(name, default)
        except EnvValidationError:
            raise unfit(name, "must be 1 or 0") from None

    def count(self, name: str, *, default: int, maximum: int = sys.maxsize) -> int:
        """Read a whole number from 1 on."""
        text = self.str(name, str(default))
        if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= maximum):
            limits = "of 1 or more" if maximum == sys.maxsize else f"from 1 to {maximum}"
            raise unfit(name, f"must be a whole number {limits}")
        return int(text)

    def optional_count(self, name: str) -> int | None:
        """Read a whole number from 1 on; None where the variable is not set."""
        return self.count(name, default=1) if self.str(name, "") else None

    def port(self, name: str, *, default: int) -> int:
        """Read the number of a port."""
        return self.count(name, default=default, maximum=MAX_PORT)

    def level(self, name: str) -> str:
        """Read the minimum level that is logged."""
        level = self.str(name, "INFO").upper()
        if level not in logging.getLevelNamesMapping():
            raise unfit(name, "must be DEBUG, INFO, WARNING, ERROR or CRITICAL")
        return level

    def secret(self, name: str) -> str:
        """Read a variable, or the file that ``NAME_FILE`` names; empty where neither is set.

        One newline at the end of the file is not part of the secret. (environs' FileAwareEnv would
        prefer the file where both are set, and accept an empty one.)
        """
        variable = f"{name}_FILE"
        text, path = self.str(name, ""), self.str(variable, "")
        if not path:
            return text
        if text:
            raise unfit(name, f"and {variable} are both set: unset one of them")
        try:
            text = Path(path).read_text("utf-8").removesuffix("\n")
        except (OSError, UnicodeDecodeError):
            text = ""
        if not text:
            raise unfit(variable, "must name a file that can be read and is not empty") from None
        return text

    def secrets(self, name: str) -> list[str]:
        """Read a secret that changes with an overlap: the current one, then former ones.

        Each stands on a line of its own. An empty list where it is not set.
        """
        text = self.secret(name)
        lines = text.split("\n") if text else []
        if not all(lines):
            raise unfit(name, "must have no empty line: the current secret, then former ones")
        return lines

    def database(self, name: str) -> dict[str, Any] | None:
        """Read the secret address of a PostgreSQL database; None where it is not set."""
        if not (text := self.secret(name)):
            return None
        try:
            address = dict(dj_database_url.parse(text))
        except ValueError:
            address = {}
        if address.get("ENGINE") != "django.db.backends.postgresql" or not address["NAME"]:
            raise unfit(name, "must be a URL like postgresql://user:password@host:port/database")
        return address

    def web_address(self, name: str) -> str:
        """Read the address of a web site exactly as it is written; empty where it is not set."""
        text = self.str(name, "")
        if text and not is_web_address(text):
            raise unfit(name, "must be a URL like https://id.example.jp, without a query")
        return text

    def relays(self, name: str, *, default: list[str]) -> list[str]:
        """Read the addresses of relays, separated by commas, without a slash at their ends.

        Without TLS an attacker on the way could change an answer; only this machine itself is
        reached without it.
        """
        given = [text.strip().rstrip("/") for text in self.str(name, "").split(",")]
        found = [text for text in given if text] or default
        for text in found:
            near = is_web_address(text) and urlsplit(text).hostname in ("127.0.0.1", "::1")
            if not (near or (is_web_address(text) and text.startswith("https://"))):
                raise unfit(name, "must be https:// URLs, separated by commas")
        return found

    def hosts(self, name: str, *, default: list[str]) -> list[str]:
        """Read the names that the site answers to, separated by commas, in Django's form.

        Django compares names without ports, so a name with a port would match no request.
        """
        given = [text.strip() for text in self.str(name, "").split(",")]
        found = [text if text == "*" else split_domain_port(text)[0] for text in given if text]
        if not all(found):
            raise unfit(
                name,
                "must be names of hosts, separated by commas, like campaign.example.jp or [::1]",
            )
        return found or default

    def moved_clock(self, name: str) -> MovedClock | None:
        """Read ``<instant>`` (stands still) or ``from:<instant>`` (runs on)."""
        if not (text := self.str(name, "")):
            return None
        try:
            instant = datetime.fromisoformat(text.removeprefix("from:"))
        except ValueError:
            instant = None
        if instant is None or instant.tzinfo is None:
            raise unfit(
                name,
                "must be an instant with its offset, like 2024-12-10T12:00:00+09:00, "
                "with or without from: before it",
            )
        return MovedClock(instant, runs=text.startswith("from:"))


env = Environment()


def is_web_address(text: str) -> bool:
    """Return whether this is the address of a web site or a folder of it, without a query."""
    try:
        parts = urlsplit(text)
        fits = bool(parts.hostname) and parts.scheme in ("http", "https") and parts.port != 0
    except ValueError:
        fits = False
    return fits and text == f"{parts.scheme}://{parts.netloc}{parts.path}"


def unfit(name: str, rule: str) -> EnvValidationError:
    """Return an error with the variable and its rule, never the value: it may be a secret."""
    return EnvValidationError(f'Environment variable "{name}" {rule}.', [])


def state_folder() -> Path:
    """Return the folder of everything that this checkout creates for itself.

    A relative path starts at the checkout, whichever folder a command is called from.
    """
    return (ROOT / env.str("LOCAL_STATE_DIR", ".local")).resolve()


def local_secret(file: Path) -> str:
    """Return this folder's own secret, created at first use: the repository contains none."""
    return local_file(file, lambda: get_random_string(64))


def local_file(file: Path, make: Callable[[], str]) -> str:
    """Return the text of a file of this checkout, created once where it is missing."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not file.exists():
            write_atomically(file, [make().encode()], mode=PRIVATE, replace=False)
        return file.read_text("utf-8")
    except OSError as failure:
        raise unfit(
            "LOCAL_STATE_DIR", f"must name a folder that can be written ({failure.strerror})"
        ) from failure

"""Read the environment; a bad value stops the program with one sentence that names it."""

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import dj_database_url
from django.utils.crypto import get_random_string
from environs import Env, EnvValidationError

env = Env()
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class MovedClock:
    """A clock other than the machine's: it stands at ``instant``, or runs on from there."""

    instant: datetime
    runs: bool


def database(name: str) -> dict[str, Any] | None:
    """Read a PostgreSQL address; None where the variable is empty or missing."""
    if not (text := env.str(name, "")):
        return None
    address = parse_database(text)
    if address["ENGINE"] != "django.db.backends.postgresql":
        raise EnvValidationError(f'Environment variable "{name}" must be a postgresql:// URL', [])
    return address


def parse_database(url: str) -> dict[str, Any]:
    """Return Django's form of a database address."""
    try:
        return dict(dj_database_url.parse(url))
    except (dj_database_url.ParseError, ValueError) as failure:
        raise EnvValidationError(
            'Environment variable "DATABASE_URL" is not a URL', []
        ) from failure


def redis(name: str) -> str | None:
    """Read a Redis address; None where the variable is empty or missing."""
    address = env.str(name, "")
    if address and not address.startswith(("redis://", "rediss://", "unix://")):
        raise EnvValidationError(
            f'Environment variable "{name}" must be a redis://, rediss:// or unix:// URL', []
        )
    return address or None


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
        raise EnvValidationError(
            f'Environment variable "{name}" must be an instant with its offset, like '
            "2024-12-10T12:00:00+09:00, alone or after from:",
            [],
        )
    return MovedClock(instant, runs=text.startswith("from:"))


def state_folder() -> Path:
    """Return the folder of everything that this checkout makes and keeps for itself."""
    return Path(env.str("LOCAL_STATE_DIR", "") or ROOT / ".local").absolute()


def local_secret(file: Path) -> str:
    """Return this folder's own secret, made at first use: no secret stands in the repository."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not file.exists():
        with NamedTemporaryFile("w", dir=file.parent) as draft:
            draft.write(get_random_string(64))
            draft.flush()
            with suppress(FileExistsError):  # another command made it in the same moment
                os.link(draft.name, file)
    return file.read_text()

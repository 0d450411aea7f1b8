"""Write new secrets for docker-compose.yml: ``python3 config/new_secrets.py FOLDER``.

It runs on a host without our packages, so it imports only the standard library.
"""

import hashlib
import os
import secrets
import sys
from pathlib import Path

# What the program may do in Redis: everything with keys and messages, nothing with the server.
REDIS_RULES = "~* &* +@all -@admin -@dangerous"
FOLDER_MODE, FILE_MODE = 0o700, 0o444
FROM_WESTER = "wester_client_secret"


def main(words: list[str]) -> int:
    """Write every secret that the folder lacks; return the exit code."""
    if len(words) != 1:
        print("usage: python3 config/new_secrets.py FOLDER", file=sys.stderr)
        return 2
    folder = Path(words[0])
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        written = write_missing(folder)
    except OSError as failure:
        print(f"{folder}: {failure.strerror}.", file=sys.stderr)
        return 1
    print(f"Wrote {', '.join(written) or 'nothing: each secret is there'}.")
    if not (folder / FROM_WESTER).exists():
        print(f"Now write the client secret that WESTER issued to {folder / FROM_WESTER}.")
    return 0


def write_missing(folder: Path) -> list[str]:
    """Write the files that are not there; return their names.

    Files that belong together, such as a password and the address that contains it, are written
    together: where one of them is there, none is changed.
    """
    written = []
    for made in (new_keys(), new_database(), new_redis()):
        alone = made if made.keys() & {"secret_key"} else None
        if alone is None and any((folder / name).exists() for name in made):
            continue
        for name, text in made.items():
            if not (folder / name).exists():
                write(folder / name, text)
                written.append(name)
    return written


def new_keys() -> dict[str, str]:
    """Return secrets that stand by themselves."""
    return {
        "secret_key": secrets.token_urlsafe(64),
        "draw_key": secrets.token_hex(32),
        "draw_signing_key": secrets.token_hex(32),
        "erasure_key": secrets.token_hex(32),
        "metrics_token": secrets.token_urlsafe(32),
    }


def new_database() -> dict[str, str]:
    """Return the superuser's password, and the addresses of the owner and of the application."""
    place = "@postgres:5432/dodonto?connect_timeout=5"
    return {
        "postgres_password": secrets.token_hex(32),
        "database_owner_url": f"postgresql://dodonto_owner:{secrets.token_hex(32)}{place}",
        "database_url": f"postgresql://dodonto_app:{secrets.token_hex(32)}{place}",
    }


def new_redis() -> dict[str, str]:
    """Return the address of Redis, and the users that Redis knows: it stores only a hash."""
    password = secrets.token_hex(32)
    known = hashlib.sha256(password.encode()).hexdigest()
    users = [
        "user default off",
        f"user dodonto on #{known} {REDIS_RULES}",
        "user health on nopass ~healthy +set",
    ]
    return {
        "redis_url": f"redis://dodonto:{password}@redis:6379/0",
        "redis_users": "\n".join(users),
    }


def write(path: Path, text: str) -> None:
    """Write a file that is not there yet."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(f"{text}\n")
    path.chmod(FILE_MODE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Start and stop what this project runs for itself."""

from pathlib import Path

from dev.embedded import postgres, valkey
from dev.embedded.places import Places


def ensure_running(state: Path, *, database: bool, broker: bool) -> None:
    """Have the wanted servers running, whichever process asks first.

    Raises:
        ServiceFailed: one of them cannot be started; the message says what to do.
    """
    places = Places(state)
    wanted = [
        service for service, is_wanted in ((postgres, database), (valkey, broker)) if is_wanted
    ]
    if all(service.answers(places) for service in wanted):
        return
    with places.locked():
        for service in wanted:
            if not service.answers(places):
                service.ensure_running(places)


def stop(state: Path) -> list[str]:
    """Stop every server of this folder; return the names of those that were running."""
    places = Places(state)
    with places.locked():
        running = {"Valkey": valkey.stop(places), "PostgreSQL": postgres.stop(places)}
    return [name for name, was_running in running.items() if was_running]

"""Start and stop the embedded servers."""

from pathlib import Path

from dev.embedded import postgres, valkey
from dev.embedded.state_folder import StateFolder


def ensure_running(state: Path, *, database: bool, broker: bool) -> None:
    """Start the wanted servers that do not run yet.

    Raises:
        ServiceFailed: one of them cannot be started; the message says what to do.
    """
    folder = StateFolder(state)
    wanted = [
        service for service, is_wanted in ((postgres, database), (valkey, broker)) if is_wanted
    ]
    if all(service.answers(folder) for service in wanted):
        return
    with folder.lock():
        for service in wanted:
            if not service.answers(folder):
                service.ensure_running(folder)


def stop(state: Path) -> list[str]:
    """Stop every server of this folder; return the names of those that were running."""
    folder = StateFolder(state)
    with folder.lock():
        running = {"Valkey": valkey.stop(folder), "PostgreSQL": postgres.stop(folder)}
    return [name for name, was_running in running.items() if was_running]

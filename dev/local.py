"""The embedded servers, used where the environment names no others."""

import os

from config.env import env, state_folder
from dev.embedded import services
from dev.embedded.state_folder import StateFolder


def name_servers() -> None:
    """Set the addresses of our own servers where they are empty or missing.

    The owner of our database is no help with another one.
    """
    folder = StateFolder(state_folder())
    for variable, address in our_addresses(folder).items():
        if not env.secret(variable):
            os.environ[variable] = address
    if env.secret("DATABASE_URL") == folder.database_url and not env.secret("DATABASE_OWNER_URL"):
        os.environ["DATABASE_OWNER_URL"] = folder.owner_url


def start_servers() -> None:
    """Start our own servers where the environment names no others.

    Raises:
        ServiceFailed: one of them cannot be started; the message says what to do.
    """
    name_servers()
    folder = StateFolder(state_folder())
    ours = {
        variable: env.secret(variable) == address
        for variable, address in our_addresses(folder).items()
    }
    services.ensure_running(folder.state, database=ours["DATABASE_URL"], broker=ours["REDIS_URL"])


def our_addresses(folder: StateFolder) -> dict[str, str]:
    """Return the addresses of our own servers by their variables."""
    return {"DATABASE_URL": folder.database_url, "REDIS_URL": folder.broker_url}

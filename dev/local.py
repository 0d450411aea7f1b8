"""The servers that stand in where the environment names none."""

import os

from config.env import env, state_folder
from dev.embedded import services
from dev.embedded.places import Places


def name_servers() -> None:
    """Set DATABASE_URL and REDIS_URL to our own servers where they are empty or missing."""
    places = Places(state_folder())
    for variable, address in our_addresses(places).items():
        if not env.secret(variable):
            os.environ[variable] = address


def start_servers() -> None:
    """Start our own servers where the environment names no others.

    Raises:
        ServiceFailed: one of them cannot be started; the message says what to do.
    """
    name_servers()
    places = Places(state_folder())
    ours = {
        variable: env.secret(variable) == address
        for variable, address in our_addresses(places).items()
    }
    services.ensure_running(places.state, database=ours["DATABASE_URL"], broker=ours["REDIS_URL"])


def our_addresses(places: Places) -> dict[str, str]:
    """Return the addresses of our own servers by the variables that name them."""
    return {"DATABASE_URL": places.database_url, "REDIS_URL": places.broker_url}

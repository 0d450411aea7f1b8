"""Embedded servers that several tests may break, one after the other."""

from collections.abc import Iterator

import psycopg
import pytest

from dev.embedded.state_folder import StateFolder
from tests.dev.embedded import keep, start
from tests.outside import state_folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StateFolder]:
    with state_folder(tmp_path_factory.mktemp("servers") / "state") as places:
        start(places)
        keep(places, 1)
        yield places


@pytest.fixture
def running(folder: StateFolder) -> StateFolder:
    """Give running servers with one row kept, whatever the test before did to them."""
    start(folder)
    with psycopg.connect(folder.owner_url) as connection:
        connection.execute("DELETE FROM kept WHERE value > 1")
    return folder

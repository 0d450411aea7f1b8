"""The project's own network, without a database."""

import pytest

from bookings.journeys import Network, NetworkRow
from tests.bookings.network_table import TABLE


@pytest.fixture(scope="session")
def network() -> Network:
    """Build the network of the whole table."""
    return Network(
        NetworkRow(
            service=row["service_or_line"],
            seq=int(row["seq"]),
            station=row["station_ja"],
            operator_to_next=row["operator_to_next"] or None,
            kind=row["kind"],
        )
        for rows in TABLE.values()
        for row in rows
    )

"""The memory of a loading process, whatever the size of its file."""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bookings.definitions import BOOKINGS
from bookings.models import FeedFile
from core.rights import APP
from tests.database import address_of
from tests.feedfiles import booking_row
from tests.outside import NOBODY_LISTENS, run_python

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROWS = 200_000  # of 250 bytes, or of 2,100
MOST_MEMORY = 300 * 1024  # KiB
LOAD = """
import sys
from pathlib import Path
from django.core.management import call_command
import django
django.setup()
call_command("load_feeds", sys.argv[1])
print(Path("/proc/self/status").read_text())
"""


def lines(*, journey: str, long_names: bool) -> Iterator[bytes]:
    """Yield the lines of a large file, all of its rows new."""
    yield ",".join(BOOKINGS.header).encode() + b"\n"
    filler = "驛" * 600 if long_names else ""
    row = booking_row(event_id="{0}", reservation_no="R{0}", journey=journey + filler)
    text = ",".join(str(value) for value in row.values()) + "\n"
    for number in range(ROWS):
        yield text.format(number).encode()


@pytest.mark.parametrize(
    ("journey", "long_names", "quarantined"),
    [
        pytest.param("サンダーバード:大阪>敦賀", False, 0, id="all applied"),
        pytest.param("青い鳥:大阪>敦賀", False, ROWS, id="all quarantined"),
        pytest.param("青い鳥{0}:大阪>敦賀", True, ROWS, id="every journey another, and long"),
    ],
)
def test_loading_process_stays_small(
    journey: str, long_names: bool, quarantined: int, tmp_path: Path
) -> None:
    path = tmp_path / "bookings-20250107-001.csv"
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for line in lines(journey=journey, long_names=long_names):
            digest.update(line)
            file.write(line)
    manifest = {
        "feed": "bookings",
        "version": 1,
        "business_date": "2025-01-07",
        "sequence": 1,
        "rows": ROWS,
        "sha256": digest.hexdigest(),
        "encoding": "utf-8",
    }
    path.with_name(path.name + ".manifest.json").write_text(json.dumps(manifest))

    variables = NOBODY_LISTENS | {
        "DATABASE_URL": address_of(APP),
        "DJANGO_SETTINGS_MODULE": "dev.settings",
    }
    finished = run_python("-c", LOAD, str(path), **variables)

    assert finished.returncode == 0, finished.stderr
    loaded = FeedFile.objects.get()
    assert (loaded.rows, loaded.quarantined) == (ROWS, quarantined)
    most = re.search(r"VmHWM:\s+(\d+) kB", finished.stdout)
    assert most is not None
    assert int(most[1]) < MOST_MEMORY

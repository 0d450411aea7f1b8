"""What the totals come to, and their export."""

from datetime import datetime

import pytest

from campaign import reports
from campaign.models import Campaign
from tests.factories.bookings import JAPAN
from tests.factories.campaign import CampaignFactory
from tests.factories.totals import RunFactory, TotalFactory

pytestmark = pytest.mark.django_db
SORTED = ("-", "0", "10", "9", "A", "Z", "_", "a", "aB", "ab", "z" * 40)


@pytest.fixture
def campaign() -> Campaign:
    return CampaignFactory.create(published=True)


def export(campaign: Campaign) -> bytes:
    return b"".join(reports.export_totals(campaign))


def test_the_export_is_sorted_as_bytes(campaign: Campaign) -> None:
    for member in reversed(SORTED):
        TotalFactory.create(campaign=campaign, wester_id=member)

    lines = export(campaign).split(b"\n")

    assert lines[0] == b"wester_id,total_yen,bookings"
    assert lines[1:-1] == [f"{member},5000,1".encode() for member in SORTED]
    assert lines[-1] == b""
    assert list(SORTED) == sorted(SORTED, key=str.encode)


def test_the_export_lists_members_with_a_counting_booking(campaign: Campaign) -> None:
    TotalFactory.create(campaign=campaign, wester_id="free", total_yen=0, bookings=1)
    TotalFactory.create(campaign=campaign, wester_id="waits", total_yen=0, bookings=0)
    TotalFactory.create(wester_id="elsewhere")

    assert export(campaign) == b"wester_id,total_yen,bookings\nfree,0,1\n"


def test_the_export_without_members_is_its_header(campaign: Campaign) -> None:
    assert export(campaign) == b"wester_id,total_yen,bookings\n"


def test_summarize_reports_the_set_of_the_export(campaign: Campaign) -> None:
    TotalFactory.create(campaign=campaign, total_yen=20_001, bookings=2)
    TotalFactory.create(campaign=campaign, total_yen=0, bookings=1)
    TotalFactory.create(campaign=campaign, total_yen=0, bookings=0, awaiting_yen=9)
    TotalFactory.create()

    assert reports.summarize(campaign) == {
        "members": 2,
        "counting_bookings": 3,
        "total_yen": 20_001,
    }


def test_summarize_nothing(campaign: Campaign) -> None:
    assert reports.summarize(campaign) == {"members": 0, "counting_bookings": 0, "total_yen": 0}


def test_totals_are_known_as_of_the_last_finished_run(campaign: Campaign) -> None:
    assert reports.last_finished_as_of(campaign) is None
    known = datetime(2024, 12, 28, 3, tzinfo=JAPAN)
    RunFactory.create(finished=True, as_of=datetime(2025, 1, 1, tzinfo=JAPAN))
    RunFactory.create(campaign=campaign, finished=True)
    RunFactory.create(campaign=campaign, finished=True, as_of=known)
    RunFactory.create(campaign=campaign, as_of=datetime(2024, 12, 29, 3, tzinfo=JAPAN))

    assert reports.last_finished_as_of(campaign) == known

"""Registrations one after another: which row of a number wins, and whose total it affects."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bookings.feeds import index_feeds
from bookings.loading import load_file
from bookings.models import ExRegistration, RegistrationRow
from bookings.registration_feed import REGISTRATION_FEED
from tests.bookings.tables import marks, whole
from tests.feedfiles import registration_row, write_registrations

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 1, 8, tzinfo=UTC)
LATER = {"updated_at": "2024-12-01T00:00:00Z"}


def load(folder: Path, *rows: dict[str, object], at_once: bool = False) -> None:
    """Load the rows as one file, or each as a file of its own."""
    for sequence, part in enumerate([rows] if at_once else [[row] for row in rows], 1):
        path = write_registrations(folder, part, sequence=sequence)
        load_file(path=path, feeds=index_feeds(REGISTRATION_FEED), loaded_at=NOW)


@pytest.mark.parametrize(
    ("before", "after", "is_marked"),
    [
        pytest.param({}, {"points_registered_at": "2024-11-30T00:00:00Z"}, True, id="points later"),
        pytest.param({}, {"points_registered_at": ""}, True, id="points no more"),
        pytest.param({"points_registered_at": ""}, {}, True, id="points for the first time"),
        pytest.param({}, {"member_kind": "corporate"}, True, id="another kind"),
        pytest.param({}, {}, False, id="nothing but the instant"),
        pytest.param(
            {"points_registered_at": ""}, {"points_registered_at": ""}, False, id="without points"
        ),
    ],
)
def test_a_later_registration_marks_its_member_where_it_affects_totals(
    before: dict[str, str], after: dict[str, str], is_marked: bool, tmp_path: Path
) -> None:
    load(tmp_path, registration_row(**before), registration_row(**LATER, **after))

    assert marks() == [("W1", None)] * (2 if is_marked else 1)


@pytest.mark.parametrize("at_once", [False, True], ids=["a file each", "one file"])
@pytest.mark.parametrize(
    "members",
    [
        pytest.param(("W1", "W2"), id="the greater comes last"),
        pytest.param(("W2", "W1"), id="the greater comes first"),
    ],
)
def test_of_two_registrations_of_one_instant_the_greater_wins(
    members: tuple[str, str], at_once: bool, tmp_path: Path
) -> None:
    load(tmp_path, *(registration_row(wester_id=member) for member in members), at_once=at_once)

    assert ExRegistration.objects.get().wester_id == "W2"


@pytest.mark.parametrize("at_once", [False, True], ids=["a file each", "one file"])
@pytest.mark.parametrize("points", ["", "2024-11-01T00:00:00Z"], ids=["no points", "points"])
@pytest.mark.parametrize(
    "spelled",
    [
        pytest.param(("00:00:00Z", "09:00:00+09:00"), id="the greater comes last"),
        pytest.param(("09:00:00+09:00", "00:00:00Z"), id="the greater comes first"),
    ],
)
def test_of_two_spellings_of_one_registration_the_greater_is_stored(
    points: str, spelled: tuple[str, str], at_once: bool, tmp_path: Path
) -> None:
    instants = [f"2024-12-01T{time}" for time in spelled]
    load(
        tmp_path,
        *(registration_row(points_registered_at=points, updated_at=at) for at in instants),
        at_once=at_once,
    )

    text = f"X1\x1fsmart_ex\x1fW1\x1f{points}\x1f2024-12-01T09:00:00+09:00".encode()
    assert [row["row_text"] for row in whole(RegistrationRow)] == [text]
    assert [row["row_text"] for row in whole(ExRegistration)] == [text]
    assert marks() == [("W1", None)]

"""Files of results as feed files are: again, bad rows, refused whole, of another campaign."""

from pathlib import Path

import pytest

from bookings.delivery import BOM
from bookings.models import QuarantinedRow
from points import settling
from points.models import Payout, Transfer
from points.refusals import NotExported, OtherPayout
from tests.points.answers import Row, answer, classes, export, reject, settle, write_answers
from tests.points.steps import CREDIT_AT, paid, transfers

pytestmark = pytest.mark.django_db
AGREES, OPEN = ("agrees", False), True


@pytest.fixture
def payout() -> Payout:
    """Return a payout of three that has ended."""
    return paid()


@pytest.fixture
def rows(payout: Payout, tmp_path: Path) -> dict[str, Row]:
    """Return the exported credits by their members."""
    return {row["wester_id"]: row for row in export(payout, tmp_path)}


def test_a_file_again_changes_nothing(payout: Payout, rows: dict[str, Row], tmp_path: Path) -> None:
    path = write_answers(tmp_path, [reject(rows["W1"]), answer(rows["W2"])])
    settling.settle(payout=payout, path=path, at=CREDIT_AT)
    before = transfers()

    again = settling.settle(payout=payout, path=path, at=CREDIT_AT)

    assert (again.status, transfers()) == ("already_loaded", before)


def test_rows_again_are_duplicates(payout: Payout, rows: dict[str, Row], tmp_path: Path) -> None:
    settle(payout, tmp_path, [reject(rows["W1"]), answer(rows["W2"])])
    before = transfers()

    again = settle(
        payout, tmp_path, [answer(rows["W3"]), reject(rows["W1"]), answer(rows["W2"])], sequence=2
    )

    assert (again.applied, again.duplicates, transfers()) == (1, 2, before)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        pytest.param({"credit_key": "F" * 64}, "bad_identifier", id="upper case"),
        pytest.param({"credit_key": "f" * 63}, "bad_identifier", id="a digit short"),
        pytest.param({"status": "paid"}, "unknown_value", id="another status"),
        pytest.param({"points": "-1"}, "bad_amount", id="below zero"),
        pytest.param({"points": ""}, "missing_value", id="no points"),
        pytest.param({"processed_at": "2025-02-16"}, "bad_timestamp", id="no time"),
    ],
)
def test_a_bad_row_is_quarantined(
    changed: dict[str, str], reason: str, payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    outcome = settle(payout, tmp_path, [answer(rows["W1"], **changed), answer(rows["W2"])])

    assert (outcome.applied, outcome.quarantined) == (1, 1)
    assert classes(payout)["W1"] == ("missing_there", OPEN)
    assert classes(payout)["W2"] == AGREES
    assert QuarantinedRow.objects.get().reason == reason


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        pytest.param({"total_points": None}, "unreadable_manifest", id="no total"),
        pytest.param({"total_points": "1"}, "unreadable_manifest", id="a total that is no number"),
        pytest.param({"total_points": 1}, "total_points_differs", id="another total"),
        pytest.param({"sha256": "0" * 64}, "checksum_differs", id="another checksum"),
        pytest.param({"sequence": 2}, "manifest_differs_from_name", id="another sequence"),
        pytest.param({"feed": "credits"}, "unreadable_manifest", id="another feed"),
    ],
)
def test_a_file_is_refused_whole(
    manifest: dict[str, object],
    reason: str,
    payout: Payout,
    rows: dict[str, Row],
    tmp_path: Path,
) -> None:
    outcome = settle(payout, tmp_path, map(answer, rows.values()), manifest=manifest)

    assert (outcome.status, outcome.reason) == ("refused", reason)
    assert set(classes(payout).values()) == {("missing_there", OPEN)}


def test_the_total_may_be_only_of_the_credited(
    payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    answers = [answer(rows["W1"]), reject(rows["W2"])]
    outcome = settle(payout, tmp_path, answers, manifest={"total_points": 5_000})

    assert outcome.status == "loaded"


def test_beside_a_bad_row_neither_sum_is_compared_with_the_total(
    payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    unread = {**answer(rows["W2"]), "credit_key": "x"}
    answers = [answer(rows["W1"]), unread, reject(rows["W3"])]
    credited = 5_000 + 12_340  # more than can be read of it, less than all that can be read

    outcome = settle(payout, tmp_path, answers, manifest={"total_points": credited})

    assert (outcome.status, outcome.quarantined) == ("loaded", 1)


def test_a_file_for_another_campaign_is_refused_and_not_spent(
    payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    other = paid({"W8": 5_000})
    export(other, tmp_path)
    path = write_answers(tmp_path, [answer(row) for row in rows.values()])

    with pytest.raises(OtherPayout, match="another campaign"):
        settling.settle(payout=other, path=path, at=CREDIT_AT)
    assert settling.settle(payout=payout, path=path, at=CREDIT_AT).applied == 3

    assert set(classes(payout).values()) == {AGREES}
    assert classes(other) == {"W8": ("missing_there", OPEN)}


def test_details_of_any_text_are_saved(
    payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    detail = 'a "b", \\c\n年'
    settle(payout, tmp_path, [reject(rows["W1"], detail)])

    assert Transfer.objects.get(kind="forfeit").detail == detail


def test_nothing_is_settled_that_was_not_exported(payout: Payout, tmp_path: Path) -> None:
    with pytest.raises(NotExported):
        settle(payout, tmp_path, [])


def test_a_file_that_a_person_saved_and_named_by_a_link_is_read(
    payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    written = write_answers(elsewhere, [answer(rows["W1"])])
    for end in ("", ".manifest.json"):
        source = written.with_name(written.name + end)
        (tmp_path / source.name).symlink_to(source)
    manifest = written.with_name(f"{written.name}.manifest.json")
    manifest.write_bytes(BOM + manifest.read_bytes())

    loaded = settling.settle(payout=payout, path=tmp_path / written.name, at=CREDIT_AT)

    assert (loaded.status, loaded.applied) == ("loaded", 1)

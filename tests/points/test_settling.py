"""Both sides of every credit: what is answered, and what the ledger makes of it."""

from pathlib import Path

import pytest

from points.models import Payout, Transfer
from tests.points.answers import Row, answer, classes, export, reject, settle
from tests.points.books import balances
from tests.points.steps import lower, paid, pay, prepared, standings

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


def test_all_is_well(payout: Payout, rows: dict[str, Row], tmp_path: Path) -> None:
    assert set(classes(payout).values()) == {("missing_there", OPEN)}

    outcome = settle(payout, tmp_path, map(answer, rows.values()))

    assert (outcome.status, outcome.rows, outcome.applied) == ("loaded", 3, 3)
    assert classes(payout) == dict.fromkeys(("W1", "W2", "W3"), AGREES)


def test_a_rejected_credit_is_reversed_and_forfeited(
    payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    settle(
        payout, tmp_path, [answer(rows["W1"]), reject(rows["W2"], "口座なし"), answer(rows["W3"])]
    )

    assert classes(payout)["W2"] == ("rejected", False)
    assert standings(payout.draw)["W2"] == ("forfeited", 0, 0, 12_340, "rejected")
    forfeit = Transfer.objects.get(kind="forfeit")
    assert (forfeit.detail, forfeit.made_by) == ("口座なし", "payout.settle")
    assert Transfer.objects.get(kind="reverse").detail == "口座なし"
    assert balances()["forfeited"] == 12_340


def test_a_rejected_part_keeps_its_release(tmp_path: Path) -> None:
    ready = prepared({"W1": 20_000})
    lower("W1", to=8_000)
    (row,) = export(pay(ready), tmp_path)
    settle(ready, tmp_path, [reject(row)])

    assert standings(ready.draw) == {"W1": ("forfeited", 0, 12_000, 8_000, "rejected")}


def test_each_class(payout: Payout, rows: dict[str, Row], tmp_path: Path) -> None:
    settle(
        payout,
        tmp_path,
        [
            answer(rows["W1"], points="4999"),
            answer(rows["W2"]),
            reject(rows["W2"]),
            answer(rows["W3"], credit_key="0" * 64),
        ],
    )

    assert classes(payout) == {
        "W1": ("amount_differs", OPEN),
        "W2": ("answered_twice", OPEN),
        "W3": ("missing_there", OPEN),
        "?": ("unknown_here", OPEN),
    }
    assert balances()["W2"] == 12_340


def test_the_amount_of_a_rejected_one_does_not_matter(
    payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    settle(payout, tmp_path, [{**reject(rows["W1"]), "points": "0"}])

    assert classes(payout)["W1"] == ("rejected", False)


@pytest.mark.parametrize(
    "again",
    [
        pytest.param({}, id="the same"),
        pytest.param({"processed_at": "2025-02-17T00:00:00Z", "detail": "again"}, id="later"),
    ],
)
def test_the_same_answer_twice_is_one(
    again: dict[str, str], payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    settle(payout, tmp_path, [answer(rows["W1"]), answer(rows["W1"], **again)])

    assert classes(payout)["W1"] == AGREES


def test_two_amounts_in_one_file_are_two_answers(
    payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    settle(payout, tmp_path, [answer(rows["W1"]), answer(rows["W1"], points="5001")])

    assert classes(payout)["W1"] == ("answered_twice", OPEN)


@pytest.mark.parametrize("status", ["credited", "rejected"])
def test_a_later_file_ends_what_an_earlier_one_answered_twice(
    status: str, payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    settle(payout, tmp_path, [answer(rows["W2"]), reject(rows["W2"])])

    settle(payout, tmp_path, [answer(rows["W2"], status=status)], sequence=2)

    assert classes(payout)["W2"] == (AGREES if status == "credited" else ("rejected", False))


@pytest.mark.parametrize("in_order", [True, False], ids=["in order", "the later file first"])
def test_a_later_file_mends_what_is_open(
    in_order: bool, payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    wrong = [
        answer(rows["W1"], points="1"),
        answer(rows["W2"]),
        reject(rows["W2"]),
    ]
    right = [answer(rows["W1"]), answer(rows["W2"]), answer(rows["W3"])]
    files = [(wrong, 1), (right, 2)]
    for answers, sequence in files if in_order else reversed(files):
        settle(payout, tmp_path, answers, sequence=sequence)

    assert set(classes(payout).values()) == {AGREES}


def test_a_file_mended_under_its_name_is_later(
    payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    settle(payout, tmp_path, [answer(rows["W1"], points="1")])
    settle(payout, tmp_path, [answer(rows["W1"])])

    assert classes(payout)["W1"] == AGREES


@pytest.mark.parametrize("in_order", [True, False], ids=["in order", "the later file first"])
def test_a_later_file_does_not_undo_what_agreed(
    in_order: bool, payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    files = [([answer(rows["W1"])], 1), ([answer(rows["W1"], points="1")], 2)]
    for answers, sequence in files if in_order else reversed(files):
        settle(payout, tmp_path, answers, sequence=sequence)
    assert classes(payout)["W1"] == ("amount_differs", OPEN)

    settle(payout, tmp_path, [reject(rows["W3"])], sequence=3)
    settle(payout, tmp_path, [answer(rows["W3"])], sequence=4)
    assert classes(payout)["W3"] == ("answered_twice", OPEN)
    settle(payout, tmp_path, [answer(rows["W2"])], sequence=5)
    settle(payout, tmp_path, [reject(rows["W2"])], sequence=6)
    assert classes(payout)["W2"] == ("answered_twice", OPEN)
    assert balances()["W2"] == 12_340

"""Both sides of every credit: what is sent, what is answered, and what the ledger makes of it."""

import json
from pathlib import Path

import pytest

from bookings.models import QuarantinedRow
from campaign.models import Approval
from lottery import forgetting
from lottery.refusals import KeysNeeded
from points import closing, exporting, settling
from points.models import CreditFile, Payout, Transfer
from points.refusals import (
    BatchChanged,
    KeysOpen,
    NotExported,
    NotPaid,
    OtherPayout,
    PayoutClosed,
    UnfitFolder,
)
from tests.factories.lottery import person, reread
from tests.points.answers import Row, answer, classes, export, reject, settle, write_answers
from tests.points.books import balances
from tests.points.steps import (
    CREDIT_AT,
    approve,
    leave,
    lower,
    paid,
    pay,
    prepared,
    standings,
    transfers,
)

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


# Out


def test_the_file_is_as_the_contract_says(payout: Payout, tmp_path: Path) -> None:
    written = exporting.export_credits(payout=payout, folder=tmp_path, at=CREDIT_AT)

    keys = {
        credit.award.entrant.wester_id: (bytes(credit.key).hex(), credit.points)
        for credit in Transfer.objects.filter(kind="credit").select_related("award__entrant")
        if credit.award
    }
    lines = sorted(
        f"{key},{member},{points},2026-03-31,{payout.draw.campaign.code}\n"
        for member, (key, points) in keys.items()
    )
    assert written.path.name == "credits-20250215-001.csv"
    assert written.path.read_text() == "".join(
        ["credit_key,wester_id,points,expires_on,reason\n", *lines]
    )
    manifest = json.loads((tmp_path / "credits-20250215-001.csv.manifest.json").read_bytes())
    assert manifest == {
        "feed": "credits",
        "version": 1,
        "business_date": "2025-02-15",
        "sequence": 1,
        "rows": 3,
        "sha256": written.file.sha256,
        "encoding": "utf-8",
        "total_points": 37_340,
    }
    assert len(list(tmp_path.iterdir())) == 2


def test_the_same_batch_is_the_same_bytes(payout: Payout, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    export(payout, first)
    settle(payout, tmp_path, [reject(row) for row in export(payout, first)])
    export(payout, second)

    assert not balances().keys() & {"W1", "W2", "W3"}
    for one in first.iterdir():
        assert (second / one.name).read_bytes() == one.read_bytes()
    assert CreditFile.objects.count() == 1


def test_who_is_forfeited_is_in_no_file(tmp_path: Path) -> None:
    ready = prepared()
    leave("W1")
    lower("W3", to=6_000)
    exported = export(pay(ready), tmp_path)

    assert {row["wester_id"]: row["points"] for row in exported} == {"W2": "12340", "W3": "6000"}


def test_two_campaigns_of_one_day_have_two_names(tmp_path: Path) -> None:
    for totals in ({"W1": 5_000}, {"W2": 5_000}):
        export(paid(totals), tmp_path)

    names = sorted(path.name for path in tmp_path.glob("*.csv"))
    assert names == ["credits-20250215-001.csv", "credits-20250215-002.csv"]


def test_nothing_is_exported_before_the_end(tmp_path: Path) -> None:
    with pytest.raises(NotPaid):
        export(prepared(), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_would_differ_is_not_written(payout: Payout, tmp_path: Path) -> None:
    file = exporting.keep_file(payout, at=CREDIT_AT)
    file.sha256 = "0" * 64
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exporting, "keep_file", lambda *_payout, **_at: file)
        with pytest.raises(BatchChanged):
            export(payout, tmp_path)


def test_a_folder_that_is_none_is_refused(payout: Payout, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UnfitFolder):
        export(payout, tmp_path / "file")


# Back


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


# As feed files are


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


def test_the_total_may_be_of_the_credited_alone(
    payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    answers = [answer(rows["W1"]), reject(rows["W2"])]
    outcome = settle(payout, tmp_path, answers, manifest={"total_points": 5_000})

    assert outcome.status == "loaded"


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


def test_details_of_any_text_are_kept(payout: Payout, rows: dict[str, Row], tmp_path: Path) -> None:
    detail = 'a "b", \\c\n年'
    settle(payout, tmp_path, [reject(rows["W1"], detail)])

    assert Transfer.objects.get(kind="forfeit").detail == detail


def test_nothing_is_settled_that_was_not_exported(payout: Payout, tmp_path: Path) -> None:
    with pytest.raises(NotExported):
        settle(payout, tmp_path, [])


# The close


def test_it_is_closed_when_every_key_agrees(
    payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    settle(payout, tmp_path, [answer(rows["W1"]), answer(rows["W2"])])
    with pytest.raises(KeysOpen):
        closing.close_payout(payout=payout, at=CREDIT_AT)
    settle(payout, tmp_path, [reject(rows["W3"])], sequence=2)

    assert closing.close_payout(payout=payout, at=CREDIT_AT)

    assert Payout.objects.get().closed_at == CREDIT_AT
    assert not closing.close_payout(payout=payout, at=CREDIT_AT)
    with pytest.raises(PayoutClosed):
        settle(payout, tmp_path, [answer(rows["W1"])], sequence=3)


def test_it_is_not_closed_before_its_time(tmp_path: Path) -> None:
    ready = prepared()
    with pytest.raises(NotPaid):
        closing.close_payout(payout=ready, at=CREDIT_AT)
    pay(ready)
    with pytest.raises(NotExported):
        closing.close_payout(payout=ready, at=CREDIT_AT)


def test_a_payout_without_credits_is_closed_without_answers(tmp_path: Path) -> None:
    ready = prepared({"W1": 5_000})
    leave("W1")
    assert export(pay(ready), tmp_path) == []

    assert closing.close_payout(payout=ready, at=CREDIT_AT)


def test_keys_of_the_draw_are_kept_until_the_close(tmp_path: Path) -> None:
    ready = prepared({"W1": 5_000})
    with pytest.raises(KeysNeeded, match="not closed"):
        ask_to_forget(ready)
    [row] = export(pay(ready), tmp_path)
    with pytest.raises(KeysNeeded, match="not closed"):
        ask_to_forget(ready)
    settle(ready, tmp_path, [answer(row)])
    closing.close_payout(payout=ready, at=CREDIT_AT)

    approve(ask_to_forget(ready), CREDIT_AT)

    assert reread(ready.draw).forgotten_at == CREDIT_AT


def ask_to_forget(payout: Payout) -> Approval | None:
    return forgetting.request_forgetting(draw=payout.draw, actor=person("ops"), at=CREDIT_AT)

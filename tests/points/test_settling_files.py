"""Files of results as feed files are: again, bad rows, refused whole, of another campaign."""

from pathlib import Path

import pytest

from bookings.delivery import BOM
from bookings.models import FeedFile, QuarantinedRow
from points import closing, settling
from points.models import Payout, ResultsFile, Transfer, WaitingAnswer
from points.queries import find_open_answers
from points.refusals import AnswersWait, NotExported, OtherPayout
from points.verifying import verify_ledger
from tests.commands import run_json
from tests.guards import refused_as, sql
from tests.points.answers import (
    Row,
    answer,
    classes,
    export,
    garble,
    reject,
    settle,
    write_answers,
)
from tests.points.steps import (
    CREDIT_AT,
    credit_key,
    leave,
    paid,
    pay,
    prepared,
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

    with pytest.raises(OtherPayout, match=f"not for this one: {payout.draw.campaign.code}"):
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


@pytest.fixture
def second(payout: Payout, rows: dict[str, Row], tmp_path: Path) -> tuple[Payout, dict[str, Row]]:
    """Return the payout of another campaign that credits on the same day, and its credits."""
    other = paid({"W2": 6_000, "W8": 5_000})
    return other, {row["wester_id"]: row for row in export(other, tmp_path)}


def settle_file(payout: Payout, path: Path) -> settling.SettledFile:
    return settling.settle(payout=payout, path=path, at=CREDIT_AT)


@pytest.mark.parametrize("first", [True, False], ids=["the first first", "the second first"])
def test_each_campaign_settles_its_own_rows_of_one_file(
    first: bool,
    payout: Payout,
    rows: dict[str, Row],
    second: tuple[Payout, dict[str, Row]],
    tmp_path: Path,
) -> None:
    other, theirs = second
    own = [answer(rows["W1"]), reject(rows["W2"]), answer(rows["W3"])]
    path = write_answers(tmp_path, [*own, reject(theirs["W8"]), answer(theirs["W2"])])
    codes = [one.draw.campaign.code for one in (payout, other)]

    turns = {payout: (3, {codes[1]: 2}), other: (2, {codes[0]: 3})}
    for one, (applied, others) in turns.items() if first else reversed(turns.items()):
        done = settle_file(one, path)
        assert (done.status, done.rows, done.applied, done.duplicates) == ("loaded", 5, applied, 0)
        assert (done.others, done.unknown) == (others, 0)
        untouched = other if one == payout else payout
        if untouched == [*turns][1 if first else 0]:
            assert {key[0] for key in classes(untouched).values()} == {"missing_there"}

    assert classes(payout) == {"W1": AGREES, "W2": ("rejected", False), "W3": AGREES}
    assert classes(other) == {"W2": AGREES, "W8": ("rejected", False)}
    assert {one.detail for one in Transfer.objects.filter(kind="forfeit")} == {"No such account"}
    file = FeedFile.objects.get()
    assert (file.rows, file.applied, file.duplicates) == (5, 5, 0)
    before = transfers()
    for one in turns:
        assert settle_file(one, path).status == "already_loaded"
        assert closing.close_payout(payout=one, at=CREDIT_AT)
    assert transfers() == before
    assert verify_ledger().ok


def test_a_key_of_no_campaign_is_open_where_it_was_settled_first(
    payout: Payout, rows: dict[str, Row], second: tuple[Payout, dict[str, Row]], tmp_path: Path
) -> None:
    other, theirs = second
    unknown = answer(rows["W1"], credit_key="0" * 64)
    path = write_answers(
        tmp_path, [*map(answer, rows.values()), *map(answer, theirs.values()), unknown]
    )

    assert settle_file(payout, path).unknown == 1
    done = settle_file(other, path)

    assert (done.unknown, done.others) == (0, {payout.draw.campaign.code: 4})
    assert classes(payout)["?"] == ("unknown_here", OPEN)
    assert set(classes(other).values()) == {AGREES}


def test_the_key_of_a_forfeited_award_belongs_to_its_campaign(
    payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    """It is no credit's: its award was never credited here."""
    ready = prepared({"W8": 5_000, "W9": 6_000})
    leave("W8")
    other = pay(ready)
    theirs = export(other, tmp_path)
    award = other.draw.awards.select_related("entrant").get(entrant__wester_id="W8")
    forfeited = answer(rows["W1"], credit_key=credit_key(award))
    path = write_answers(tmp_path, [*map(answer, [*rows.values(), *theirs]), forfeited])

    assert settle_file(payout, path).others == {other.draw.campaign.code: 2}
    assert settle_file(other, path).unknown == 0

    assert set(classes(payout).values()) == {AGREES}
    assert classes(other) == {"W9": AGREES, "?": ("unknown_here", OPEN)}


def test_rows_in_quarantine_hold_only_the_campaign_of_their_key(
    payout: Payout, rows: dict[str, Row], second: tuple[Payout, dict[str, Row]], tmp_path: Path
) -> None:
    other, theirs = second
    for some, sequence in ((rows, 1), (theirs, 2)):
        path = write_answers(tmp_path, map(answer, some.values()), sequence=sequence)
        settle_file(payout if some is rows else other, path)
    unreadable = {**garble(rows["W1"]), "credit_key": "no key"}
    mixed = [answer(rows["W3"]), garble(theirs["W8"]), answer(theirs["W2"])]
    path = write_answers(tmp_path, mixed, sequence=3)

    assert settle_file(payout, path).quarantined == 0
    assert settle_file(other, path).quarantined == 1
    assert closing.close_payout(payout=payout, at=CREDIT_AT)
    with pytest.raises(AnswersWait):
        closing.close_payout(payout=other, at=CREDIT_AT)
    with refused_as("payout_closed_when_read"):
        sql("UPDATE points_payout SET closed_at = ended_at WHERE closed_at IS NULL")

    settle(other, tmp_path, [answer(theirs["W8"]), unreadable], sequence=4)
    row = find_open_answers(other).get()
    assert row.record == 2
    QuarantinedRow.objects.filter(pk=row.pk).update(
        status="dismissed", settled_at=CREDIT_AT, settled_by="mari", note="a trial of theirs"
    )
    assert closing.close_payout(payout=other, at=CREDIT_AT)


def test_a_row_whose_key_cannot_be_read_holds_every_campaign_of_its_file(
    payout: Payout, rows: dict[str, Row], second: tuple[Payout, dict[str, Row]], tmp_path: Path
) -> None:
    other, theirs = second
    answers = [*map(answer, [*rows.values(), *theirs.values()])]
    unreadable = {**garble(rows["W1"]), "credit_key": "no key"}
    path = write_answers(tmp_path, [*answers, unreadable])

    assert settle_file(payout, path).quarantined == settle_file(other, path).quarantined == 1

    row = QuarantinedRow.objects.get()
    assert sorted(map(str, WaitingAnswer.objects.all())) == sorted(
        f"{one.pk}/{row.pk}" for one in (payout, other)
    )
    for one in (payout, other):
        with pytest.raises(AnswersWait):
            closing.close_payout(payout=one, at=CREDIT_AT)


def test_a_file_is_settled_once_for_each_payout(
    payout: Payout, rows: dict[str, Row], second: tuple[Payout, dict[str, Row]], tmp_path: Path
) -> None:
    settle(payout, tmp_path, map(answer, rows.values()))
    file = ResultsFile.objects.get()
    values = {"business_date": "2025-02-15", "sequence": 1, "file": file.file, "delivery": 2}

    with refused_as("resultsfile_once_per_payout"):
        ResultsFile.objects.create(payout=payout, **values)
    ResultsFile.objects.create(payout=second[0], **values)


def test_the_command_reports_the_rows_of_others(
    payout: Payout, rows: dict[str, Row], second: tuple[Payout, dict[str, Row]], tmp_path: Path
) -> None:
    other, theirs = second
    unknown = answer(rows["W1"], credit_key="0" * 64)
    path = write_answers(tmp_path, [answer(rows["W1"]), unknown, *map(answer, theirs.values())])
    code, others = payout.draw.campaign.code, other.draw.campaign.code

    done = run_json("payout", "settle", code, path, may_warn=True)

    assert done["file"] == {
        "name": path.name,
        "feed": "credit_results",
        "status": "loaded",
        "reason": "",
        "detail": "",
        "rows": 4,
        "applied": 2,
        "duplicates": 0,
        "quarantined": 0,
        "unknown": 1,
        "others": {others: 2},
    }
    assert done["classes"]["unknown_here"] == 1
    sentence = (
        f"{path.name}: rows whose key belongs to no campaign, open here as unknown_here: 1. "
        "A later file ends them, or: payout resolve."
    )
    assert done["warnings"] == [sentence]
    again = run_json("payout", "settle", others, path)
    assert (again["file"]["applied"], again["open"], again["warnings"]) == (2, 0, [])

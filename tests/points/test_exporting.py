"""The file of credits: what the points system is sent, and when."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from points import exporting
from points.models import CreditFile, Payout, Transfer
from points.refusals import BatchChanged, NotPaid, SentOtherwise, UnfitFolder
from tests.points.answers import export, reject, settle
from tests.points.books import balances
from tests.points.steps import CREDIT_AT, leave, lower, paid, pay, prepared
from tests.resources import full_disk

pytestmark = pytest.mark.django_db


@pytest.fixture
def payout() -> Payout:
    """Return a payout of three that has ended."""
    return paid()


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


def test_files_of_another_day_are_numbered_from_one(tmp_path: Path) -> None:
    next_day = CREDIT_AT + timedelta(days=1)
    export(paid({"W1": 5_000}), tmp_path)
    export(pay(prepared({"W2": 5_000}, credit_at=next_day), at=next_day), tmp_path)

    names = sorted(path.name for path in tmp_path.glob("*.csv"))
    assert names == ["credits-20250215-001.csv", "credits-20250216-001.csv"]


@pytest.mark.parametrize("hour", [0, 8, 23])
def test_a_file_bears_the_day_of_japan_on_which_points_are_credited(
    hour: int, tmp_path: Path
) -> None:
    credit_at = CREDIT_AT.replace(hour=hour)
    export(pay(prepared({"W1": 5_000}, credit_at=credit_at), at=credit_at), tmp_path)

    assert [path.name for path in tmp_path.glob("*.csv")] == ["credits-20250215-001.csv"]


def test_nothing_is_exported_before_the_end(tmp_path: Path) -> None:
    with pytest.raises(NotPaid):
        export(prepared(), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_would_differ_is_not_written(payout: Payout, tmp_path: Path) -> None:
    file = exporting.get_or_create_file(payout, at=CREDIT_AT)
    file.sha256 = "0" * 64
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exporting, "get_or_create_file", lambda *_payout, **_at: file)
        with pytest.raises(BatchChanged):
            export(payout, tmp_path)


@pytest.mark.parametrize("beside", ["", ".manifest.json"], ids=["the file", "its manifest"])
def test_what_was_sent_is_never_written_over(beside: str, payout: Payout, tmp_path: Path) -> None:
    sent = tmp_path / f"credits-20250215-001.csv{beside}"
    sent.write_bytes(b"what was sent\n")

    with pytest.raises(SentOtherwise, match=r"credits-20250215-001\.csv.* not written over"):
        export(payout, tmp_path)

    assert sent.read_bytes() == b"what was sent\n"
    assert list(tmp_path.iterdir()) == [sent]
    assert not CreditFile.objects.exists()
    assert len(export(payout, tmp_path / "other")) == 3


def test_the_same_bytes_are_written_again(payout: Payout, tmp_path: Path) -> None:
    first = export(payout, tmp_path)
    (tmp_path / "credits-20250215-001.csv.manifest.json").unlink()

    assert export(payout, tmp_path) == first
    assert len(list(tmp_path.iterdir())) == 2


def test_a_folder_that_is_none_is_refused(payout: Payout, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UnfitFolder):
        export(payout, tmp_path / "file")
    (tmp_path / "credits-20250215-001.csv").mkdir()
    with pytest.raises(UnfitFolder):
        export(payout, tmp_path)
    assert not CreditFile.objects.exists()


def test_a_full_disk_leaves_no_member_behind(payout: Payout, tmp_path: Path) -> None:
    with full_disk(100), pytest.raises(UnfitFolder, match="File too large"):
        export(payout, tmp_path)

    assert list(tmp_path.iterdir()) == []
    exporting.export_credits(payout=payout, folder=tmp_path, at=CREDIT_AT)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}

"""Handing over to a person all that is kept of them."""

import csv
from pathlib import Path

import pytest

from core.audit import Actor
from points.disclosing import disclose_member
from tests.approving import person
from tests.points.steps import CREDIT_AT, paid

pytestmark = pytest.mark.django_db


@pytest.fixture
def supporting() -> Actor:
    return person("support")


def read(folder: Path, table: str) -> list[dict[str, str]]:
    text = (folder / f"{table}.csv").read_text(encoding="utf-8-sig")
    return [*csv.DictReader(text.splitlines())]


def test_disclose_member_writes_private_files(supporting: Actor, tmp_path: Path) -> None:
    paid()
    folder = tmp_path / "answer"

    tables = disclose_member(wester_id="W2", folder=folder, actor=supporting, at=CREDIT_AT)

    assert {file.name for file in folder.iterdir()} == {
        "README.txt",
        *(f"{table}.csv" for table in tables),
    }
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}
    assert [row["wester_id"] for row in read(folder, "lottery_entrant")] == ["W2"]
    assert tables["points_transfer"] == 2

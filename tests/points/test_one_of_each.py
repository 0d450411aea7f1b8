"""What a payout, a file or a decision may have only one of, beyond what the triggers say."""

import json
from pathlib import Path

import pytest

from points.models import Resolution, Reversal, Transfer
from tests.database import every_trigger_off
from tests.factories.points import approved, reversal_approval
from tests.guards import refused_as, sql
from tests.points.answers import answer, export, settle
from tests.points.steps import paid

pytestmark = pytest.mark.django_db
COPY_ROW = """
INSERT INTO {table} SELECT (jsonb_populate_record({table}, %s::jsonb)).* FROM {table} LIMIT 1
"""


@pytest.fixture
def _settled(tmp_path: Path) -> None:
    """Leave a row in each table: a payout, its files, a resolution and a reversal in force."""
    payout = paid()
    settle(payout, tmp_path, map(answer, export(payout, tmp_path)))
    resolution = Resolution.objects.create(
        payout=payout, credit_key=bytes(32), verdict="rejected", reason="They were asked."
    )
    subject = f"{payout.draw.campaign.code}/{resolution.pk}"
    sql("UPDATE points_resolution SET approval_id = %s", approved("payout.resolve", subject).pk)
    credit = Transfer.objects.filter(kind="credit")[0]
    Reversal.objects.create(transfer=credit, reason="A mistake.")
    sql("UPDATE points_reversal SET approval_id = %s", reversal_approval(credit).pk)


@pytest.mark.usefixtures("_settled")
@pytest.mark.parametrize(
    ("table", "column", "changed"),
    [
        pytest.param("points_payout", "draw_id", {}, id="a payout of a draw"),
        pytest.param("points_creditfile", "payout_id", {}, id="a credit file of a payout"),
        pytest.param("points_resolution", "approval_id", {}, id="a resolution of an approval"),
        pytest.param(
            "points_reversal", "transfer_id", {"approval_id": None}, id="a reversal of a transfer"
        ),
        pytest.param(
            "points_reversal", "approval_id", {"transfer_id": -1}, id="a reversal of an approval"
        ),
    ],
)
def test_there_is_one(table: str, column: str, changed: dict[str, int | None]) -> None:
    copied = json.dumps({"id": -1, **changed})

    with every_trigger_off(), refused_as(f"{table}_{column}_key"):
        sql(COPY_ROW.format(table=table), copied)

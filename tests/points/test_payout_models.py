"""What the tables of payouts and of what people decide refuse by themselves, and what they take."""

from pathlib import Path
from typing import Any

import pytest

from lottery.queries import subject_of
from points.models import Payout, PayoutPart, Resolution, Reversal, Transfer
from tests.database import as_owner
from tests.factories.campaign import LATER, ApprovalFactory
from tests.factories.lottery import confirmed_draw, drawn_draw
from tests.factories.points import PayoutFactory, approved, reversal_approval
from tests.guards import refused_as, sql
from tests.points.answers import answer, export, settle
from tests.points.steps import CREDIT_AT, paid, pay, prepared

pytestmark = pytest.mark.django_db
PAYOUT_COLUMNS = ("awards", "award_points", "list_sha256", "approved_at")


def test_a_payout_is_of_a_confirmed_draw() -> None:
    with refused_as("payout_of_a_confirmed_draw"):
        PayoutFactory.create(draw=drawn_draw())
    assert PayoutFactory.create(draw=confirmed_draw()).awards == 3


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"action": "draw.confirm"}, id="of another action"),
        pytest.param({"subject": "another/1"}, id="of another draw"),
        pytest.param({"state": "refused"}, id="refused"),
        pytest.param({"awards": 2}, id="of fewer awards"),
        pytest.param({"award_points": 37_341}, id="of more points"),
        pytest.param({"list_sha256": "0" * 64}, id="of another list"),
        pytest.param({"approved_at": CREDIT_AT}, id="of another time"),
    ],
)
def test_a_payout_is_of_its_own_approval(changed: dict[str, Any]) -> None:
    draw = confirmed_draw()
    right = PayoutFactory.build(draw=draw)
    content = {name: getattr(right, name) for name in ("awards", "award_points", "list_sha256")}
    request: dict[str, Any] = {"action": "payout.prepare", "subject": subject_of(draw)}
    end = {changed.get("state", "approved"): True}
    request |= {name: value for name, value in changed.items() if name in request}
    given = ApprovalFactory.create(content=content, **request, **end)
    columns = {name: value for name, value in changed.items() if name in PAYOUT_COLUMNS}

    with refused_as("payout_of_its_approval"):
        PayoutFactory.create(draw=draw, approval=given, **columns)
    assert PayoutFactory.create(draw=draw).awards == 3


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        pytest.param({"award_points": 0}, "payout_of_some_points_each", id="awards of nothing"),
        pytest.param({"awards": -1}, "payout_of_some_points_each", id="fewer than none"),
        pytest.param({"list_sha256": "x"}, "payout_hash_is_sha256", id="a hash that is none"),
        pytest.param({"ended_at": LATER}, "payout_begins_unpaid", id="ended as it begins"),
        pytest.param({"closed_at": LATER}, "payout_closed_after_its_end", id="closed, not ended"),
    ],
)
def test_a_payout_holds_together(changed: dict[str, Any], name: str) -> None:
    draw = confirmed_draw()
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    with refused_as(name):
        PayoutFactory.create(draw=draw, **changed)
    PayoutFactory.create(draw=draw)


def test_a_payout_is_closed_when_both_sides_agree(tmp_path: Path) -> None:
    done = paid()
    close = "UPDATE points_payout SET closed_at = ended_at"
    with refused_as("payout_closed_when_settled"):  # no file of credits was written
        sql(close)
    one, two, three = export(done, tmp_path)
    settle(done, tmp_path, [answer(one), answer(two, points="1"), answer(three)])
    with refused_as("payout_closed_when_settled"):
        sql(close)
    settle(done, tmp_path, [answer(two)], sequence=2)

    sql(close)

    assert Payout.objects.get().closed_at


def test_a_payout_is_closed_when_every_award_came_to_something(tmp_path: Path) -> None:
    ready = prepared()
    with as_owner():
        ready.parts.update(first_rank=2)
    rows = export(pay(ready), tmp_path)
    settle(ready, tmp_path, map(answer, rows))

    with refused_as("payout_closed_when_sums_agree"):
        sql("UPDATE points_payout SET closed_at = ended_at")
    assert len(rows) == 2


@pytest.mark.parametrize(
    ("action", "subject"),
    [("payout.resolve", "another/1"), ("payout.prepare", None)],
    ids=["of another one", "of another action"],
)
def test_a_resolution_is_in_force_by_its_own_approval(action: str, subject: str | None) -> None:
    resolution = Resolution.objects.create(
        payout=paid(), credit_key=bytes(32), verdict="rejected", reason="They were request."
    )
    own = f"{resolution.payout.draw.campaign.code}/{resolution.pk}"
    statement = "UPDATE points_resolution SET approval_id = %s"

    with refused_as("resolution_of_its_approval"):
        sql(statement, approved(action, subject or own).pk)
    with refused_as("resolution_of_its_approval"):
        sql(statement, ApprovalFactory.create(action="payout.resolve", subject=own).pk)
    sql(statement, approved("payout.resolve", own).pk)
    assert Resolution.objects.filter(approval__isnull=False).exists()


def test_a_reversal_is_in_force_by_its_own_approval() -> None:
    paid()
    credit, other = Transfer.objects.filter(kind="credit")[:2]
    Reversal.objects.create(transfer=credit, reason="A mistake.")
    statement, right = "UPDATE points_reversal SET approval_id = %s", reversal_approval(credit)

    for wrong in (
        approved("points.reverse", str(other.pk)),
        approved("payout.resolve", str(credit.pk)),
        ApprovalFactory.create(action="points.reverse", subject=str(credit.pk)),
    ):
        with refused_as("reversal_of_its_approval"):
            sql(statement, wrong.pk)
    sql(statement, right.pk)
    assert Reversal.objects.filter(approval__isnull=False).exists()


@pytest.mark.parametrize(
    "column",
    [
        "awards = 4",
        "award_points = 99999",
        "ended_by_budget = NOT ended_by_budget",
        "list_sha256 = repeat('0', 64)",
    ],
)
def test_what_was_approved_stays(column: str) -> None:
    prepared()
    with refused_as("payout_approved_stays"):
        sql(f"UPDATE points_payout SET {column}")


def test_a_payout_moves_forward_and_stays(tmp_path: Path) -> None:
    done = paid()
    settle(done, tmp_path, map(answer, export(done, tmp_path)))
    for statement in ("ended_at = NULL", "ended_at = ended_at + interval '1 s'"):
        with refused_as("payout_moves_forward"):
            sql(f"UPDATE points_payout SET {statement}")
    Payout.objects.update(closed_at=CREDIT_AT)
    with refused_as("payout_moves_forward"):
        sql("UPDATE points_payout SET closed_at = NULL")
    with refused_as("payout_never_deleted"):
        sql("DELETE FROM points_payout")
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    tables = ", ".join(
        f"points_{one}"
        for one in (
            "payout",
            "payoutpart",
            "creditfile",
            "resultsfile",
            "creditanswer",
            "resolution",
        )
    )
    with refused_as("payout_never_truncated"):
        sql(f"TRUNCATE {tables}")
    assert done.awards == 3


def test_parts_are_once_and_done_once() -> None:
    ready = prepared()
    right = {"payout": ready, "number": 1, "prize": 1, "first_rank": 4, "last_rank": 4}
    with refused_as("payoutpart_once"):
        PayoutPart.objects.create(**{**right, "number": 0})
    for wrong in ({"first_rank": 0}, {"first_rank": 5}, {"prize": 0}):
        with refused_as("payoutpart_of_some_ranks"):
            PayoutPart.objects.create(**right | wrong)
    PayoutPart.objects.create(**right)
    PayoutPart.objects.filter(number=0).update(done_at=LATER)
    with refused_as("payoutpart_done_once"):
        sql("UPDATE points_payoutpart SET done_at = NULL WHERE number = 0")
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    with refused_as("payoutpart_never_truncated"):
        sql("TRUNCATE points_payoutpart")

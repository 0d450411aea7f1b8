"""The close of a payout: when both sides agree on every key."""

from pathlib import Path

import pytest

from core.models import Approval
from lottery import forgetting
from lottery.refusals import KeysNeeded
from points import closing, correcting, expiring, queries
from points.models import Payout
from points.refusals import KeysOpen, NotExported, NotPaid, PayoutClosed, SumsDiffer
from tests.approving import person
from tests.database import as_owner, every_trigger_off
from tests.factories.lottery import reread
from tests.guards import sql
from tests.points.answers import Row, answer, classes, export, reject, settle
from tests.points.books import EXPIRES_AT, balances
from tests.points.steps import (
    CREDIT_AT,
    approve,
    leave,
    paid,
    pay,
    prepared,
    standings,
    transfers,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def payout() -> Payout:
    """Return a payout of three that has ended."""
    return paid()


@pytest.fixture
def rows(payout: Payout, tmp_path: Path) -> dict[str, Row]:
    """Return the exported credits by their members."""
    return {row["wester_id"]: row for row in export(payout, tmp_path)}


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


def test_open_keys_of_another_campaign_are_no_matter(
    payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    other = paid({"W9": 5_000})
    export(other, tmp_path)
    settle(payout, tmp_path, map(answer, rows.values()))

    assert queries.count_keys(payout)["missing_there"] == 0
    assert queries.count_keys(other)["missing_there"] == 1
    assert closing.close_payout(payout=payout, at=CREDIT_AT)


@pytest.mark.parametrize("verdict", ["credited", "rejected"])
def test_a_rejection_after_the_expiry_waits_for_a_person(
    verdict: str, payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    """Of points that have expired nothing is left to reverse, so a person must resolve the key."""
    settle(payout, tmp_path, [answer(rows["W1"]), answer(rows["W2"])])
    expiring.expire_credits(at=EXPIRES_AT)
    before = transfers()

    settle(payout, tmp_path, [reject(rows["W3"])], sequence=2)
    assert classes(payout)["W3"] == ("rejected", True)
    with pytest.raises(KeysOpen):
        closing.close_payout(payout=payout, at=EXPIRES_AT)
    approval = correcting.request_resolution(
        payout=payout,
        key=bytes.fromhex(rows["W3"]["credit_key"]),
        verdict=verdict,
        reason="The points have expired.",
        actor=person("ops"),
        at=EXPIRES_AT,
    )
    approve(approval, EXPIRES_AT)

    assert closing.close_payout(payout=payout, at=EXPIRES_AT)
    assert transfers() == before
    assert standings(payout.draw)["W3"] == ("credited", 20_000, 0, 0, "")
    assert balances()["expired"] == 37_340


def test_it_is_not_closed_before_its_time(tmp_path: Path) -> None:
    ready = prepared()
    with pytest.raises(NotPaid):
        closing.close_payout(payout=ready, at=CREDIT_AT)
    pay(ready)
    with pytest.raises(NotExported):
        closing.close_payout(payout=ready, at=CREDIT_AT)


def test_it_is_not_closed_while_an_award_came_to_nothing(tmp_path: Path) -> None:
    ready = prepared()
    with as_owner():
        ready.parts.update(first_rank=2)  # the first one's award is in no part
    rows = export(pay(ready), tmp_path)
    settle(ready, tmp_path, map(answer, rows))

    with pytest.raises(SumsDiffer):
        closing.close_payout(payout=ready, at=CREDIT_AT)

    assert Payout.objects.get().closed_at is None


@pytest.mark.parametrize("points", [37_339, 37_341], ids=["less was approved", "more was approved"])
def test_it_is_not_closed_where_the_whole_is_not_what_was_approved(
    points: int, payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    settle(payout, tmp_path, map(answer, rows.values()))
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    with every_trigger_off():
        Payout.objects.update(award_points=points)
    payout.refresh_from_db()
    with pytest.raises(SumsDiffer):
        closing.close_payout(payout=payout, at=CREDIT_AT)

    with every_trigger_off():
        Payout.objects.update(award_points=37_340)
    payout.refresh_from_db()
    assert closing.close_payout(payout=payout, at=CREDIT_AT)


def test_a_payout_without_credits_is_closed_without_answers(tmp_path: Path) -> None:
    ready = prepared({"W1": 5_000})
    leave("W1")
    assert export(pay(ready), tmp_path) == []

    assert closing.close_payout(payout=ready, at=CREDIT_AT)


def test_keys_of_the_draw_are_kept_until_the_close(tmp_path: Path) -> None:
    ready = prepared({"W1": 5_000})
    with pytest.raises(KeysNeeded, match="not closed"):
        request_forgetting_of(ready)
    [row] = export(pay(ready), tmp_path)
    with pytest.raises(KeysNeeded, match="not closed"):
        request_forgetting_of(ready)
    settle(ready, tmp_path, [answer(row)])
    closing.close_payout(payout=ready, at=CREDIT_AT)

    approve(request_forgetting_of(ready), CREDIT_AT)

    assert reread(ready.draw).forgotten_at == CREDIT_AT


def request_forgetting_of(payout: Payout) -> Approval | None:
    return forgetting.request_forgetting(draw=payout.draw, actor=person("ops"), at=CREDIT_AT)

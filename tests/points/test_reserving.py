"""What a confirmation reserves and a void reverses, each in the same transaction."""

from datetime import timedelta

import pytest
from django.db import connection

from campaign import terms
from core import approvals
from core.approvals import ApprovalEnded
from lottery import confirming, voiding
from lottery.models import Draw
from points import reserving
from points.models import Account, Transfer
from points.preparing import request_payout
from points.refusals import PayoutApproved
from tests.approving import person
from tests.factories.campaign import campaign_file
from tests.factories.lottery import ROUND, drawn_draw, frozen_draw, publish, reread, run
from tests.guards import refused_as
from tests.points.books import balances
from tests.points.steps import CONFIRMED_AT, approve, confirm, confirmed, prepared, transfers, void

pytestmark = pytest.mark.django_db
BUDGET = 100_000_000


def test_a_confirmation_reserves_every_award() -> None:
    draw = confirmed()

    assert draw.state == Draw.State.CONFIRMED
    assert balances() == {"issuer": -BUDGET, "budget": BUDGET - 37_340, "reserved": 37_340}
    reserves = Transfer.objects.filter(kind="reserve").order_by("award__rank")
    awards = draw.awards.order_by("rank")
    assert list(reserves.values_list("award", "points")) == list(awards.values_list("id", "points"))
    assert {one.approval.action for one in Transfer.objects.all() if one.approval} == {
        "draw.confirm"
    }
    assert {one.at for one in Transfer.objects.all()} == {CONFIRMED_AT}


def test_a_partial_award_is_reserved_as_well() -> None:
    confirmed({"W1": 20_000, "W2": 20_000}, budget_points=25_000, edge="partial")

    assert balances() == {"issuer": -25_000, "reserved": 25_000}


def test_nothing_is_confirmed_where_nothing_can_be_reserved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    draw = drawn_draw()
    monkeypatch.setattr(reserving, "read_sql", lambda *_file: "SELECT no_such_function()")
    approval = confirming.request_confirmation(draw=draw, actor=person("ops"), at=CONFIRMED_AT)

    with pytest.raises(Exception, match="no_such_function"):
        approve(approval, CONFIRMED_AT)

    assert reread(draw).state == Draw.State.DRAWN
    assert transfers() == []


def test_a_void_takes_the_reserves_back() -> None:
    draw = void(confirmed())

    assert draw.state == Draw.State.VOID
    assert balances() == {"issuer": -BUDGET, "budget": BUDGET}
    assert Transfer.objects.filter(kind="reverse", reason="void").count() == 3


def test_a_void_of_what_was_not_confirmed_moves_nothing() -> None:
    draw = frozen_draw()
    approval = voiding.request_void(draw=draw, reason="No.", actor=person("ops"), at=draw.frozen_at)
    approve(approval, draw.frozen_at)

    assert (reread(draw).state, transfers()) == (Draw.State.VOID, [])


def redraw(draw: Draw) -> Draw:
    """Draw again after a void."""
    later = frozen_draw(campaign=draw.campaign, round_time=ROUND + timedelta(days=2))
    return confirm(run(publish(later)))


def test_the_budget_is_granted_once_for_all_draws() -> None:
    redraw(void(confirmed()))

    assert Transfer.objects.filter(kind="grant").count() == 1
    assert Transfer.objects.filter(kind="reserve").count() == 6
    assert balances() == {"issuer": -BUDGET, "budget": BUDGET - 37_340, "reserved": 37_340}


@pytest.mark.parametrize("budget", [50_000, 200_000_000], ids=["a smaller", "a larger"])
def test_after_a_void_another_budget_can_be_promised(budget: int) -> None:
    draw = void(confirmed())
    draw.campaign.refresh_from_db()
    file = campaign_file(
        code=draw.campaign.code, budget_points=budget, expected_sales_yen=100_000_000_000
    )
    approval = terms.request_revision(
        campaign=draw.campaign, file=file, actor=person("campaign"), at=CONFIRMED_AT
    )
    approve(approval, CONFIRMED_AT)

    redraw(draw)

    assert balances() == {"issuer": -budget, "budget": budget - 37_340, "reserved": 37_340}
    assert Account.objects.get(kind="issuer").least_points == -budget


def test_a_draw_is_not_void_once_its_payout_is_approved() -> None:
    draw = prepared().draw
    with pytest.raises(PayoutApproved):
        voiding.request_void(draw=draw, reason="No.", actor=person("ops"), at=CONFIRMED_AT)
    with refused_as("draw_not_void_once_paid"):
        Draw.objects.update(
            state="void", voided_at=CONFIRMED_AT, voided_by=draw.confirmed_by, void_reason="x"
        )
    assert draw.state == Draw.State.CONFIRMED


def test_a_void_draw_reserves_nothing() -> None:
    draw = confirmed()
    with refused_as("draw_void_reserves_nothing"), connection.cursor() as cursor:
        Draw.objects.update(
            state="void", voided_at=CONFIRMED_AT, voided_by=draw.confirmed_by, void_reason="x"
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_void_requested_before_the_payout_was_approved_comes_too_late() -> None:
    draw = confirmed()
    approval = voiding.request_void(draw=draw, reason="No.", actor=person("ops"), at=CONFIRMED_AT)
    payout = request_payout(campaign=draw.campaign, actor=person("ops"), at=CONFIRMED_AT)
    approve(payout, CONFIRMED_AT)

    with pytest.raises(ApprovalEnded, match="superseded"):
        approve(approval, CONFIRMED_AT)


def test_a_payout_requested_before_the_void_comes_too_late() -> None:
    draw = confirmed()
    approval = request_payout(campaign=draw.campaign, actor=person("ops"), at=CONFIRMED_AT)
    void(draw)

    with pytest.raises(ApprovalEnded, match="superseded"):
        approve(approval, CONFIRMED_AT)
    assert connection.needs_rollback is False
    assert approvals.declared_actions().keys() >= {"draw.confirm", "draw.void", "payout.prepare"}

"""A case shows staff the award as the winner reads it, with the points."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from points import correcting
from points.models import Account, Payout, Transfer
from tests.approving import person
from tests.factories.entries import MemberFactory
from tests.points import steps
from tests.points.answers import answer, export, reject, settle
from tests.portal.desk.members import look_up, staff, text_of
from tests.portal.members import signed_in

pytestmark = pytest.mark.django_db
SetClock = Callable[[datetime], None]


def lowered(payout: Payout, folder: Path) -> None:
    steps.lower("W2", to=7_000)
    steps.pay(payout)


def withdrawn(payout: Payout, folder: Path) -> None:
    steps.leave("W2")
    steps.pay(payout)


def below_minimum(payout: Payout, folder: Path) -> None:
    steps.lower("W2", to=0)
    steps.pay(payout)


def rejected(payout: Payout, folder: Path) -> None:
    steps.pay(payout)
    rows = {row["wester_id"]: row for row in export(payout, folder)}
    settle(payout, folder, [reject(rows["W2"])])


def taken_back(payout: Payout, folder: Path) -> None:
    steps.pay(payout)
    credit = Transfer.objects.get(kind="credit", award__entrant__wester_id="W2")
    requested = correcting.request_reversal(
        transfer=credit, reason="By mistake.", actor=person("ops"), at=steps.CREDIT_AT
    )
    steps.approve(requested, steps.CREDIT_AT)


ENDS = {
    "lowered": (
        lowered,
        "As bookings were cancelled, refunded or the like, you got fewer.",
        ("points taken off before the crediting", "5,340"),
    ),
    "withdrawn": (
        withdrawn,
        "You were drawn, but your WESTER membership had ended before the crediting.",
        ("points forfeited", "12,340"),
    ),
    "below the minimum": (
        below_minimum,
        "after cancellations or the like your eligible total is below 5,000 yen.",
        ("points forfeited", "12,340"),
    ),
    "rejected": (
        rejected,
        "You were drawn, but the points could not be credited to your account.",
        ("points forfeited", "12,340"),
    ),
    "taken back": (
        taken_back,
        "You were drawn and points were credited, but they were taken back afterwards.",
        ("points forfeited", "12,340"),
    ),
}


@pytest.mark.parametrize(("end", "sentence", "points"), ENDS.values(), ids=ENDS)
def test_look_up_shows_an_award_as_the_member_reads_it(
    set_clock: SetClock,
    tmp_path: Path,
    end: Callable[[Payout, Path], None],
    sentence: str,
    points: tuple[str, str],
) -> None:
    payout = steps.prepared()
    end(payout, tmp_path)
    set_clock(steps.CREDIT_AT + timedelta(hours=1))
    campaign = payout.draw.campaign
    heading, value = points
    member = signed_in(MemberFactory.create(wester_id="W2"), language="en")
    own = text_of(member.get(f"/campaign/detail/{campaign.code}/mypage/"))
    page = text_of(look_up(staff("support"), campaign, "W2"))
    assert sentence in own
    assert sentence in page
    assert f"<dt>{heading}</dt><dd>{value}</dd>" in page
    assert "Congratulations" not in page


def test_a_case_links_to_the_transfers_of_the_account(set_clock: SetClock) -> None:
    payout = steps.paid()
    set_clock(steps.CREDIT_AT + timedelta(hours=1))
    client = staff("support")

    page = text_of(look_up(client, payout.draw.campaign, "W2"))

    account = Account.objects.get(wester_id="W2")
    address = f"/staff/points/transfer/?to_account__id__exact={account.pk}"
    assert address in page
    assert "W2" in text_of(client.get(address))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        pytest.param({}, "agrees", id="the same points"),
        pytest.param({"points": 1}, "another number of points", id="others"),
        pytest.param({"status": "rejected", "detail": "No account"}, "not credited", id="none"),
        pytest.param(None, "no answer", id="no answer"),
    ],
)
def test_a_case_shows_what_the_points_system_answered(
    set_clock: SetClock, tmp_path: Path, changed: dict[str, object] | None, words: str
) -> None:
    payout = steps.paid()
    rows = {row["wester_id"]: row for row in export(payout, tmp_path)}
    others = [answer(row) for member, row in rows.items() if member != "W2"]
    own = [] if changed is None else [answer(rows["W2"], **changed)]
    settle(payout, tmp_path, [*others, *own])
    set_clock(steps.CREDIT_AT + timedelta(days=3))

    response = look_up(staff("support"), payout.draw.campaign, "W2")

    assert [said for _credit, said in response.context["answers"]] == [words]
    assert f"<b>{words}</b>" in text_of(response)


def test_a_forfeited_rest_of_the_budget_is_not_promised(set_clock: SetClock) -> None:
    payout = steps.prepared({"W1": 5_000, "W2": 5_000}, budget_points=8_000, edge="partial")
    last = payout.draw.awards.get(rank=2).entrant.wester_id
    steps.leave(last)
    steps.pay(payout)
    set_clock(steps.CREDIT_AT + timedelta(hours=1))
    page = text_of(look_up(staff("support"), payout.draw.campaign, last))
    assert "membership had ended" in page
    assert "what was left" not in page

"""The payout: every award once, rechecked as it is credited, in any number of tries."""

import hashlib
from datetime import timedelta

import pytest

from lottery.queries import subject_of
from points import payout, preparing, queries
from points.models import Payout, Transfer
from points.refusals import NotDueYet
from tests.factories.entries import MembershipFactory
from tests.points.books import balances
from tests.points.steps import (
    CREDIT_AT,
    confirmed,
    credit_key,
    leave,
    lower,
    paid,
    pay,
    prepare,
    prepared,
    standings,
    stay,
    transfers,
)

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
BUDGET = 100_000_000


def test_a_payout_credits_every_award() -> None:
    done = paid()

    assert standings(done.draw) == {
        "W1": ("credited", 5_000, 0, 0, ""),
        "W2": ("credited", 12_340, 0, 0, ""),
        "W3": ("credited", 20_000, 0, 0, ""),
    }
    assert balances() == {
        "issuer": -BUDGET,
        "budget": BUDGET - 37_340,
        "W1": 5_000,
        "W2": 12_340,
        "W3": 20_000,
    }
    credited = Transfer.objects.filter(kind="credit")
    assert {(one.at, str(one.expires_on), one.made_by) for one in credited} == {
        (CREDIT_AT, "2026-03-31", "payout.run")
    }
    assert done.ended_at == CREDIT_AT


def test_nothing_is_credited_before_its_instant() -> None:
    ready = prepared()

    with pytest.raises(NotDueYet):
        pay(ready, at=CREDIT_AT - SECOND)

    assert not Transfer.objects.filter(kind="credit").exists()
    assert pay(ready, at=CREDIT_AT).ended_at == CREDIT_AT


def test_running_it_again_changes_nothing() -> None:
    done = paid()
    before = transfers()

    pay(done, at=CREDIT_AT + timedelta(days=1))

    assert transfers() == before
    assert Payout.objects.get().ended_at == CREDIT_AT


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        pytest.param(30_000, ("credited", 20_000, 0, 0, ""), id="as at the freeze"),
        pytest.param(40_000, ("credited", 20_000, 0, 0, ""), id="more than then"),
        pytest.param(20_000, ("credited", 20_000, 0, 0, ""), id="lower, but not below the award"),
        pytest.param(19_999, ("credited", 19_999, 1, 0, "lower_total"), id="a yen below it"),
        pytest.param(5_000, ("credited", 5_000, 15_000, 0, "lower_total"), id="the minimum"),
        pytest.param(4_999, ("forfeited", 0, 0, 20_000, "below_minimum"), id="below the minimum"),
        pytest.param(0, ("forfeited", 0, 0, 20_000, "below_minimum"), id="nothing counts"),
    ],
)
def test_the_total_of_today_only_lowers(
    total: int, expected: tuple[str, int, int, int, str]
) -> None:
    ready = prepared()
    lower("W3", to=total)

    pay(ready)

    assert standings(ready.draw)["W3"] == expected
    assert standings(ready.draw)["W1"] == ("credited", 5_000, 0, 0, "")


def test_a_total_that_grew_raises_nothing() -> None:
    ready = prepared()
    lower("W1", to=9_000)

    pay(ready)

    assert standings(ready.draw)["W1"] == ("credited", 5_000, 0, 0, "")


def test_who_has_left_is_credited_nothing() -> None:
    ready = prepared()
    leave("W2", "W3")
    lower("W3", to=0)

    pay(ready)

    assert standings(ready.draw) == {
        "W1": ("credited", 5_000, 0, 0, ""),
        "W2": ("forfeited", 0, 0, 12_340, "withdrawn"),
        "W3": ("forfeited", 0, 0, 20_000, "withdrawn"),
    }
    assert balances()["forfeited"] == 32_340


@pytest.mark.parametrize("stays", [True, False], ids=["never left", "came back"])
def test_who_is_a_member_is_credited(stays: bool) -> None:
    """A row of memberships is not always a leaving: its status may be active."""
    ready = prepared()
    if stays:
        MembershipFactory.create(wester_id="W2", status="active")
    else:
        leave("W2")
        stay("W2")

    pay(ready)

    assert standings(ready.draw)["W2"] == ("credited", 12_340, 0, 0, "")


def test_what_becomes_known_after_the_credit_changes_nothing() -> None:
    done = paid()
    before = transfers()
    leave("W1")
    lower("W3", to=0)

    pay(done, at=CREDIT_AT + timedelta(days=1))

    assert transfers() == before


@pytest.mark.parametrize("has_left", [True, False], ids=["forfeited", "credited"])
def test_an_award_with_an_end_is_skipped_whatever_its_part_says(has_left: bool) -> None:
    ready = prepared({"W1": 5_000})
    if has_left:
        leave("W1")
    pay(ready)
    before = transfers()
    if has_left:
        stay("W1")
    else:
        leave("W1")

    payout.recheck_part(ready, ready.parts.get())
    payout.pay_rechecked_awards(ready, at=CREDIT_AT)

    assert transfers() == before


def test_a_partial_award_is_paid_as_it_is() -> None:
    """The last one's award is what was left of the budget, whatever their total."""
    draw = confirmed({"W1": 20_000, "W2": 20_000}, budget_points=25_000, edge="partial")
    partial = draw.awards.get(points=5_000).entrant.wester_id
    ready = prepare(draw)
    lower(partial, to=6_000)

    pay(ready)

    assert standings(draw)[partial] == ("credited", 5_000, 0, 0, "")


def test_parts_share_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "AWARDS_PER_PART", 2)
    ready = prepared({f"W{n}": 5_000 + n for n in range(5)})
    ranks = ready.parts.order_by("number").values_list("first_rank", "last_rank")
    assert list(ranks) == [(1, 2), (3, 4), (5, 5)]

    assert payout.pay_next_part(ready, at=CREDIT_AT)
    assert queries.count_awards(ready.draw)["pending"] == 3
    assert not payout.end_payout(ready, at=CREDIT_AT)
    assert payout.pay_remaining_parts(ready, now=lambda: CREDIT_AT) == 2

    assert queries.count_awards(ready.draw)["credited"] == 5


@pytest.mark.parametrize(
    ("members", "ranks"),
    [
        pytest.param(1, [(1, 1)], id="one award"),
        pytest.param(2, [(1, 2)], id="a whole part"),
        pytest.param(3, [(1, 2), (3, 3)], id="one more than a part"),
        pytest.param(4, [(1, 2), (3, 4)], id="two whole parts"),
    ],
)
def test_parts_hold_every_award(
    members: int, ranks: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparing, "AWARDS_PER_PART", 2)

    parts = prepared({f"W{n}": 5_000 for n in range(members)}).parts.order_by("number")

    assert [(one.first_rank, one.last_rank) for one in parts] == ranks


def test_what_is_approved_names_every_award_in_the_order_of_the_keys() -> None:
    draw = confirmed({f"W{n}": 5_000 + n for n in range(8)})
    lines = [
        f"{credit_key(award)},{award.entrant.wester_id},{award.points}\n"
        for award in draw.awards.select_related("entrant")
    ]

    content = preparing.content_to_prepare(subject_of(draw))

    assert (content["awards"], content["award_points"]) == (8, 8 * 5_000 + 28)
    assert (content["credit_at"], content["expires_on"]) == (CREDIT_AT.isoformat(), "2026-03-31")
    assert content["list_sha256"] == hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()


def test_a_payout_of_no_awards_ends_at_once() -> None:
    done = paid({})

    assert done.ended_at == CREDIT_AT
    assert balances() == {"issuer": -BUDGET, "budget": BUDGET}


def test_the_key_of_a_credit_is_computed() -> None:
    paid()
    for credit in Transfer.objects.filter(kind="credit").select_related("award__entrant"):
        assert credit.award
        assert bytes(credit.key).hex() == credit_key(credit.award)


def test_nobody_else_is_credited() -> None:
    """A member who entered and was not drawn has no account."""
    draw = confirmed({f"W{n}": 20_000 for n in range(6)}, budget_points=60_000)
    done = pay(prepare(draw))

    winners = set(draw.awards.values_list("entrant__wester_id", flat=True))
    assert len(winners) == 3
    assert set(balances()) == {"issuer", *winners}
    assert set(standings(done.draw)) == winners


def test_member_learns_of_the_credit() -> None:
    done = paid()
    (member,) = queries.find_member_credits(done.draw, "W3")
    assert (member.prize, member.state, member.credited_points, member.credited_at) == (
        1,
        "credited",
        20_000,
        CREDIT_AT,
    )
    assert str(member.expires_on) == "2026-03-31"
    assert queries.find_member_credits(done.draw, "W9") == []
    assert queries.find_payout_end(done.draw.campaign) == CREDIT_AT

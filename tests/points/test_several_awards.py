"""A member with an award in each of several prizes: each goes its own way, under its own keys."""

import hashlib
from pathlib import Path

import pytest

from points import closing, correcting, expiring
from points.models import AwardStanding, Payout, Transfer
from points.queries import count_awards, count_credited_members, find_member_credits
from points.verifying import verify_ledger
from tests.approving import person
from tests.points.answers import answer, classes_by_award, export, reject, settle
from tests.points.books import EXPIRES_AT, balances
from tests.points.steps import (
    CREDIT_AT,
    approve,
    confirmed,
    credit_key,
    ends,
    paid,
    prepare,
    void,
)

pytestmark = pytest.mark.django_db
BUDGET = 100_000_000
MEMBERS = {"W1": 5_000, "W2": 8_000}
PRIZES = [
    {"kind": "fixed", "points": 300},
    {"beside": True},
    {"kind": "pool", "points": 1_000, "beside": True},
]
WON = {
    ("W1", 1): (300, 0, 0, ""),
    ("W1", 2): (5_000, 0, 0, ""),
    ("W1", 3): (500, 0, 0, ""),
    ("W2", 1): (300, 0, 0, ""),
    ("W2", 2): (8_000, 0, 0, ""),
    ("W2", 3): (500, 0, 0, ""),
}
SUM = 14_600


@pytest.fixture
def payout() -> Payout:
    """Return a payout of three awards for each of two members that has ended."""
    return paid(MEMBERS, prizes=PRIZES)


def test_members_are_counted_once_whatever_their_awards(payout: Payout) -> None:
    assert count_awards(payout.draw)["credited"] == 6
    assert count_credited_members(payout.draw) == len(MEMBERS)


def of(member: str, prize: int) -> dict[str, object]:
    return {"award__entrant__wester_id": member, "award__prize": prize}


def test_each_is_reserved_and_credited_under_its_own_key(payout: Payout) -> None:
    assert ends(payout.draw) == WON
    assert (payout.awards, payout.award_points) == (6, SUM)
    assert balances() == {
        "issuer": -BUDGET,
        "budget": BUDGET - SUM,
        "W1": 5_800,
        "W2": 8_800,
    }
    for kind in ("reserve", "credit"):
        assert Transfer.objects.filter(kind=kind).count() == 6
    for credit in Transfer.objects.filter(kind="credit").select_related("award__entrant"):
        assert credit.award
        assert bytes(credit.key).hex() == credit_key(credit.award)
    assert payout.parts.values_list("prize", "first_rank", "last_rank").order_by("number")[0] == (
        1,
        1,
        2,
    )
    assert verify_ledger().ok


def test_what_is_approved_lists_each() -> None:
    draw = confirmed(MEMBERS, prizes=PRIZES)
    lines = sorted(
        f"{credit_key(award)},{award.entrant.wester_id},{award.points}\n"
        for award in draw.awards.select_related("entrant")
    )

    ready = prepare(draw)

    assert ready.list_sha256 == hashlib.sha256("".join(lines).encode()).hexdigest()


def test_a_void_reverses_the_reserve_of_each() -> None:
    draw = void(confirmed(MEMBERS, prizes=PRIZES))

    assert Transfer.objects.filter(kind="reverse", reverses__award__draw=draw).count() == 6
    assert {one.state for one in AwardStanding.objects.filter(draw=draw)} == {"void"}
    assert balances() == {"issuer": -BUDGET, "budget": BUDGET}


def test_each_is_exported_answered_and_closed(payout: Payout, tmp_path: Path) -> None:
    rows = {row["credit_key"]: row for row in export(payout, tmp_path)}
    assert sorted((row["wester_id"], row["points"]) for row in rows.values()) == sorted(
        (member, str(end[0])) for (member, _prize), end in WON.items()
    )
    pool = Transfer.objects.get(kind="credit", **of("W2", 3))
    refused = rows.pop(bytes(pool.key).hex())

    settle(payout, tmp_path, [*map(answer, rows.values()), reject(refused)])

    assert classes_by_award(payout) == {
        key: ("rejected" if key == ("W2", 3) else "agrees", False) for key in WON
    }
    assert ends(payout.draw) == WON | {("W2", 3): (0, 0, 500, "rejected")}
    assert closing.close_payout(payout=payout, at=CREDIT_AT)
    assert verify_ledger().ok


def test_one_is_reversed_and_the_others_expire(payout: Payout) -> None:
    credit = Transfer.objects.get(kind="credit", **of("W1", 2))
    requested = correcting.request_reversal(
        transfer=credit, reason="A mistake.", actor=person("ops"), at=CREDIT_AT
    )
    approve(requested, CREDIT_AT)

    assert ends(payout.draw) == WON | {("W1", 2): (0, 0, 5_000, "reversed")}
    assert expiring.expire_credits(at=EXPIRES_AT) == (5, SUM - 5_000)
    assert expiring.expire_credits(at=EXPIRES_AT) == (0, 0)
    assert balances() == {
        "issuer": -BUDGET,
        "budget": BUDGET - SUM,
        "forfeited": 5_000,
        "expired": SUM - 5_000,
    }
    assert verify_ledger().ok


def test_a_member_learns_of_each(payout: Payout) -> None:
    found = find_member_credits(payout.draw, "W2")

    assert [(one.prize, one.award_points) for one in found] == [(1, 300), (2, 8_000), (3, 500)]
    assert count_awards(payout.draw)["awards"] == 6


def test_a_partial_award_beside_a_whole_one_has_its_own_key() -> None:
    """The budget ends in the second prize."""
    done = paid(MEMBERS, prizes=PRIZES, budget_points=5_601, edge="partial")
    partial = done.draw.awards.select_related("entrant").latest("id")
    expected = {1: 300, 2: partial.points}

    assert partial.points in (5_001, 1)
    credits_ = Transfer.objects.filter(
        kind="credit", award__entrant=partial.entrant
    ).select_related("award__entrant")
    assert {one.award.prize: one.points for one in credits_ if one.award} == expected
    assert {bytes(one.key).hex() for one in credits_} == {
        credit_key(one.award) for one in credits_ if one.award
    }
    assert balances()["budget" if "budget" in balances() else "issuer"] == -5_601

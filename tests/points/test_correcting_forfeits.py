"""A key that the points system credited and that was forfeited here: what people can make of it."""

from pathlib import Path
from typing import Any

import pytest

from core.approvals import ContentChanged
from core.models import Approval
from points import closing, correcting, expiring, exporting
from points.models import Payout, Transfer
from points.refusals import AwardExceeded, CreditReversed, NotReversible, UnknownKey
from points.verifying import verify_ledger
from tests.approving import person
from tests.points.answers import Row, answer, classes, export, reject, settle
from tests.points.books import EXPIRES_AT, balances
from tests.points.steps import (
    CREDIT_AT,
    approve,
    credit_key,
    leave,
    paid,
    pay,
    prepared,
    standings,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def payout(tmp_path: Path) -> Payout:
    """Return an exported payout of W2, who has left, and of W3, whose credit agrees."""
    ready = prepared({"W2": 12_340, "W3": 30_000})
    leave("W2")
    settle(pay(ready), tmp_path, map(answer, export(ready, tmp_path)))
    return ready


@pytest.fixture
def there(payout: Payout) -> Row:
    """Return the row of W2's credit as a file that was sent before had it."""
    return credit_row(payout, "W2", 12_340)


def credit_row(payout: Payout, member: str, points: int) -> Row:
    award = payout.draw.awards.get(entrant__wester_id=member)
    return {"credit_key": credit_key(award), "wester_id": member, "points": str(points)}


def request_resolution(payout: Payout, row: Row, verdict: str = "credited") -> Approval:
    return correcting.request_resolution(
        payout=payout,
        key=bytes.fromhex(row["credit_key"]),
        verdict=verdict,
        reason="Sent before.",
        actor=person("ops"),
        at=CREDIT_AT,
    )


def test_it_is_credited_as_it_was_there(payout: Payout, there: Row, tmp_path: Path) -> None:
    settle(payout, tmp_path, [answer(there)], sequence=2)
    approval = request_resolution(payout, there)
    assert (
        approval.content.items()
        >= {
            "class": "unknown_here",
            "points": None,
            "answered_points": 12_340,
            "award_points": 12_340,
            "forfeited": "withdrawn",
            "verdict": "credited",
        }.items()
    )

    approve(approval, CREDIT_AT)

    assert standings(payout.draw)["W2"] == ("credited", 12_340, 0, 0, "")
    assert classes(payout)["W2"] == ("agrees", False)
    assert (balances()["W2"], "forfeited" in balances()) == (12_340, False)
    made = Transfer.objects.filter(made_by="payout.resolve")
    assert {(one.kind, one.approval_id) for one in made} == {
        ("reverse", approval.pk),
        ("credit", approval.pk),
    }
    assert str(made.get(kind="credit").expires_on) == "2026-03-31"
    assert closing.close_payout(payout=payout, at=CREDIT_AT)
    assert verify_ledger().ok


def test_less_was_credited_there_and_the_rest_is_released(
    payout: Payout, there: Row, tmp_path: Path
) -> None:
    settle(payout, tmp_path, [answer(there, points="12339")], sequence=2)

    approve(request_resolution(payout, there), CREDIT_AT)

    assert standings(payout.draw)["W2"] == ("credited", 12_339, 1, 0, "lower_total")
    assert closing.close_payout(payout=payout, at=CREDIT_AT)
    assert verify_ledger().ok


def test_more_than_the_award_is_corrected_there(payout: Payout, there: Row, tmp_path: Path) -> None:
    settle(payout, tmp_path, [answer(there, points="12341")], sequence=2)

    with pytest.raises(AwardExceeded):
        request_resolution(payout, there)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param([{"status": "rejected"}], id="rejected"),
        pytest.param([{}, {"status": "rejected"}], id="both"),
        pytest.param([{}, {"points": "1"}], id="two amounts"),
        pytest.param([{"points": "0"}], id="nothing"),
    ],
)
def test_what_was_not_credited_there_is_not_given(
    changed: list[dict[str, Any]], payout: Payout, there: Row, tmp_path: Path
) -> None:
    settle(payout, tmp_path, [answer(there, **one) for one in changed], sequence=2)

    with pytest.raises(CreditReversed):
        request_resolution(payout, there)
    approve(request_resolution(payout, there, "rejected"), CREDIT_AT)

    assert standings(payout.draw)["W2"] == ("forfeited", 0, 0, 12_340, "withdrawn")


def test_a_later_answer_counts_before_the_approval(
    payout: Payout, there: Row, tmp_path: Path
) -> None:
    settle(payout, tmp_path, [answer(there)], sequence=2)
    approval = request_resolution(payout, there)
    settle(payout, tmp_path, [answer(there, points="12339")], sequence=3)
    with pytest.raises(ContentChanged):
        approve(approval, CREDIT_AT)

    approval = request_resolution(payout, there)
    settle(payout, tmp_path, [reject(there)], sequence=4)
    with pytest.raises(CreditReversed):
        approve(approval, CREDIT_AT)


def test_it_can_be_rejected_as_well(payout: Payout, there: Row, tmp_path: Path) -> None:
    settle(payout, tmp_path, [answer(there)], sequence=2)

    approve(request_resolution(payout, there, "rejected"), CREDIT_AT)

    assert standings(payout.draw)["W2"] == ("forfeited", 0, 0, 12_340, "withdrawn")
    assert classes(payout)["?"] == ("unknown_here", False)
    assert closing.close_payout(payout=payout, at=CREDIT_AT)


def test_a_reversed_credit_is_never_made_again(tmp_path: Path) -> None:
    payout = paid({"W2": 12_340})
    credit = Transfer.objects.get(kind="credit")
    approval = correcting.request_reversal(
        transfer=credit, reason="Wrong.", actor=person("ops"), at=CREDIT_AT
    )
    approve(approval, CREDIT_AT)
    exporting.export_credits(payout=payout, folder=tmp_path, at=CREDIT_AT)
    row = credit_row(payout, "W2", 12_340)
    settle(payout, tmp_path, [answer(row)])

    with pytest.raises(CreditReversed):
        request_resolution(payout, row)


def test_an_award_of_another_campaign_is_none_of_this_one(
    payout: Payout, there: Row, tmp_path: Path
) -> None:
    other = paid({"W8": 5_000})
    (own,) = export(other, tmp_path)
    settle(other, tmp_path, [answer(own), answer(there)], sequence=2)

    with pytest.raises(UnknownKey):
        request_resolution(other, there)


def test_what_people_credited_expires_and_is_not_reversed(
    payout: Payout, there: Row, tmp_path: Path
) -> None:
    settle(payout, tmp_path, [answer(there)], sequence=2)
    approve(request_resolution(payout, there), CREDIT_AT)
    settle(payout, tmp_path, [reject(there)], sequence=3)
    closing.close_payout(payout=payout, at=CREDIT_AT)
    credit = Transfer.objects.get(kind="credit", points=12_340)

    with pytest.raises(NotReversible, match="not forfeited again"):
        correcting.request_reversal(
            transfer=credit, reason="Wrong.", actor=person("ops"), at=CREDIT_AT
        )

    assert expiring.expire_credits(at=EXPIRES_AT) == (2, 32_340)
    assert verify_ledger().ok

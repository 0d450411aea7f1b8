"""What two people decide: how an open key is resolved, and which credit is reversed."""

from datetime import timedelta
from pathlib import Path

import pytest

from core.approvals import ContentChanged, NotPermitted
from core.models import Approval
from points import closing, correcting, expiring
from points.models import Payout, Resolution, Reversal, Transfer
from points.refusals import (
    BeingSettled,
    CreditReversed,
    KeysOpen,
    NothingOpen,
    NotReversible,
    PayoutClosed,
    UnfitReason,
    UnknownKey,
    UnknownTransfer,
)
from tests.campaign.refused import refused_as, sql
from tests.factories.lottery import person
from tests.points.answers import Row, answer, classes, export, reject, settle
from tests.points.books import balances
from tests.points.steps import CREDIT_AT, approve, paid, standings, transfers

pytestmark = pytest.mark.django_db
UNKNOWN = "0" * 64


@pytest.fixture
def payout() -> Payout:
    return paid()


@pytest.fixture
def rows(payout: Payout, tmp_path: Path) -> dict[str, Row]:
    return {row["wester_id"]: row for row in export(payout, tmp_path)}


def request_resolution(
    payout: Payout, key: str, verdict: str, reason: str = "By telephone."
) -> Approval:
    return correcting.request_resolution(
        payout=payout,
        key=bytes.fromhex(key),
        verdict=verdict,
        reason=reason,
        actor=person("ops"),
        at=CREDIT_AT,
    )


def resolve(payout: Payout, key: str, verdict: str) -> None:
    approve(request_resolution(payout, key, verdict), CREDIT_AT)


def test_a_key_is_resolved_as_credited(
    payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    settle(payout, tmp_path, [answer(rows["W1"], points="1"), *map(answer, [rows["W2"]])])
    before = transfers()

    resolve(payout, rows["W1"]["credit_key"], "credited")

    assert classes(payout)["W1"] == ("agrees", False)
    assert transfers() == before


def test_a_key_is_resolved_as_rejected(payout: Payout, rows: dict[str, Row]) -> None:
    resolve(payout, rows["W3"]["credit_key"], "rejected")

    assert classes(payout)["W3"] == ("rejected", False)
    assert standings(payout.draw)["W3"] == ("forfeited", 0, 0, 20_000, "rejected")
    forfeit = Transfer.objects.get(kind="forfeit")
    assert (forfeit.detail, forfeit.made_by) == ("By telephone.", "payout.resolve")
    assert forfeit.approval == Resolution.objects.get().approval


def test_nothing_happens_until_another_person_approves(
    payout: Payout, rows: dict[str, Row]
) -> None:
    before = transfers()
    request_resolution(payout, rows["W3"]["credit_key"], "rejected")

    assert classes(payout)["W3"] == ("missing_there", True)
    assert transfers() == before


def test_an_unknown_key_can_only_be_rejected(
    payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    answers = [*map(answer, rows.values()), answer(rows["W1"], credit_key=UNKNOWN)]
    settle(payout, tmp_path, answers)
    with pytest.raises(KeysOpen):
        closing.close_payout(payout=payout, at=CREDIT_AT)
    with pytest.raises(CreditReversed):
        request_resolution(payout, UNKNOWN, "credited")
    before = transfers()

    resolve(payout, UNKNOWN, "rejected")

    assert (classes(payout)["?"], transfers()) == (("unknown_here", False), before)
    assert closing.close_payout(payout=payout, at=CREDIT_AT)


def test_no_award_is_credited_twice(payout: Payout, rows: dict[str, Row], tmp_path: Path) -> None:
    settle(payout, tmp_path, [reject(rows["W1"])])
    settle(payout, tmp_path, [answer(rows["W1"])], sequence=2)
    key = rows["W1"]["credit_key"]
    with pytest.raises(CreditReversed):
        request_resolution(payout, key, "credited")
    before = transfers()

    resolve(payout, key, "rejected")

    assert (classes(payout)["W1"], transfers()) == (("rejected", False), before)


def test_what_agrees_is_not_resolved(payout: Payout, rows: dict[str, Row], tmp_path: Path) -> None:
    settle(payout, tmp_path, map(answer, rows.values()))
    with pytest.raises(NothingOpen):
        request_resolution(payout, rows["W1"]["credit_key"], "rejected")
    with pytest.raises(UnknownKey):
        request_resolution(payout, UNKNOWN, "rejected")
    closing.close_payout(payout=payout, at=CREDIT_AT)
    with pytest.raises(PayoutClosed):
        request_resolution(payout, rows["W1"]["credit_key"], "rejected")


def test_an_answer_that_comes_before_the_approval_counts(
    payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    first = request_resolution(payout, rows["W1"]["credit_key"], "rejected")
    second = request_resolution(payout, rows["W2"]["credit_key"], "rejected")
    settle(payout, tmp_path, [answer(rows["W1"]), answer(rows["W2"], points="1")])

    with pytest.raises(NothingOpen):
        approve(first, CREDIT_AT)
    with pytest.raises(ContentChanged):
        approve(second, CREDIT_AT)


@pytest.mark.parametrize("reason", ["", "  ", "two\nlines", "x" * 501])
def test_a_reason_is_one_line(reason: str, payout: Payout, rows: dict[str, Row]) -> None:
    with pytest.raises(UnfitReason):
        request_resolution(payout, rows["W1"]["credit_key"], "rejected", reason)


def test_who_may_not_is_refused(payout: Payout, rows: dict[str, Row]) -> None:
    with pytest.raises(NotPermitted):
        correcting.request_resolution(
            payout=payout,
            key=bytes.fromhex(rows["W1"]["credit_key"]),
            verdict="rejected",
            reason="x",
            actor=person("support"),
            at=CREDIT_AT,
        )


def test_an_approved_resolution_stays(payout: Payout, rows: dict[str, Row]) -> None:
    request_resolution(payout, rows["W1"]["credit_key"], "credited")
    sql("UPDATE points_resolution SET verdict = 'rejected'")
    with refused_as("resolution_says_why"):
        sql("UPDATE points_resolution SET reason = ''")
    with refused_as("resolution_says_why"):
        sql("UPDATE points_resolution SET verdict = 'lost'")
    resolve(payout, rows["W1"]["credit_key"], "credited")
    with refused_as("resolution_approved_stays"):
        sql("UPDATE points_resolution SET reason = 'other'")
    with refused_as("resolution_one_per_key"):
        sql(
            "INSERT INTO points_resolution (payout_id, credit_key, verdict, reason) "
            "SELECT payout_id, credit_key, 'credited', 'x' FROM points_resolution"
        )
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    with refused_as("resolution_never_truncated"):
        sql("TRUNCATE points_resolution")


# Reversals


def reverse(transfer: Transfer, reason: str = "Paid to the wrong account.") -> Approval | None:
    return correcting.request_reversal(
        transfer=transfer, reason=reason, actor=person("ops"), at=CREDIT_AT
    )


def credit_of(member: str) -> Transfer:
    return Transfer.objects.get(kind="credit", award__entrant__wester_id=member)


def test_a_credit_is_reversed_and_its_award_forfeited(payout: Payout) -> None:
    credit = credit_of("W3")
    approve(reverse(credit), CREDIT_AT)

    assert standings(payout.draw)["W3"] == ("forfeited", 0, 0, 20_000, "reversed")
    assert "W3" not in balances()
    assert Transfer.objects.get(kind="reverse").approval == Reversal.objects.get().approval
    assert reverse(credit_of("W3")) is None


def test_a_reversed_credit_is_in_no_file(payout: Payout, tmp_path: Path) -> None:
    approve(reverse(credit_of("W3")), CREDIT_AT)

    assert {row["wester_id"] for row in export(payout, tmp_path)} == {"W1", "W2"}
    assert set(classes(payout)) == {"W1", "W2"}


def test_a_credit_that_is_being_settled_is_resolved_instead(
    payout: Payout, rows: dict[str, Row], tmp_path: Path
) -> None:
    for member in rows:  # the last transfer that the file has is one of them
        with pytest.raises(BeingSettled):
            reverse(credit_of(member))
    settle(payout, tmp_path, map(answer, rows.values()))
    closing.close_payout(payout=payout, at=CREDIT_AT)

    approve(reverse(credit_of("W1")), CREDIT_AT)

    assert standings(payout.draw)["W1"] == ("forfeited", 0, 0, 5_000, "reversed")
    assert set(classes(payout).values()) == {("agrees", False)}


def test_only_a_credit_that_stands_is_reversed(payout: Payout) -> None:
    for transfer in Transfer.objects.exclude(kind="credit"):
        with pytest.raises(NotReversible):
            reverse(transfer)
    approval = reverse(credit_of("W1"))
    expiring.expire_credits(at=CREDIT_AT + timedelta(days=500))
    with pytest.raises(NotReversible):
        approve(approval, CREDIT_AT)
    with pytest.raises(NotReversible):
        reverse(credit_of("W2"))


def test_a_transfer_is_found_by_number_or_key(payout: Payout) -> None:
    credit = credit_of("W1")
    assert correcting.find_transfer(str(credit.pk)) == credit
    assert correcting.find_transfer(bytes(credit.key).hex()) == credit
    for name in ("", "x", "0", UNKNOWN, "9" * 30, "１"):
        with pytest.raises(UnknownTransfer):
            correcting.find_transfer(name)


def test_an_approved_reversal_stays(payout: Payout) -> None:
    approval = reverse(credit_of("W1"))
    with refused_as("reversal_says_why"):
        sql("UPDATE points_reversal SET reason = ''")
    approve(approval, CREDIT_AT)
    with refused_as("reversal_approved_stays"):
        sql("DELETE FROM points_reversal")
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    with refused_as("reversal_never_truncated"):
        sql("TRUNCATE points_reversal")


# Expiry

EXPIRES_AT = CREDIT_AT.replace(year=2026, month=4, day=1, hour=0)


def test_credits_expire_at_the_end_of_their_last_day(payout: Payout) -> None:
    second = timedelta(seconds=1)
    assert expiring.expire_credits(at=EXPIRES_AT - second) == (0, 0)
    assert not expiring.has_credits_to_expire(at=EXPIRES_AT - second)
    assert expiring.has_credits_to_expire(at=EXPIRES_AT)

    assert expiring.expire_credits(at=EXPIRES_AT) == (3, 37_340)

    assert balances() == {"issuer": -100_000_000, "budget": 99_962_660, "expired": 37_340}
    assert not expiring.has_credits_to_expire(at=EXPIRES_AT)
    assert expiring.expire_credits(at=EXPIRES_AT + timedelta(days=1)) == (0, 0)


def test_what_was_reversed_does_not_expire(payout: Payout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiring, "MAX_CREDITS_PER_BATCH", 2)
    approve(reverse(credit_of("W2")), CREDIT_AT)

    assert expiring.expire_credits(at=EXPIRES_AT) == (2, 25_000)
    assert balances()["forfeited"] == 12_340
    assert not expiring.has_credits_to_expire(at=EXPIRES_AT)

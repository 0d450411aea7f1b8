"""``ledger verify`` finds what was written past every guard, each thing under its code."""

import pytest

from points.models import Account, Transfer
from points.verifying import CHECKS, SHOWN, Finding, verify_ledger
from tests.campaign.refused import sql
from tests.database import every_trigger_off
from tests.points.steps import paid, prepared

pytestmark = pytest.mark.django_db
CREDIT = "(SELECT min(id) FROM points_transfer WHERE kind = 'credit')"
HARM = {
    "balance_differs": "UPDATE points_account SET balance_points = balance_points + 1",
    "balance_out_of_bounds": (
        "ALTER TABLE points_account DROP CONSTRAINT account_within_its_bound;"
        "UPDATE points_account SET balance_points = -1 WHERE kind = 'reserved'"
    ),
    "books_do_not_balance": "UPDATE points_account SET balance_points = 1 WHERE kind = 'expired'",
    "account_missing": f"UPDATE points_transfer SET from_account_id = 0 WHERE id = {CREDIT}",
    "payload_differs": (
        "ALTER TABLE points_transfer ALTER payload DROP EXPRESSION;"
        f"UPDATE points_transfer SET payload = '' WHERE id = {CREDIT}"
    ),
    "key_differs": f"UPDATE points_transfer SET key = sha256('') WHERE id = {CREDIT}",
    "reversal_differs": (
        f"UPDATE points_transfer SET kind = 'reverse', award_id = NULL, expires_on = NULL,"
        f"reason = 'x', reverses_id = id WHERE id = {CREDIT}"
    ),
    "reversal_undecided": (
        "INSERT INTO points_transfer"
        " (key, kind, from_account_id, to_account_id, points, reverses_id, reason, at, made_by)"
        " SELECT sha256(key), 'reverse', to_account_id, from_account_id, points, id, 'x', at, 'x'"
        f" FROM points_transfer WHERE id = {CREDIT}"
    ),
    "transfer_before_its_time": (
        f"UPDATE points_transfer SET at = at - interval '1 us' WHERE id = {CREDIT}"
    ),
    "ended_without_a_payout": "DELETE FROM points_payoutpart; DELETE FROM points_payout",
    "closed_with_open_keys": (
        "INSERT INTO points_creditfile (payout_id, business_date, sequence, last_transfer, rows,"
        " total_points, sha256, exported_at)"
        " SELECT id, ended_at, 1, 1000000000, 3, 37340, '', ended_at FROM points_payout;"
        "UPDATE points_payout SET closed_at = ended_at"
    ),
    "award_missing": f"UPDATE points_transfer SET award_id = 0 WHERE id = {CREDIT}",
    "credited_somebody_else": (
        "UPDATE points_transfer SET to_account_id = ("
        "SELECT max(id) FROM points_account WHERE kind = 'member' AND id <> to_account_id"
        f") WHERE id = {CREDIT}"
    ),
    "credited_too_much": f"UPDATE points_transfer SET points = points + 1 WHERE id = {CREDIT}",
    "award_overspent": f"UPDATE points_transfer SET points = points + 1 WHERE id = {CREDIT}",
    "award_not_reserved": (
        "DELETE FROM points_transfer WHERE id = ("
        "SELECT min(id) FROM points_transfer WHERE kind = 'reserve')"
    ),
    "ended_without_an_end": f"DELETE FROM points_transfer WHERE id = {CREDIT}",
    "budget_exceeded": "UPDATE campaign_terms SET budget_points = 37339",
}


def test_what_is_right_is_found_right() -> None:
    prepared({"W8": 5_000})
    paid()

    verified = verify_ledger()

    assert (verified.ok, verified.findings) == (True, [])
    assert (verified.accounts, verified.transfers) == (
        Account.objects.count(),
        Transfer.objects.count(),
    )


def test_an_empty_ledger_is_right() -> None:
    assert verify_ledger().ok


@pytest.mark.parametrize("code", HARM)
def test_each_harm_is_found_under_its_code(code: str) -> None:
    paid()
    sql("SET CONSTRAINTS ALL IMMEDIATE")  # deferred checks would forbid to alter the tables
    with every_trigger_off():
        sql(HARM[code])

    verified = verify_ledger()

    assert not verified.ok
    assert code in {finding.code for finding in verified.findings}


def test_a_credit_to_an_account_without_a_member_is_found() -> None:
    paid()
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    with every_trigger_off():
        sql(
            "UPDATE points_transfer SET to_account_id = ("
            f"SELECT id FROM points_account WHERE kind = 'expired') WHERE id = {CREDIT}"
        )

    assert "credited_somebody_else" in {finding.code for finding in verify_ledger().findings}


def test_every_question_has_its_harm() -> None:
    assert HARM.keys() == set(CHECKS)


def test_only_the_first_are_shown() -> None:
    paid({f"W{n}": 5_000 for n in range(SHOWN + 2)})
    with every_trigger_off():
        sql("UPDATE points_account SET balance_points = 0 WHERE kind = 'member'")

    (finding, books) = verify_ledger().findings

    members = Account.objects.filter(kind="member").order_by("id").values_list("id", flat=True)
    assert finding == Finding("balance_differs", SHOWN + 2, list(members[:SHOWN]))
    assert books.code == "books_do_not_balance"

"""What the tables of accounts, payouts and settlement refuse by themselves, and what they take."""

from typing import Any

import pytest
from django.db import connection

from points.models import (
    Account,
    CreditAnswer,
    CreditFile,
    Payout,
)
from tests.campaign.refused import refused_as, sql
from tests.factories.campaign import LATER, CampaignFactory
from tests.factories.points import (
    AccountFactory,
    MemberAccountFactory,
    accounts_of,
)
from tests.points.steps import paid

pytestmark = pytest.mark.django_db
SHA256 = "0123456789abcdef" * 4


# Accounts


def test_a_campaign_has_one_account_of_a_kind() -> None:
    account = AccountFactory.create()
    with refused_as("account_one_of_a_kind"):
        AccountFactory.create(campaign=account.campaign)
    AccountFactory.create(campaign=account.campaign, kind="reserved")
    AccountFactory.create()


def test_a_member_has_one_account() -> None:
    account = MemberAccountFactory.create()
    with refused_as("account_one_per_member"):
        MemberAccountFactory.create(wester_id=account.wester_id)
    MemberAccountFactory.create()


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"kind": "member"}, id="a member's with a campaign"),
        pytest.param({"wester_id": "W1"}, id="a campaign's with a member"),
        pytest.param({"campaign": None}, id="nobody's"),
        pytest.param({"kind": "till"}, id="an unknown kind"),
    ],
)
def test_an_account_is_of_a_member_or_a_campaign(changed: dict[str, Any]) -> None:
    with refused_as("account_of_a_member_or_a_campaign"):
        AccountFactory.create(**{"least_points": 0, **changed})


def test_only_an_issuer_is_below_zero() -> None:
    with refused_as("account_only_issuer_below_zero"):
        AccountFactory.create(least_points=-1)
    with refused_as("account_only_issuer_below_zero"):
        AccountFactory.create(least_points=1)
    assert AccountFactory.create(kind="issuer").least_points == -100_000_000


@pytest.mark.parametrize("least", [-100_000_001, -99_999_999, 0])
def test_an_issuers_bound_is_the_budget(least: int) -> None:
    with refused_as("account_bound_is_the_budget"):
        AccountFactory.create(kind="issuer", least_points=least)
    AccountFactory.create(kind="issuer")
    with refused_as("account_bound_is_the_budget"):
        sql("UPDATE points_account SET least_points = %s", least)


def test_without_terms_in_force_there_is_no_budget() -> None:
    with refused_as("account_bound_is_the_budget"):
        AccountFactory.create(kind="issuer", campaign=CampaignFactory.create(draft=True))


def test_an_account_begins_empty_and_only_transfers_fill_it() -> None:
    with refused_as("account_begins_empty"):
        AccountFactory.create(balance_points=1)
    AccountFactory.create()
    for statement in (
        "UPDATE points_account SET balance_points = 1",
        "UPDATE points_account SET balance_points = balance_points",
        "UPDATE points_account SET balance_points = 0 WHERE false",
    ):
        with refused_as("account_balance_follows_transfers"):
            sql(statement)


def test_an_account_stays() -> None:
    AccountFactory.create()
    with refused_as("account_stays_whose_it_is"):
        sql("UPDATE points_account SET kind = 'forfeited'")
    with refused_as("account_never_deleted"):
        sql("DELETE FROM points_account")
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    with refused_as("account_never_truncated"):
        sql("TRUNCATE points_account")


def test_a_campaigns_accounts_are_numbered_in_the_order_of_the_first_transfers() -> None:
    accounts = accounts_of(CampaignFactory.create(published=True))
    assert list(accounts) == ["issuer", "budget", "reserved", "forfeited", "expired"]
    assert Account.objects.count() == 5


# Settlement


def file_of(payout: Payout, **changed: Any) -> CreditFile:
    values = {
        "payout": payout,
        "business_date": "2025-02-15",
        "sequence": 1,
        "last_transfer": 1,
        "rows": 1,
        "total_points": 1,
        "sha256": SHA256,
        "exported_at": LATER,
    }
    return CreditFile.objects.create(**values | changed)


def test_a_credit_file_has_a_name_of_its_own() -> None:
    file_of(paid({"W1": 5_000}))
    other = paid({"W2": 5_000})
    with refused_as("creditfile_name_once"):
        file_of(other)
    for sequence in (0, 1_000):
        with refused_as("creditfile_sequence_in_range"):
            file_of(other, sequence=sequence)
    file_of(other, sequence=999)
    with refused_as("creditfile_append_only"):
        sql("UPDATE points_creditfile SET rows = 2")
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    with refused_as("creditfile_never_truncated"):
        sql("TRUNCATE points_creditfile")


def test_answers_are_never_changed() -> None:
    payout = paid()

    def answer(**changed: Any) -> None:
        values = {
            "payout": payout,
            "business_date": "2025-02-15",
            "sequence": 1,
            "delivery": 1,
            "credit_key": bytes(32),
            "status": "credited",
            "points": 1,
            "processed_at": LATER,
        }
        CreditAnswer.objects.create(**values | changed)

    with refused_as("creditanswer_key_of_32_bytes"):
        answer(credit_key=bytes(31))
    with refused_as("creditanswer_status_known"):
        answer(status="lost")
    answer()
    with refused_as("creditanswer_append_only"):
        sql("DELETE FROM points_creditanswer")
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    with refused_as("creditanswer_never_truncated"):
        sql("TRUNCATE points_creditanswer")
    assert connection.in_atomic_block

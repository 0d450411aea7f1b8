"""The ledger's own refusals: raw SQL that the database does not take, and what it takes beside."""

from typing import Any

import pgtrigger
import pytest
from django.db import ProgrammingError, transaction

from points.models import Transfer
from tests.campaign.refused import refused_as, sql
from tests.factories.lottery import drawn_draw
from tests.points.books import (
    EXPIRES_ON,
    Books,
    approval,
    balances,
    books_of,
    key_of,
    open_books,
)

pytestmark = pytest.mark.django_db
BUDGET = 100_000_000


@pytest.fixture
def books() -> Books:
    return open_books()


def test_points_move_from_account_to_account(books: Books) -> None:
    books.reserved()
    assert balances() == {"issuer": -BUDGET, "budget": BUDGET - 37_345, "reserved": 37_345}

    books.post("credit", "W1")
    books.post("credit", "W2", points=19_000)
    books.post("release", "W2", points=1_000)
    books.post("forfeit", "W3")

    assert balances() == {
        "issuer": -BUDGET,
        "budget": BUDGET - 36_345,
        "forfeited": 12_345,
        "W1": 5_000,
        "W2": 19_000,
    }
    assert sum(balances().values()) == 0


def test_many_rows_of_one_statement_move_together(books: Books) -> None:
    books.granted()
    reserves = [books.values("reserve", member) for member in books.members]
    Transfer.objects.bulk_create(
        Transfer(
            key=one["key"],
            kind=one["kind"],
            debit_id=one["debit"],
            credit_id=one["credit"],
            points=one["points"],
            award_id=one["award"],
            at=books.draw.frozen_at,
            made_by="test",
        )
        for one in reserves
    )

    assert balances() == {"issuer": -BUDGET, "budget": BUDGET - 37_345, "reserved": 37_345}


# Keys


@pytest.mark.parametrize("key", [b"", bytes(31), bytes(33)], ids=["none", "31 bytes", "33 bytes"])
def test_key_has_32_bytes(key: bytes, books: Books) -> None:
    with refused_as("transfer_key_of_32_bytes"):
        books.post("grant", key=key)

    assert books.post("grant", key=bytes(32)) == 1


def test_a_repeat_is_passed_over(books: Books) -> None:
    books.granted()

    assert books.post("grant", repeat=True, at=books.draw.frozen_at, made_by="again") == 0
    assert balances() == {"issuer": -BUDGET, "budget": BUDGET}


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"points": 19_999}, id="points"),
        pytest.param({"kind": "forfeit", "expires_on": None, "reason": "x"}, id="kind"),
        pytest.param({"expires_on": "2026-03-30"}, id="expiry"),
        pytest.param({"award": -1}, id="award"),
        pytest.param({"debit": -1}, id="debit account"),
        pytest.param({"credit": -1}, id="credit account"),
    ],
)
def test_a_key_never_stands_for_something_else(changed: dict[str, Any], books: Books) -> None:
    books.reserved()
    books.post("credit", "W2")

    with refused_as("transfer_key_once"):
        books.post("credit", "W2", repeat=True, **changed)
    with refused_as("transfer_repeats_say_the_same"):
        books.post("credit", "W2")
    assert books.post("credit", "W2", repeat=True) == 0
    assert balances()["W2"] == 20_000


def test_the_payload_is_nobodys_to_say(books: Books) -> None:
    books.granted()

    with pytest.raises(ProgrammingError, match="payload"), transaction.atomic():
        sql("INSERT INTO points_transfer (payload) VALUES ('')")
    assert len(bytes(Transfer.objects.get().payload)) == 32


# What a row must be by itself


@pytest.mark.parametrize("points", [0, -1])
def test_a_transfer_is_of_some_points(points: int, books: Books) -> None:
    with refused_as("transfer_of_some_points"):
        books.post("grant", points=points)
    assert books.post("grant", points=1) == 1


def test_accounts_differ(books: Books) -> None:
    with refused_as("transfer_accounts_differ"):
        books.post("grant", credit=books.accounts["issuer"].pk)


@pytest.mark.parametrize("kind", ["reserve", "credit", "release", "forfeit"])
def test_what_is_of_an_award_names_it(kind: str, books: Books) -> None:
    books.granted()
    if kind != "reserve":
        books.post("reserve")

    with refused_as("transfer_of_an_award_if_of_that_kind"):
        books.post(kind, award=None)
    assert books.post(kind) == 1


def test_an_expiry_names_its_award_and_a_grant_none(books: Books) -> None:
    books.credited()
    with refused_as("transfer_of_an_award_if_of_that_kind"):
        books.post("expire", award=None)
    with refused_as("transfer_of_an_award_if_of_that_kind"):
        books.post("grant", key=key_of("other"), award=books.award("W1").pk)
    assert books.post("expire") == 1


@pytest.mark.parametrize("kind", ["grant", "reserve", "release", "forfeit", "expire"])
def test_only_credits_expire(kind: str, books: Books) -> None:
    books.granted()
    if kind != "reserve":
        books.post("reserve")
    if kind == "expire":
        books.post("credit")

    with refused_as("transfer_only_credits_expire"):
        books.post(kind, key=key_of("new"), expires_on=EXPIRES_ON)
    if kind != "grant":
        assert books.post(kind) == 1


def test_a_credit_expires_when_the_terms_say(books: Books) -> None:
    books.reserved()
    with refused_as("transfer_only_credits_expire"):
        books.post("credit", expires_on=None)
    with refused_as("transfer_expires_by_the_terms"):
        books.post("credit", expires_on="2026-04-01")
    assert books.post("credit") == 1


def test_only_reversals_reverse(books: Books) -> None:
    books.reserved()
    reserve = books.transfer("reserve")
    with refused_as("transfer_only_reversals_reverse"):
        books.post("credit", reverses=reserve.pk)
    with refused_as("transfer_only_reversals_reverse"):
        books.reverse(reserve, reverses=None)
    assert books.reverse(reserve) == 1


def test_a_loss_has_a_reason_and_every_transfer_a_maker(books: Books) -> None:
    books.reserved()
    with refused_as("transfer_loss_has_a_reason"):
        books.post("forfeit", reason="")
    with refused_as("transfer_loss_has_a_reason"):
        books.reverse(books.transfer("reserve"), reason="")
    with refused_as("transfer_made_by_something"):
        books.post("forfeit", made_by="")
    assert books.post("forfeit") == 1


def test_a_transfer_may_name_who_approved_it(books: Books) -> None:
    books.granted()
    Transfer.objects.bulk_create(
        [
            Transfer(
                key=key_of("approved"),
                kind="reserve",
                debit=books.accounts["budget"],
                credit=books.accounts["reserved"],
                points=5_000,
                award=books.award("W1"),
                at=books.draw.frozen_at,
                made_by="draw.confirm",
                approval=approval(),
            )
        ]
    )
    assert balances()["reserved"] == 5_000


# Append-only


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE points_transfer SET points = points + 1",
        "UPDATE points_transfer SET reason = 'other'",
        "DELETE FROM points_transfer",
    ],
)
def test_transfers_are_only_added(statement: str, books: Books) -> None:
    books.granted()
    with refused_as("transfer_append_only"):
        sql(statement)


def test_transfers_are_never_truncated(books: Books) -> None:
    books.granted()
    sql("SET CONSTRAINTS ALL IMMEDIATE")  # what waits for the end keeps the table as it is
    with refused_as("transfer_never_truncated"):
        sql("TRUNCATE points_transfer, points_reversal")


# Bounds


def test_nothing_goes_below_its_bound(books: Books) -> None:
    with refused_as("account_within_its_bound"):
        books.post("grant", points=BUDGET + 1)
    with refused_as("account_within_its_bound"):
        books.post("reserve")  # of a budget that was not granted
    books.granted()
    with refused_as("account_within_its_bound"):
        books.post("grant", key=key_of("second"), points=1)
    assert books.post("reserve") == 1


def test_the_budget_can_be_reserved_to_the_last_point() -> None:
    books = books_of(drawn_draw({"W1": 20_000, "W2": 5_000}, budget_points=25_000))
    books.post("grant", points=24_999)
    books.post("reserve", "W1")

    with refused_as("account_within_its_bound"):
        books.post("reserve", "W2")
    books.post("grant", key=key_of("the last point"), points=1)
    books.post("reserve", "W2")
    assert balances() == {"issuer": -25_000, "reserved": 25_000}


# Where points may go


@pytest.mark.parametrize(
    ("kind", "debit", "credit"),
    [
        pytest.param("reserve", "reserved", "budget", id="a reserve backwards"),
        pytest.param("credit", "budget", "member", id="a credit past the reserve"),
        pytest.param("credit", "reserved", "forfeited", id="a credit to nobody"),
        pytest.param("release", "reserved", "expired", id="a release to what has expired"),
        pytest.param("forfeit", "budget", "forfeited", id="a forfeit of what nobody had"),
        pytest.param("forfeit", "reserved", "member", id="a forfeit to a member"),
        pytest.param("expire", "reserved", "expired", id="an expiry of what nobody had"),
    ],
)
def test_kinds_have_their_accounts(kind: str, debit: str, credit: str, books: Books) -> None:
    books.granted() if kind == "reserve" else books.reserved()
    accounts = {**books.accounts, "member": books.members["W1"]}
    with refused_as("transfer_between_its_accounts"):
        books.post(
            kind, key=key_of("new"), debit=accounts[debit].pk, credit=accounts[credit].pk, points=1
        )


def test_an_unknown_kind_goes_nowhere(books: Books) -> None:
    books.granted()
    with refused_as("transfer_between_its_accounts"):
        books.post("grant", key=key_of("new"), kind="gift", points=1)


def test_accounts_must_be_there(books: Books) -> None:
    books.granted()
    with refused_as("transfer_between_known_accounts"):
        books.post("reserve", debit=987_654_321)
    with refused_as("transfer_between_known_accounts"):
        books.post("reserve", credit=987_654_321)


def test_campaigns_do_not_share_their_points(books: Books) -> None:
    other = open_books(W4=5_000).granted()
    books.granted()
    with refused_as("transfer_between_its_accounts"):
        books.post("reserve", credit=other.accounts["reserved"].pk)
    with refused_as("transfer_of_its_own_award"):
        books.post("reserve", award=other.award("W4").pk)
    assert (books.post("reserve"), other.post("reserve", "W4")) == (1, 1)


# Awards


def test_a_credit_is_of_an_award_that_there_is(books: Books) -> None:
    books.reserved()
    with refused_as("transfer_of_its_own_award"):
        books.post("credit", award=987_654_321)


def test_a_credit_goes_to_whom_the_award_is(books: Books) -> None:
    books.reserved()
    with refused_as("transfer_of_its_own_award"):
        books.post("credit", "W1", credit=books.members["W2"].pk)


@pytest.mark.parametrize("points", [5_001, 20_000])
def test_a_credit_is_within_the_award(points: int, books: Books) -> None:
    books.reserved()
    with refused_as("transfer_within_the_award"):
        books.post("credit", points=points)
    assert books.post("credit") == 1


def test_all_of_an_award_is_reserved(books: Books) -> None:
    books.granted()
    for points in (4_999, 5_001):
        with refused_as("transfer_within_the_award"):
            books.post("reserve", points=points)
    assert books.post("reserve") == 1


def test_a_credit_without_a_reserve_is_overspent(books: Books) -> None:
    books.granted()
    books.post("reserve", "W2")
    with refused_as("transfer_award_not_overspent"):
        books.post("credit", "W1")
    assert books.post("credit", "W2") == 1


@pytest.mark.parametrize("points", [1, 2_000, 3_000])
def test_two_credits_of_one_award_are_impossible(points: int, books: Books) -> None:
    books.reserved()
    books.post("credit", points=2_000)
    with refused_as("transfer_one_of_a_kind_per_award"):
        books.post("credit", key=key_of("second"), points=points)


def test_not_even_after_a_reversal(books: Books) -> None:
    books.credited()
    books.reverse(books.transfer("credit"))
    with refused_as("transfer_one_of_a_kind_per_award"):
        books.post("credit", key=key_of("second"))
    assert books.post("forfeit") == 1


@pytest.mark.parametrize("kind", ["release", "forfeit"])
def test_what_was_credited_is_not_given_back_as_well(kind: str, books: Books) -> None:
    books.reserved()
    books.post("credit", points=4_000)
    with refused_as("transfer_award_not_overspent"):
        books.post(kind, points=1_001)
    assert books.post(kind, points=1_000) == 1


# Reversals and expiry


def test_a_reversal_mirrors_one_transfer(books: Books) -> None:
    books.credited()
    credit = books.transfer("credit")
    wrongs: list[dict[str, Any]] = [
        {"points": 4_999},
        {"debit": books.members["W2"].pk},
        {"credit": books.accounts["forfeited"].pk},
        {"reverses": 987_654_321},
        {"reverses": books.transfer("reserve").pk},
    ]
    for wrong in wrongs:
        with refused_as("transfer_reversal_mirrors"):
            # With points on every account, so that no balance is what refuses.
            books.post("credit", "W2", repeat=True)
            books.reverse(credit, **wrong)
    assert books.reverse(credit) == 1
    assert balances()["reserved"] == 37_345


def test_a_transfer_is_reversed_once_and_a_reversal_never(books: Books) -> None:
    books.credited()
    credit = books.transfer("credit")
    books.reverse(credit)
    with refused_as("transfer_reversed_once"):
        books.reverse(credit, key=key_of("second"))
    with refused_as("transfer_reversal_mirrors"):
        books.reverse(Transfer.objects.get(kind="reverse"))


def test_a_reserve_is_not_reversed_under_its_credit(books: Books) -> None:
    books.credited()
    with refused_as("transfer_award_not_overspent"):
        books.reverse(books.transfer("reserve", "W1"))
    assert books.reverse(books.transfer("reserve", "W2")) == 1


def test_only_what_was_credited_expires(books: Books) -> None:
    books.reserved()
    books.post("credit", "W2")
    other = open_books(W4=20_000).reserved()
    other.post("credit", "W4")
    with refused_as("transfer_award_not_overspent"):
        books.post("expire", "W1")
    with refused_as("transfer_of_its_own_award"):
        books.post("expire", "W2", debit=other.members["W4"].pk)
    assert books.post("expire", "W2") == 1
    with refused_as("transfer_one_of_a_kind_per_award"):
        books.post("expire", "W2", key=key_of("second"), points=1)


def test_a_member_with_other_points_loses_no_more_than_the_award(books: Books) -> None:
    """The balance alone would let it through."""
    books.credited()
    other = open_books(W1=20_000).credited()
    books.post("expire", points=4_000)

    with refused_as("transfer_award_not_overspent"):
        books.reverse(books.transfer("credit"))
    assert other.reverse(other.transfer("credit")) == 1


def test_a_credit_is_within_the_cap() -> None:
    """No award is above it, so the terms are changed past what guards them."""
    books = open_books(W1=20_000).reserved()
    with (
        pgtrigger.ignore(
            *(
                f"campaign.Terms:terms_{name}"
                for name in ("published_never_change", "none_follow_freeze")
            )
        ),
        pgtrigger.ignore("campaign.Terms:terms_versions_follow_on"),
    ):
        sql("UPDATE campaign_terms SET reward_cap_points = 19_999")

    with refused_as("transfer_within_the_cap"):
        books.post("credit")
    assert books.post("credit", points=19_999) == 1

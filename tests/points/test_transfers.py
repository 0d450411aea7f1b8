"""The ledger's own refusals: raw SQL that the database does not take, and what it takes beside."""

from typing import Any

import pytest
from django.db import ProgrammingError, transaction

from points.models import Transfer
from tests.campaign.refused import refused_as, sql
from tests.factories.lottery import confirmed_draw
from tests.points.books import (
    EXPIRES_ON,
    Books,
    approval,
    approved_books,
    balances,
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
            from_account_id=one["from_account"],
            to_account_id=one["to_account"],
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
        pytest.param({"from_account": -1}, id="from another account"),
        pytest.param({"to_account": -1}, id="to another account"),
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


def test_the_payload_cannot_be_set(books: Books) -> None:
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
        books.post("grant", to_account=books.accounts["issuer"].pk)


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
                from_account=books.accounts["budget"],
                to_account=books.accounts["reserved"],
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
    sql("SET CONSTRAINTS ALL IMMEDIATE")  # deferred checks would forbid to alter the table
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
    books = approved_books(confirmed_draw({"W1": 20_000, "W2": 5_000}, budget_points=25_000))
    books.post("grant", points=24_999)
    books.post("reserve", "W1")

    with refused_as("account_within_its_bound"):
        books.post("reserve", "W2")
    books.post("grant", key=key_of("the last point"), points=1)
    books.post("reserve", "W2")
    assert balances() == {"issuer": -25_000, "reserved": 25_000}

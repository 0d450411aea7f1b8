"""Reversals and expiries: what the ledger itself refuses of them in raw SQL."""

from typing import Any

import pytest

from points.models import Transfer
from tests.campaign.refused import refused_as
from tests.points.books import Books, balances, key_of, open_books

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Books:
    return open_books()


def test_a_reversal_mirrors_one_transfer(books: Books) -> None:
    books.credited()
    credit = books.transfer("credit")
    wrongs: list[dict[str, Any]] = [
        {"points": 4_999},
        {"from_account": books.members["W2"].pk},
        {"to_account": books.accounts["forfeited"].pk},
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
        books.post("expire", "W2", from_account=other.members["W4"].pk)
    assert books.post("expire", "W2") == 1
    with refused_as("transfer_one_of_a_kind_per_award"):
        books.post("expire", "W2", key=key_of("second"), points=1)


def test_a_member_with_other_points_loses_no_more_than_the_award(books: Books) -> None:
    """The balance would allow it."""
    books.credited()
    other = open_books(W1=20_000).credited()
    books.post("expire", points=4_000)

    with refused_as("transfer_award_not_overspent"):
        books.reverse(books.transfer("credit"))
    assert other.reverse(other.transfer("credit")) == 1

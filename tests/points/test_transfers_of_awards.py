"""Where points of an award may go, and how many: the ledger's own refusals in raw SQL."""

import pytest

from tests.guards import refused_as
from tests.points.books import Books, key_of, open_books

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Books:
    return open_books()


# Where points may go


@pytest.mark.parametrize(
    ("kind", "source", "target"),
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
def test_kinds_have_their_accounts(kind: str, source: str, target: str, books: Books) -> None:
    books.granted() if kind == "reserve" else books.reserved()
    accounts = {**books.accounts, "member": books.members["W1"]}
    with refused_as("transfer_between_its_accounts"):
        books.post(
            kind,
            key=key_of("new"),
            from_account=accounts[source].pk,
            to_account=accounts[target].pk,
            points=1,
        )


def test_an_unknown_kind_goes_nowhere(books: Books) -> None:
    books.granted()
    with refused_as("transfer_between_its_accounts"):
        books.post("grant", key=key_of("new"), kind="gift", points=1)


def test_accounts_must_be_there(books: Books) -> None:
    books.granted()
    with refused_as("transfer_between_known_accounts"):
        books.post("reserve", from_account=987_654_321)
    with refused_as("transfer_between_known_accounts"):
        books.post("reserve", to_account=987_654_321)


def test_campaigns_do_not_share_their_points(books: Books) -> None:
    other = open_books(W4=5_000).granted()
    books.granted()
    with refused_as("transfer_between_its_accounts"):
        books.post("reserve", to_account=other.accounts["reserved"].pk)
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
        books.post("credit", "W1", to_account=books.members["W2"].pk)


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

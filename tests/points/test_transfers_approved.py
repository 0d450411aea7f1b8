"""Awards end and credits are reversed only as people decided: in raw SQL."""

from datetime import datetime, timedelta

import pytest

from core.models import Approval
from lottery.queries import subject_of
from points.models import CreditAnswer, Payout, Resolution, Transfer
from tests.factories.campaign import ApprovalFactory
from tests.factories.lottery import confirm, confirmed_draw, drawn_draw
from tests.factories.points import PayoutFactory, approved
from tests.guards import refused_as
from tests.points.books import EXPIRES_AT, Books, balances, books_of, open_books
from tests.points.steps import CREDIT_AT
from tests.points.steps import credit_key as key_of_credit

pytestmark = pytest.mark.django_db
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def books() -> Books:
    return open_books().credited()


def test_an_award_is_reserved_when_its_draw_is_confirmed() -> None:
    books = books_of(drawn_draw()).granted()
    with refused_as("transfer_reserve_of_a_confirmed_draw"):
        books.post("reserve")
    confirm(books.draw)
    assert books.post("reserve") == 1


@pytest.mark.parametrize("kind", ["credit", "release", "forfeit"])
def test_an_award_ends_by_the_approved_payout_of_its_draw(kind: str) -> None:
    books = books_of(confirmed_draw()).reserved()
    open_books(W9=5_000)  # whose payout is another one
    with refused_as("transfer_of_an_approved_payout"):
        books.post(kind)
    PayoutFactory.create(draw=books.draw)
    assert books.post(kind) == 1


@pytest.mark.parametrize(
    ("kind", "since"),
    [
        pytest.param("credit", CREDIT_AT, id="a credit at the instant of the terms"),
        pytest.param("expire", EXPIRES_AT, id="an expiry when the last day is over in Japan"),
    ],
)
def test_a_transfer_waits_for_its_time(kind: str, since: datetime) -> None:
    books = open_books().reserved() if kind == "credit" else open_books().credited()
    with refused_as("transfer_not_before_its_time"):
        books.post(kind, at=since - MOMENT)
    assert books.post(kind, at=since) == 1


# Reversals


def test_a_credit_is_reversed_as_was_approved(books: Books) -> None:
    credit, subject = books.transfer("credit"), str(books.transfer("credit").pk)
    given = approved("points.reverse", subject)
    wrongs: list[Approval | None] = [
        None,
        ApprovalFactory.create(action="points.reverse", subject=subject, refused=True),
        ApprovalFactory.create(action="points.reverse", subject=subject),
        approved("points.reverse", subject + "0"),
        approved("draw.void", subject),
    ]
    for wrong in wrongs:
        with refused_as("transfer_reversal_as_decided"):
            books.reverse(credit, approval=wrong and wrong.pk)
    assert books.reverse(credit, approval=given.pk) == 1


def test_a_credit_is_reversed_as_was_resolved(books: Books) -> None:
    books.post("credit", "W2")
    for member, verdict in (("W1", "rejected"), ("W2", "credited")):
        resolve(books.transfer("credit", member), verdict)
    first, second = Resolution.objects.order_by("id")

    for credit, wrong in (("W1", second), ("W2", first), ("W2", second)):
        with refused_as("transfer_reversal_as_decided"):
            books.reverse(books.transfer("credit", credit), approval=wrong.approval_id)
    assert books.reverse(books.transfer("credit"), approval=first.approval_id) == 1


def test_a_credit_is_reversed_as_the_points_system_rejected_it(books: Books) -> None:
    books.post("credit", "W2")
    other = open_books(W9=5_000)
    credit = books.transfer("credit")
    answer(books, credit, "credited")
    answer(books, books.transfer("credit", "W2"), "rejected")
    answer(other, credit, "rejected")
    with refused_as("transfer_reversal_as_decided"):
        books.reverse(credit, approval=None)

    answer(books, credit, "rejected")

    assert books.reverse(credit, approval=None) == 1
    assert balances()["W2"] == 20_000


def test_a_reserve_is_reversed_by_the_void_of_its_draw() -> None:
    books, other = open_books().reserved(), open_books(W9=5_000)
    reserve, subject = books.transfer("reserve"), subject_of(books.draw)
    given = approved("draw.void", subject)
    wrongs = [
        approved("draw.void", subject_of(other.draw)),
        approved("draw.confirm", subject),
        ApprovalFactory.create(action="draw.void", subject=subject),
    ]
    for wrong in (None, *(one.pk for one in wrongs)):
        with refused_as("transfer_reversal_as_decided"):
            books.reverse(reserve, approval=wrong)
    assert books.reverse(reserve, approval=given.pk) == 1


def test_a_grant_is_reversed_by_the_confirmation_of_another_draw() -> None:
    books, other = open_books().granted(), open_books(W9=5_000)
    grant, code = Transfer.objects.get(), books.campaign.code
    wrongs = [approved("draw.confirm", subject_of(other.draw)), approved("draw.void", f"{code}/2")]
    for wrong in (None, *(one.pk for one in wrongs)):
        with refused_as("transfer_reversal_as_decided"):
            books.reverse(grant, approval=wrong)
    assert books.reverse(grant, approval=approved("draw.confirm", f"{code}/2").pk) == 1


def test_a_forfeit_is_reversed_where_people_take_its_key_as_credited(books: Books) -> None:
    for member in ("W2", "W3"):
        books.post("forfeit", member)
    other = open_books(W9=5_000).reserved()
    other.post("forfeit", "W9")
    for place, member, verdict in (
        (books, "W2", "credited"),
        (books, "W3", "rejected"),
        (other, "W9", "credited"),
    ):
        resolve_key(place, credit_key(place, member), verdict)
    right, rejected, elsewhere = Resolution.objects.order_by("id")
    forfeit = books.transfer("forfeit", "W2")

    for wrong in (None, rejected.approval_id, elsewhere.approval_id):
        with refused_as("transfer_reversal_as_decided"):
            books.reverse(forfeit, approval=wrong)
    with refused_as("transfer_reversal_as_decided"):
        books.reverse(books.transfer("forfeit", "W3"), approval=rejected.approval_id)
    assert books.reverse(forfeit, approval=right.approval_id) == 1


@pytest.mark.parametrize("kind", ["release", "forfeit", "expire"])
def test_what_ended_stays_ended(kind: str) -> None:
    books = open_books().credited()
    books.post(kind, "W1" if kind == "expire" else "W2")
    end = Transfer.objects.get(kind=kind)

    with refused_as("transfer_reversal_as_decided"):
        books.reverse(end)


def resolve(credit: Transfer, verdict: str) -> None:
    """End the key of a credit as a person said and another one approved."""
    resolve_of(Payout.objects.get(), bytes(credit.key), verdict)


def resolve_key(books: Books, key: bytes, verdict: str) -> None:
    """End a key of these books' payout in the same way."""
    resolve_of(Payout.objects.get(draw=books.draw), key, verdict)


def credit_key(books: Books, member: str) -> bytes:
    """Return the key of a member's credit, whether there is one or not."""
    return bytes.fromhex(key_of_credit(books.award(member)))


def resolve_of(payout: Payout, key: bytes, verdict: str) -> None:
    resolution = Resolution.objects.create(
        payout=payout, credit_key=key, verdict=verdict, reason="By telephone."
    )
    resolution.approval = approved("payout.resolve", f"{payout.draw.campaign.code}/{resolution.pk}")
    resolution.save(update_fields=["approval"])


def answer(books: Books, credit: Transfer, status: str) -> None:
    """Record an answer of the points system for a credit of these books."""
    CreditAnswer.objects.create(
        payout=Payout.objects.get(draw=books.draw),
        business_date="2025-02-15",
        sequence=1,
        delivery=1,
        credit_key=credit.key,
        status=status,
        points=credit.points,
        processed_at=CREDIT_AT,
    )

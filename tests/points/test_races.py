"""Several sessions at once: nobody twice, nobody both credited and gone, no balance lost."""

import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from bookings.loading import load_file
from bookings.models import FeedFile
from core.locks import Feed, Lock, acquire
from entries.definitions import MEMBERSHIPS
from entries.feeds import FEEDS
from points import closing, payout, preparing, queries, settling
from points.models import Payout, Transfer
from points.verifying import verify_ledger
from tests.feedfiles import write_feed_file
from tests.points.answers import answer, export, write_answers
from tests.points.books import Books, balances, open_books
from tests.points.steps import CREDIT_AT, paid, prepared, standings
from tests.sessions import another_session, ended, terminate_blocked, wait_until_blocked

pytestmark = pytest.mark.django_db(transaction=True)


def leaving(folder: Path, *wester_ids: str) -> Path:
    """Write a file by which members leave."""
    rows = [
        {"wester_id": one, "status": "withdrawn", "changed_at": "2025-02-15T00:00:00+09:00"}
        for one in wester_ids
    ]
    return write_feed_file(folder, rows, definition=MEMBERSHIPS, business_date="2025-02-15")


def load(path: Path) -> Any:
    return load_file(path=path, feeds=FEEDS, loaded_at=CREDIT_AT)


def work(one: Payout, start: threading.Barrier) -> int:
    mine = Payout.objects.select_related("draw__campaign", "draw__terms").get(pk=one.pk)
    start.wait()
    return payout.pay_remaining_parts(mine, now=lambda: CREDIT_AT)


@pytest.mark.parametrize("workers", [2, 3])
def test_workers_share_the_parts(workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "AWARDS_PER_PART", 2)
    ready = prepared({f"W{n}": 5_000 + n for n in range(24)})
    start = threading.Barrier(workers)

    with ExitStack() as stack:
        sessions = [stack.enter_context(another_session()) for _ in range(workers)]
        done = [ended(one) for one in [submit(work, ready, start) for submit in sessions]]

    assert sum(done) == 12
    counts = queries.count_awards(ready.draw)
    assert (counts["credited"], counts["credited_points"]) == (24, 24 * 5_000 + sum(range(24)))
    assert queries.find_payout_end(ready.draw.campaign) == CREDIT_AT
    assert verify_ledger().ok


def test_workers_share_several_awards_of_the_same_members(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their parts open and lock the accounts of the same members."""
    monkeypatch.setattr(preparing, "AWARDS_PER_PART", 3)
    prizes = [{"kind": "fixed", "points": 10**number, "beside": True} for number in range(4)]
    ready = prepared({f"W{n}": 5_000 for n in range(6)}, prizes=prizes)
    start = threading.Barrier(3)

    with ExitStack() as stack:
        sessions = [stack.enter_context(another_session()) for _ in range(3)]
        done = [ended(one) for one in [submit(work, ready, start) for submit in sessions]]

    assert sum(done) == 8
    assert {balances()[f"W{n}"] for n in range(6)} == {1_111}
    assert verify_ledger().ok


def test_two_campaigns_credit_the_same_members_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "AWARDS_PER_PART", 2)
    members = [f"W{n}" for n in range(8)]
    both = [prepared(dict.fromkeys(members, yen)) for yen in (5_000, 6_000)]
    start = threading.Barrier(2)

    with ExitStack() as stack:
        sessions = [stack.enter_context(another_session()) for _ in both]
        running = [submit(work, one, start) for submit, one in zip(sessions, both, strict=True)]
        assert [ended(one) for one in running] == [4, 4]

    # Their bookings of the first campaign count in the second as well.
    assert {balances()[member] for member in members} == {5_000 + 11_000}
    assert verify_ledger().ok


def test_one_file_is_settled_for_two_campaigns_at_once(tmp_path: Path) -> None:
    both = [paid({"W1": 5_000}), paid({"W2": 6_000})]
    rows = [row for one in both for row in export(one, tmp_path)]
    path = write_answers(tmp_path, map(answer, rows))

    with another_session() as submit:
        with transaction.atomic():
            assert settling.settle(payout=both[0], path=path, at=CREDIT_AT).applied == 1
            other = submit(settling.settle, payout=both[1], path=path, at=CREDIT_AT)
            wait_until_blocked(other)
        assert (ended(other).status, ended(other).applied) == ("loaded", 1)

    assert [file.applied for file in FeedFile.objects.all()] == [2]
    assert [closing.close_payout(payout=one, at=CREDIT_AT) for one in both] == [True, True]


def test_a_worker_skips_the_part_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "AWARDS_PER_PART", 1)
    ready = prepared({"W1": 5_000, "W2": 5_000})
    with transaction.atomic():
        held = ready.parts.select_for_update().order_by("number").first()
        assert held
        with another_session() as submit:
            alone = threading.Barrier(1)
            assert ended(submit(work, ready, alone)) == 1
    assert queries.count_awards(ready.draw)["pending"] == 1
    assert queries.find_payout_end(ready.draw.campaign) is None


def test_a_leaver_whose_load_is_under_way_is_forfeited(tmp_path: Path) -> None:
    ready = prepared({"W1": 5_000, "W2": 6_000})
    path = leaving(tmp_path, "W1")

    with another_session() as submit:
        with transaction.atomic():
            load(path)
            paying = submit(payout.pay_remaining_parts, ready, now=lambda: CREDIT_AT)
            wait_until_blocked(paying)
        assert ended(paying) == 1

    assert standings(ready.draw)["W1"] == ("forfeited", 0, 0, 5_000, "withdrawn")
    assert standings(ready.draw)["W2"] == ("credited", 6_000, 0, 0, "")


@pytest.mark.parametrize("feed", [Feed.BOOKINGS, Feed.EX_REGISTRATIONS, Feed.MEMBERSHIPS])
def test_a_credit_waits_for_a_load_of_each_feed_that_it_depends_on(feed: Feed) -> None:
    ready = prepared({"W1": 5_000})

    with another_session() as submit:
        with transaction.atomic():
            acquire(Lock.FEED, feed)
            paying = submit(payout.pay_next_part, ready, at=CREDIT_AT)
            wait_until_blocked(paying, Lock.FEED, feed)
        assert ended(paying)


def test_a_load_waits_for_the_credit_under_way(tmp_path: Path) -> None:
    ready = prepared({"W1": 5_000})
    path = leaving(tmp_path, "W1")

    with another_session() as submit:
        with transaction.atomic():
            assert payout.pay_next_part(ready, at=CREDIT_AT)
            loading = submit(load, path)
            wait_until_blocked(loading)
        assert ended(loading).status == "loaded"
    payout.pay_remaining_parts(ready, now=lambda: CREDIT_AT)

    assert standings(ready.draw)["W1"] == ("credited", 5_000, 0, 0, "")


def test_a_worker_that_dies_leaves_everything_to_the_next() -> None:
    ready = prepared({"W1": 5_000})
    with another_session() as submit, transaction.atomic():
        acquire(Lock.FEED, Feed.MEMBERSHIPS)
        dying = submit(payout.pay_remaining_parts, ready, now=lambda: CREDIT_AT)
        wait_until_blocked(dying)
        terminate_blocked()
        with pytest.raises(DatabaseError):
            ended(dying)

    assert queries.count_awards(ready.draw)["pending"] == 1
    assert payout.pay_remaining_parts(ready, now=lambda: CREDIT_AT) == 1
    assert verify_ledger().ok


# The ledger alone


@pytest.fixture
def books() -> Books:
    return open_books().reserved()


def test_two_sessions_that_insert_the_same_credit_make_one(books: Books) -> None:
    with another_session() as submit:
        with transaction.atomic():
            assert books.post("credit", "W2") == 1
            other = submit(books.post, "credit", "W2", repeat=True)
            wait_until_blocked(other)
        assert ended(other) == 0
    assert balances()["W2"] == 20_000


def test_two_sessions_that_make_different_things_of_a_key_make_one(books: Books) -> None:
    with another_session() as submit:
        with transaction.atomic():
            books.post("credit", "W2")
            other = submit(books.post, "credit", "W2", repeat=True, points=1)
            wait_until_blocked(other)
        with pytest.raises(IntegrityError, match="transfer_key_once"):
            ended(other)
    assert balances()["W2"] == 20_000


def test_a_credit_and_a_forfeit_at_once_are_not_both_made(books: Books) -> None:
    """Neither sees the other's row; the reserve alone would be enough for both."""
    with another_session() as submit:
        with transaction.atomic():
            books.post("credit", "W1")
            other = submit(books.post, "forfeit", "W1")
            wait_until_blocked(other)
        with pytest.raises(IntegrityError, match="no more moves"):
            ended(other)
    assert balances() == {
        "issuer": -100_000_000,
        "budget": 99_962_655,
        "reserved": 32_345,
        "W1": 5_000,
    }


def test_the_last_points_are_given_once() -> None:
    books = open_books(W1=20_000, W2=20_000)
    books.post("grant", points=20_000)
    with another_session() as submit:
        with transaction.atomic():
            books.post("reserve", "W1")
            other = submit(books.post, "reserve", "W2")
            wait_until_blocked(other)
        with pytest.raises(IntegrityError, match="account_within_its_bound"):
            ended(other)
    assert balances() == {"issuer": -20_000, "reserved": 20_000}


def test_many_sessions_never_wait_in_a_circle(books: Books) -> None:
    """Each writes to many accounts by one statement, and each in an order of its own."""
    others = [open_books(**{f"W{n}": 5_000 for n in range(1, 9)}).reserved() for _ in range(3)]
    start = threading.Barrier(len(others))

    def credit_all(one: Books, first: int) -> None:
        members = sorted(one.members)
        members = members[first:] + members[:first]
        rows = [one.values("credit", member) for member in members]
        start.wait()
        Transfer.objects.bulk_create(
            Transfer(
                key=row["key"],
                kind="credit",
                from_account_id=row["from_account"],
                to_account_id=row["to_account"],
                points=row["points"],
                award_id=row["award"],
                expires_on=row["expires_on"],
                at=CREDIT_AT,
                made_by="test",
            )
            for row in rows
        )

    with ExitStack() as stack:
        sessions = [stack.enter_context(another_session()) for _ in others]
        running = [
            submit(credit_all, one, 3 * place)
            for place, (submit, one) in enumerate(zip(sessions, others, strict=True))
        ]
        for one in running:
            ended(one)

    held = balances()
    # Their bookings of one campaign count in the next as well: 5,000, 10,000 and 15,000.
    assert {held[f"W{n}"] for n in range(4, 9)} == {30_000}
    assert {one.code for one in verify_ledger().findings} == {"key_differs"}  # of the tests' own

"""The keyed hash that stands for an erased identifier, and what loads cost with and without it."""

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from bookings.erased import case_of_mark, hash_identifier, is_mark, mark_of
from bookings.loading import load_file
from bookings.models import ErasedIdentifier
from bookings.values import is_identifier
from entries.feeds import FEEDS
from tests.database import as_owner
from tests.factories.bookings import BOOKED_AT
from tests.feedfiles import booking_row, write_feed_file


def test_a_hash_is_of_its_key_its_column_and_its_text(settings: Settings) -> None:
    settings.ERASURE_KEY = bytes(32)
    first = hash_identifier("wester_id", "W1")

    # RFC 7693, keyed with 32 zero bytes: of "wester_id/v1", a zero byte and "W1".
    assert first == "34ea461b056444632a74e41a1554d8ea5f379e685da1c65442aa5d5f0787e05f"
    assert hash_identifier("ex_member_no", "W1") != first
    assert hash_identifier("wester_id", "W2") != first
    settings.ERASURE_KEY = bytes(31) + b"\1"
    assert hash_identifier("wester_id", "W1") != first


def test_a_mark_is_no_identifier_and_fits_its_column() -> None:
    mark = mark_of(99_999_999, "0123456789abcdef" * 4)

    assert mark == "erased:99999999:0123456789abcdef01234567"
    assert len(mark) == 40
    assert is_mark(mark)
    assert not is_mark("erased-1")
    assert not is_identifier(mark)
    assert case_of_mark(mark) == 99_999_999


@pytest.mark.django_db
def test_a_load_reads_no_identifier_while_nobody_is_erased(tmp_path: Path) -> None:
    def reads(sequence: int) -> int:
        rows = [booking_row(event_id=f"E{sequence}", reservation_no=f"R{sequence}")]
        path = write_feed_file(tmp_path, rows, sequence=sequence)
        with CaptureQueriesContext(connection) as queries:
            assert load_file(path=path, feeds=FEEDS, loaded_at=BOOKED_AT).applied == 1
        return sum("SELECT DISTINCT" in one["sql"] and "wester_id" in one["sql"] for one in queries)

    assert reads(1) == 0
    with as_owner():
        ErasedIdentifier.objects.create(hash="0" * 64, case_no=1)
    assert reads(2) == 1

"""The loader against the contract in plain Python: any rows, any order, any split."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from bookings.booking_feed import BOOKING_FEED
from bookings.definitions import BOOKINGS, EX_REGISTRATIONS, FeedDefinition
from bookings.feeds import index_feeds
from bookings.loading import FileOutcome, load_file
from bookings.models import Booking, BookingEvent, EventTicketing, ExRegistration, RegistrationRow
from bookings.registration_feed import REGISTRATION_FEED
from tests.bookings.awkward import events, in_version, registrations, with_near_copies
from tests.bookings.contract_model import BookingsModel, RegistrationsModel, Row
from tests.bookings.tables import bookings_state, marks, quarantined, whole
from tests.feedfiles import write_feed_file

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FEEDS = index_feeds(BOOKING_FEED, REGISTRATION_FEED)
NOW = datetime(2025, 1, 8, tzinfo=UTC)
Rows = list[dict[str, str]]


@contextmanager
def empty_database() -> Iterator[Path]:
    """Provide a folder, and undo what was loaded from it."""
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        yield Path(folder)
        transaction.set_rollback(True)


def load(
    folder: Path, rows: Sequence[Row], sequence: int, definition: FeedDefinition = BOOKINGS
) -> FileOutcome:
    path = write_feed_file(folder, rows, definition=definition, sequence=sequence)
    return load_file(path=path, feeds=FEEDS, loaded_at=NOW)


def counts(outcome: FileOutcome) -> tuple[int, int, int]:
    return outcome.applied, outcome.duplicates, outcome.quarantined


def expected(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows in an order of their own, their instants in one zone."""
    return sorted(({name: in_utc(row[name]) for name in sorted(row)} for row in rows), key=repr)


def in_utc(value: Any) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def found(model: Any) -> list[dict[str, Any]]:
    return expected(whole(model))


VERSIONS = st.sampled_from([1, 2])


def load_events(folder: Path, version: int, rows: Rows, sequence: int) -> FileOutcome:
    """Load rows of version 2 in a file of this version."""
    definition = BOOKINGS.versions[version - 1]
    return load(folder, in_version(version, rows), sequence, definition)


@given(
    files=st.lists(
        st.tuples(VERSIONS, with_near_copies(st.lists(events(conflicts=True), max_size=6))),
        min_size=1,
        max_size=4,
    ),
    data=st.data(),
)
@settings(max_examples=150)
def test_load_file_does_what_the_contract_says_of_any_events(
    files: list[tuple[int, Rows]], data: st.DataObject
) -> None:
    model = BookingsModel()
    contents = set()
    repeated = [(3 - version, rows) for version, rows in files if data.draw(st.booleans())]
    with empty_database() as folder:
        for sequence, (version, rows) in enumerate([*files, *repeated], 1):
            outcome = load_events(folder, version, rows, sequence)
            delivered = in_version(version, rows)
            content = str((version, delivered))
            if content in contents:
                assert outcome.status == "already_loaded"
                continue
            contents.add(content)
            assert counts(outcome) == model.load(outcome.name, delivered)

        assert found(BookingEvent) == expected(list(model.events.values()))
        assert dict(EventTicketing.objects.values_list()) == model.ticketings
        assert found(Booking) == expected(list(model.bookings().values()))
        assert quarantined() == model.quarantined
        assert sorted(marks(), key=str) == sorted(model.marks, key=str)


@given(
    rows=st.lists(events(conflicts=False), max_size=8, unique_by=lambda row: row["event_id"]),
    data=st.data(),
)
@settings(max_examples=100)
def test_load_file_ends_in_the_same_state_for_any_order_and_split(
    rows: Rows, data: st.DataObject
) -> None:
    repeated = rows + (data.draw(st.lists(st.sampled_from(rows), max_size=3)) if rows else [])
    versions = {row["event_id"]: data.draw(st.sampled_from([[1], [2], [1, 2]])) for row in rows}
    by_version = [(version, row) for row in repeated for version in versions[row["event_id"]]]
    with empty_database() as folder:
        for version in (1, 2):
            some = [row for row in rows if version in versions[row["event_id"]]]
            load_events(folder, version, some, version)
        in_order = bookings_state()
    shuffled = data.draw(st.permutations(by_version))
    cut = data.draw(st.integers(0, len(shuffled)))
    with empty_database() as folder:
        for sequence, part in enumerate((shuffled[:cut], shuffled[cut:])):
            for version in data.draw(st.permutations([1, 2])):
                some = [row for one, row in part if one == version]
                load_events(folder, version, some, 2 * sequence + version)
        assert bookings_state() == in_order


@given(files=st.lists(st.lists(registrations(), max_size=5), min_size=1, max_size=4))
@settings(max_examples=150)
def test_load_file_does_what_the_contract_says_of_any_registrations(files: list[Rows]) -> None:
    model = RegistrationsModel()
    contents = set()
    with empty_database() as folder:
        for sequence, rows in enumerate(files, 1):
            outcome = load(folder, rows, sequence, EX_REGISTRATIONS)
            if str(rows) not in contents:
                contents.add(str(rows))
                assert counts(outcome) == (*model.load(rows), 0)

        state = model.state().values()
        assert found(ExRegistration) == expected(
            [values | {"row_text": text} for values, text in state]
        )
        kept: dict[tuple[Any, ...], dict[str, Any]] = {}
        for values, text in zip(model.rows, model.texts, strict=True):
            one = kept.setdefault(tuple(values.values()), values | {"row_text": b""})
            one["row_text"] = max(one["row_text"], text)
        assert found(RegistrationRow) == expected(list(kept.values()))

"""The inbox: tried once for its content, however long it lies there."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import transaction

from bookings.booking_feed import BOOKING_FEED
from bookings.delivery import PathNotReadable
from bookings.feeds import by_name
from bookings.inbox import arrivals, load_arrival
from bookings.loading import FileOutcome
from bookings.models import BookingEvent, FeedFile, InboxFile
from tests.bookings.sessions import PATIENCE_S, another_session
from tests.feedfiles import booking_row, write_feed_file

FEEDS = by_name(BOOKING_FEED)
NOW = datetime(2025, 1, 8, tzinfo=UTC)


def load(path: Path) -> FileOutcome | None:
    return load_arrival(path=path, feeds=FEEDS, at=NOW)


@pytest.mark.django_db
def test_arrivals_are_files_whose_manifest_is_there(tmp_path: Path) -> None:
    path = write_feed_file(tmp_path, [booking_row()])
    other = write_feed_file(tmp_path, [booking_row(event_id="E2")], sequence=2)
    other.with_name(other.name + ".manifest.json").unlink()
    (tmp_path / "notes.txt").write_text("not a feed file")

    assert list(arrivals(tmp_path)) == [path]


@pytest.mark.django_db
@pytest.mark.parametrize("manifest", [{}, {"rows": 7}], ids=["loaded", "refused"])
def test_load_arrival_tries_a_file_once(tmp_path: Path, manifest: dict[str, int]) -> None:
    path = write_feed_file(tmp_path, [booking_row()], manifest=manifest)

    assert load(path) is not None
    assert load(path) is None
    assert list(arrivals(tmp_path)) == []
    assert sorted(tmp_path.iterdir()) == [path, path.with_name(path.name + ".manifest.json")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "mend",
    [
        pytest.param(lambda folder: write_feed_file(folder, [booking_row()]), id="all of it"),
        pytest.param(
            lambda folder: write_feed_file(
                folder, [], content=b"broken", manifest={"rows": 0}
            ).write_bytes(b"mended"),
            id="the file alone",
        ),
    ],
)
def test_load_arrival_tries_mended_content_again(
    tmp_path: Path, mend: Callable[[Path], object]
) -> None:
    path = write_feed_file(tmp_path, [booking_row()], manifest={"rows": 7})
    load(path)
    mend(tmp_path)

    assert list(arrivals(tmp_path)) == [path]
    assert load(path) is not None


@pytest.mark.django_db
def test_load_arrival_tries_what_was_put_back_with_its_old_size_and_time(tmp_path: Path) -> None:
    path = write_feed_file(tmp_path, [booking_row(amount_yen="1000")], manifest={"rows": 7})
    before = path.stat()
    load(path)

    path.write_bytes(path.read_bytes().replace(b"1000", b"2000"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert list(arrivals(tmp_path)) == [path]
    assert load(path) is not None


@pytest.mark.django_db
def test_load_arrival_of_a_file_that_is_gone_does_nothing(tmp_path: Path) -> None:
    assert load(tmp_path / "bookings-20250107-001.csv") is None
    assert not InboxFile.objects.exists()


@pytest.mark.django_db
def test_arrivals_refuses_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PathNotReadable):
        list(arrivals(tmp_path / "nowhere"))


@pytest.mark.django_db(transaction=True)
def test_load_arrival_leaves_a_file_to_the_worker_that_has_it(tmp_path: Path) -> None:
    path = write_feed_file(tmp_path, [booking_row()])
    InboxFile.objects.create(name=path.name, fingerprint="", tried_at=NOW)

    with another_session() as other, transaction.atomic():
        InboxFile.objects.select_for_update().get()
        assert other.submit(load, path).result(PATIENCE_S) is None

    assert not FeedFile.objects.exists()
    assert load(path) is not None
    assert BookingEvent.objects.count() == 1

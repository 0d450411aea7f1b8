"""The inbox: tried once for its content, however long it lies there."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import transaction

from bookings.booking_feed import BOOKING_FEED
from bookings.delivery import PathNotReadable
from bookings.feeds import index_feeds
from bookings.inbox import find_arrivals, load_arrival
from bookings.loading import FileOutcome
from bookings.models import BookingEvent, FeedFile, InboxFile
from tests.bookings.sessions import PATIENCE_S, another_session
from tests.feedfiles import booking_row, write_feed_file

FEEDS = index_feeds(BOOKING_FEED)
NOW = datetime(2025, 1, 8, tzinfo=UTC)


def load(path: Path) -> FileOutcome | None:
    return load_arrival(path=path, feeds=FEEDS, at=NOW)


@pytest.mark.django_db
def test_arrivals_are_files_whose_manifest_is_there(tmp_path: Path) -> None:
    path = write_feed_file(tmp_path, [booking_row()])
    other = write_feed_file(tmp_path, [booking_row(event_id="E2")], sequence=2)
    other.with_name(other.name + ".manifest.json").unlink()
    (tmp_path / "notes.txt").write_text("not a feed file")

    assert list(find_arrivals(tmp_path)) == [path]


@pytest.mark.django_db
@pytest.mark.parametrize("manifest", [{}, {"rows": 7}], ids=["loaded", "refused"])
def test_load_arrival_tries_a_file_once(tmp_path: Path, manifest: dict[str, int]) -> None:
    path = write_feed_file(tmp_path, [booking_row()], manifest=manifest)

    assert load(path) is not None
    assert load(path) is None
    assert list(find_arrivals(tmp_path)) == []
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
            id="only the file",
        ),
    ],
)
def test_load_arrival_tries_mended_content_again(
    tmp_path: Path, mend: Callable[[Path], object]
) -> None:
    path = write_feed_file(tmp_path, [booking_row()], manifest={"rows": 7})
    load(path)
    mend(tmp_path)

    assert list(find_arrivals(tmp_path)) == [path]
    assert load(path) is not None


@pytest.mark.django_db
def test_load_arrival_tries_what_was_put_back_with_its_old_size_and_time(tmp_path: Path) -> None:
    path = write_feed_file(tmp_path, [booking_row(amount_yen="1000")], manifest={"rows": 7})
    before = path.stat()
    load(path)

    path.write_bytes(path.read_bytes().replace(b"1000", b"2000"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert list(find_arrivals(tmp_path)) == [path]
    assert load(path) is not None


@pytest.mark.django_db
def test_load_arrival_of_a_file_that_is_gone_does_nothing(tmp_path: Path) -> None:
    assert load(tmp_path / "bookings-20250107-001.csv") is None
    assert not InboxFile.objects.exists()


@pytest.mark.django_db
def test_arrivals_refuses_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PathNotReadable):
        list(find_arrivals(tmp_path / "nowhere"))


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


AWKWARD_NAMES = [
    pytest.param(b"\xff" * 80 + b".csv", id="80 bytes that are no text"),
    pytest.param(b"\xff" * 237 + b".csv", id="as long as a name with a manifest can be"),
    pytest.param(b"bookings-20250107-001.csv\n.csv", id="a line end"),
    pytest.param(b"\x1b[2Jbookings-20250107-001.csv", id="an escape sequence"),
    pytest.param("\u202evsc.001.csv".encode(), id="right to left"),
    pytest.param(rb"bookings-20250107-001\x1b.csv", id="backslashes"),
    pytest.param(b"-rf.csv", id="an option"),
]


@pytest.mark.django_db
@pytest.mark.parametrize("name", AWKWARD_NAMES)
def test_an_awkward_name_is_refused_once_for_staff_to_read(tmp_path: Path, name: bytes) -> None:
    path = tmp_path / os.fsdecode(name)
    write_feed_file(tmp_path, [booking_row()], name=path.name)

    assert list(find_arrivals(tmp_path)) == [path]
    outcome = load(path)

    assert outcome is not None
    assert list(find_arrivals(tmp_path)) == []
    refused = FeedFile.objects.get()
    assert (refused.name, refused.reason) == (outcome.name, "manifest_differs_from_name")
    assert refused.name.isprintable()
    assert len(refused.name) <= 255
    assert InboxFile.objects.get().name == refused.name


@pytest.mark.django_db
def test_names_that_are_cut_are_tried_once_each(tmp_path: Path) -> None:
    for end in (b"a", b"b"):
        write_feed_file(tmp_path, [], name=os.fsdecode(b"\xff" * 80 + end + b".csv"))

    for path in list(find_arrivals(tmp_path)):
        load(path)

    assert list(find_arrivals(tmp_path)) == []
    assert FeedFile.objects.count() == InboxFile.objects.count() == 2


def make_link(path: Path, kept: Path) -> None:
    path.symlink_to(kept)


def make_pipe(path: Path, _kept: Path) -> None:
    os.mkfifo(path)


def make_loop(path: Path, _kept: Path) -> None:
    path.symlink_to(path)


def make_device(path: Path, _kept: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.django_db
@pytest.mark.parametrize("make", [make_link, make_pipe, make_loop, make_device])
@pytest.mark.parametrize(
    ("end", "reason"), [("", "unreadable_file"), (".manifest.json", "unreadable_manifest")]
)
def test_what_is_no_file_is_refused_by_name_and_not_read(
    tmp_path: Path, make: Callable[[Path, Path], None], end: str, reason: str
) -> None:
    inbox, elsewhere = tmp_path / "inbox", tmp_path / "elsewhere"
    inbox.mkdir()
    elsewhere.mkdir()
    path = write_feed_file(inbox, [booking_row()])
    kept = write_feed_file(elsewhere, [booking_row()])
    strange = path.with_name(path.name + end)
    strange.unlink()
    make(strange, kept.with_name(kept.name + end))

    assert list(find_arrivals(inbox)) == [path]
    load(path)

    assert list(find_arrivals(inbox)) == []
    refused = FeedFile.objects.get()
    assert (refused.name, refused.status, refused.reason) == (path.name, "refused", reason)
    assert refused.detail.endswith(("A link is not followed.", "Not a regular file."))
    assert not BookingEvent.objects.exists()


@pytest.mark.django_db
def test_a_link_to_a_folder_is_refused_and_a_folder_passed_over(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    (inbox / "bookings-20250107-002.csv").mkdir(parents=True)
    path = write_feed_file(inbox, [booking_row()])
    path.unlink()
    path.symlink_to(tmp_path)

    assert list(find_arrivals(inbox)) == [path]
    load(path)

    assert FeedFile.objects.get().reason == "unreadable_file"


@pytest.mark.django_db
def test_a_hard_link_is_a_file(tmp_path: Path) -> None:
    inbox, elsewhere = tmp_path / "inbox", tmp_path / "elsewhere"
    inbox.mkdir()
    elsewhere.mkdir()
    kept = write_feed_file(elsewhere, [booking_row()])
    for source in list(elsewhere.iterdir()):
        (inbox / source.name).hardlink_to(source)

    load(inbox / kept.name)

    assert FeedFile.objects.get().status == "loaded"

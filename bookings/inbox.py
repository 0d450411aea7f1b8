"""The inbox: a folder that upstream delivers to. Nothing in it is ever moved or changed.

What has been tried stands in Postgres: a file is tried once for its content, however long it
lies there, and again when it or its manifest has changed.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.db import transaction

from bookings.delivery import find_feed_files
from bookings.feeds import Feeds
from bookings.loading import FileOutcome, load_file
from bookings.models import InboxFile
from bookings.printable import stored_name


def arrivals(folder: Path) -> Iterator[Path]:
    """Yield the files whose manifest is there and that have changed since they were last tried.

    Raises:
        PathNotReadable: the folder cannot be read.
    """
    tried = dict(InboxFile.objects.values_list("name", "fingerprint"))
    for path in find_feed_files([folder]):
        fingerprint = fingerprint_of(path)
        if fingerprint is not None and tried.get(stored_name(path.name)) != fingerprint:
            yield path


def fingerprint_of(path: Path) -> str | None:
    """Return what changes whenever a file or its manifest does; None where one is not there.

    The time of the last change of the inode is the system's own: no copying tool can set it back.
    Of a link it is the link's own, for what it leads to is not read.
    """
    try:
        looks = [one.lstat() for one in (path, path.with_name(path.name + ".manifest.json"))]
    except OSError:
        return None
    facts = [(look.st_ino, look.st_size, look.st_ctime_ns) for look in looks]
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def load_arrival(*, path: Path, feeds: Feeds, at: datetime) -> FileOutcome | None:
    """Load a file and keep, in the same transaction, that it was tried as it is now.

    None where that has been done, where the file is gone again, or where another worker has it.
    """
    name = stored_name(path.name)
    fingerprint = fingerprint_of(path)
    if fingerprint is None:
        return None
    InboxFile.objects.get_or_create(name=name, defaults={"fingerprint": "", "tried_at": at})
    with transaction.atomic():
        held = InboxFile.objects.select_for_update(skip_locked=True).filter(name=name).first()
        if held is None or held.fingerprint == fingerprint:
            return None
        outcome = load_file(path=path, feeds=feeds, loaded_at=at)
        held.fingerprint, held.tried_at = fingerprint, at
        held.save()
    return outcome

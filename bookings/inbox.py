"""Load the inbox, the folder that upstream delivers to.

Nothing in it is moved or changed. Postgres records what was tried: a file is tried once, however
long it stays there, and again when the file or its manifest has changed.
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
from core.printable import stored_name


def find_arrivals(folder: Path) -> Iterator[Path]:
    """Yield the files with a manifest that are new or changed since the last try.

    Raises:
        PathNotReadable: the folder cannot be read.
    """
    tried = dict(InboxFile.objects.values_list("name", "fingerprint"))
    for path in find_feed_files([folder]):
        fingerprint = fingerprint_of(path)
        if fingerprint is not None and tried.get(stored_name(path.name)) != fingerprint:
            yield path


def fingerprint_of(path: Path) -> str | None:
    """Return a checksum of a file's and its manifest's state; None if one is missing.

    It includes the inode's change time, which the system sets and no copying tool can set back. A
    link's own times are used: its target is not read.
    """
    try:
        stats = [one.lstat() for one in (path, path.with_name(path.name + ".manifest.json"))]
    except OSError:
        return None
    facts = [(stat.st_ino, stat.st_size, stat.st_ctime_ns) for stat in stats]
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def load_arrival(*, path: Path, feeds: Feeds, at: datetime) -> FileOutcome | None:
    """Load a file, and save in the same transaction that its present state was tried.

    Return None where that was done before, the file is gone, or another worker is loading it.
    """
    name = stored_name(path.name)
    fingerprint = fingerprint_of(path)
    if fingerprint is None:
        return None
    InboxFile.objects.get_or_create(name=name, defaults={"fingerprint": "", "tried_at": at})
    with transaction.atomic():
        inbox_file = InboxFile.objects.select_for_update(skip_locked=True).filter(name=name).first()
        if inbox_file is None or inbox_file.fingerprint == fingerprint:
            return None
        outcome = load_file(path=path, feeds=feeds, loaded_at=at)
        inbox_file.fingerprint, inbox_file.tried_at = fingerprint, at
        inbox_file.save()
    return outcome

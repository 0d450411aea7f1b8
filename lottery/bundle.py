"""The bundle: all published files of a draw, which are enough to verify it.

Source: docs/specs/draw-protocol.md 3.6.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

from django.db import connection
from django.utils.translation import gettext as _

from core import approvals, audit
from core.atomic_files import PUBLIC, draft_name, write_atomically
from core.audit import Actor
from core.models import User
from core.printable import printable_name
from core.sql_files import read_sql
from lottery.models import Draw
from lottery.protocol import RECORD_BYTES
from lottery.queries import subject_of
from lottery.refusals import UnfitFolder

PERMISSION = "lottery.view_draw"
# Who runs a draw, and who asks for and gives its confirmation, read the result before it is public.
READS_RESULTS = ("lottery.run_draw", "lottery.request_confirmation", approvals.DECIDE)
FileStream = Callable[[], Iterator[bytes]]
FROZEN_FILES = ("terms.json", "manifest.json", "manifest.sig", "entries.bin", "verify_draw.py")
RESULT_FILES = ("round.json", "result.json", "winners.csv")
ALL_FILES = FROZEN_FILES + RESULT_FILES
FILE_COLUMNS = {
    "terms.json": "terms_json",
    "manifest.json": "manifest",
    "manifest.sig": "signature",
    "verify_draw.py": "verifier",
    "round.json": "round_json",
    "result.json": "result",
    "winners.csv": "winners_csv",
}
# Written by file managers; the verifier ignores the same ones.
DESKTOP_FILES = re.compile(
    r"\.DS_Store|\._.*|\.localized|Icon\r|__MACOSX|desktop\.ini|(eh)?Thumbs\.db|\.directory",
    re.IGNORECASE | re.DOTALL,
)
RECORDS_PER_READ = 16_384


def bundle_files(draw: Draw) -> dict[str, FileStream]:
    """Return a function that streams the file, for each file that a draw has so far.

    The result's files are included once the draw was run, for staff who check them before the
    confirmation; ``public_files`` returns those that everybody may download.
    """
    return file_streams(draw, ALL_FILES if draw.drawn_at else FROZEN_FILES)


def files_for(user: User, draw: Draw) -> dict[str, FileStream]:
    """Return those files of a draw that a user of staff may read so far."""
    if draw.drawn_at and not (has_public_result(draw) or may_read_results(user)):
        return file_streams(draw, FROZEN_FILES)
    return bundle_files(draw)


def may_read_results(user: User) -> bool:
    """Return whether a user reads the results of draws before they are public."""
    return any(user.has_perm(one) for one in READS_RESULTS)


def public_files(draw: Draw) -> dict[str, FileStream]:
    """Return the files of a draw that are public.

    None before publication. The result's files become public with the confirmation, or with the
    void of a draw that was run, even if the draw was never published.
    """
    if has_public_result(draw):
        return file_streams(draw, ALL_FILES)
    return file_streams(draw, FROZEN_FILES if draw.published_at else ())


def file_streams(draw: Draw, names: tuple[str, ...]) -> dict[str, FileStream]:
    """Return a function that streams the file, for each name."""
    return {name: partial(stream_file, draw, name) for name in names}


def has_public_result(draw: Draw) -> bool:
    """Return whether the result of a draw is public."""
    return draw.drawn_at is not None and bool(draw.confirmed_at or draw.voided_at)


def is_public(draw: Draw) -> bool:
    """Return whether all files that a draw has so far are public."""
    return has_public_result(draw) if draw.drawn_at else draw.published_at is not None


def record_export(
    draw: Draw, *, actor: Actor | None, at: datetime, files: Iterable[str] | None = None
) -> None:
    """Record in the audit who exported which files of a draw; all that it has, unless given.

    Raises:
        NotPermitted: the person may not see draws.
    """
    approvals.require_actor(actor, PERMISSION)
    names = list(bundle_files(draw) if files is None else files)
    audit.record(
        actor=actor,
        action="draw.export",
        subject=subject_of(draw),
        at=at,
        detail={
            "public": is_public(draw),
            "files": names,
        },
    )


def stream_file(draw: Draw, name: str) -> Iterator[bytes]:
    """Yield the content of one file of a draw."""
    if name == "entries.bin":
        yield from stream_entries(draw)
        return
    content = getattr(draw, FILE_COLUMNS[name])
    yield content.encode() if isinstance(content, str) else bytes(content)


def stream_entries(draw: Draw) -> Iterator[bytes]:
    """Yield entries.bin: the records in the order of their pids."""
    for first in range(0, draw.entry_count, RECORDS_PER_READ):
        yield read_records(draw, first, first + RECORDS_PER_READ)


def read_records(draw: Draw, first: int, until: int) -> bytes:
    """Return the records of entries.bin from one position to before another."""
    with connection.cursor() as cursor:
        cursor.execute(
            read_sql("lottery", "entry_records"),
            {"draw": draw.pk, "first": first, "until": until},
        )
        (records,) = cursor.fetchone() or (None,)
    found = bytes(records or b"")
    if len(found) != (min(until, draw.entry_count) - first) * RECORD_BYTES:
        raise AssertionError("The frozen list is not complete.")
    return found


def write_bundle(
    draw: Draw, folder: Path, files: Mapping[str, FileStream] | None = None
) -> list[str]:
    """Write the bundle, or some of its files, into a folder and return the names of the files.

    The same draw always gives the same bytes. Each file of an earlier export is replaced
    atomically.

    Raises:
        UnfitFolder: the folder holds other files, or cannot be written.
    """
    files = bundle_files(draw) if files is None else files
    expected = {*files, *(draft_name(name) for name in files)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if unexpected := sorted(
            entry.name
            for entry in folder.iterdir()
            if entry.name not in expected and not DESKTOP_FILES.fullmatch(entry.name)
        ):
            raise UnfitFolder(
                _("%(folder)s holds what is no file of this bundle: %(name)s.")
                % {"folder": printable_name(folder), "name": printable_name(unexpected[0])}
            )
        for name, stream in files.items():
            write_atomically(folder / name, stream(), mode=PUBLIC)
    except OSError as failure:
        raise UnfitFolder(f"{printable_name(folder)}: {failure.strerror}.") from failure
    return list(files)

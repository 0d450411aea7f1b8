"""The bundle: the files that prove a draw, and no other.

Source: docs/specs/draw-protocol.md 3.6.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from django.db import connection
from django.utils.translation import gettext as _

from core import approvals, audit
from core.atomic_files import PUBLIC, draft_name, write_atomically
from core.audit import Actor
from core.printable import printable_name
from lottery.models import Draw
from lottery.protocol import RECORD_BYTES
from lottery.queries import subject_of
from lottery.refusals import UnfitFolder

MAY_SEE = "lottery.view_draw"
Open = Callable[[], Iterator[bytes]]
BEFORE = ("terms.json", "manifest.json", "manifest.sig", "entries.bin", "verify_draw.py")
AFTER = ("round.json", "result.json", "winners.csv")
FILES = BEFORE + AFTER
COLUMNS = {
    "terms.json": "terms_json",
    "manifest.json": "manifest",
    "manifest.sig": "signature",
    "verify_draw.py": "verifier",
    "round.json": "round_json",
    "result.json": "result",
    "winners.csv": "winners_csv",
}
# The verifier's own: it passes them over, too.
OF_DESKTOPS = re.compile(
    r"\.DS_Store|\._.*|\.localized|Icon\r|__MACOSX|desktop\.ini|(eh)?Thumbs\.db|\.directory",
    re.IGNORECASE | re.DOTALL,
)
RECORDS_AT_ONCE = 16_384
# Reads lottery_entrant by entrant_position_once.
RECORDS = """
SELECT string_agg(pid || commitment, ''::bytea ORDER BY position) FROM lottery_entrant
WHERE draw_id = %s AND position >= %s AND position < %s
"""


def bundle_files(draw: Draw) -> dict[str, Open]:
    """Return every file that there is of a draw by its name, each a function that streams it.

    The result's files are among them as soon as the draw was run, for those who check it before
    it is confirmed; the public sees ``public_files``.
    """
    return {name: opener(draw, name) for name in (FILES if draw.drawn_at else BEFORE)}


def public_files(draw: Draw) -> dict[str, Open]:
    """Return the files of a draw that the public may have.

    Nothing before publication; the result with the confirmation, or with the void of a draw that
    was run, which publishes one that never was.
    """
    if has_public_result(draw):
        return {name: opener(draw, name) for name in FILES}
    return {name: opener(draw, name) for name in (BEFORE if draw.published_at else ())}


def has_public_result(draw: Draw) -> bool:
    """Say whether the result of a draw is public."""
    return draw.drawn_at is not None and bool(draw.confirmed_at or draw.voided_at)


def is_public(draw: Draw) -> bool:
    """Return whether the public may have every file that there is of a draw."""
    return has_public_result(draw) if draw.drawn_at else draw.published_at is not None


def record_export(draw: Draw, *, actor: Actor | None, at: datetime) -> None:
    """Record in the audit who is given the files of a draw.

    Raises:
        NotPermitted: the person may not see draws.
    """
    approvals.require_actor(actor, MAY_SEE)
    audit.record(
        actor=actor,
        action="draw.export",
        subject=subject_of(draw),
        at=at,
        detail={"public": is_public(draw), "files": list(bundle_files(draw))},
    )


def opener(draw: Draw, name: str) -> Open:
    """Return the function that streams one file."""
    return lambda: open_file(draw, name)


def open_file(draw: Draw, name: str) -> Iterator[bytes]:
    """Stream one file of a draw."""
    if name == "entries.bin":
        yield from read_entries(draw)
        return
    content = getattr(draw, COLUMNS[name])
    yield content.encode() if isinstance(content, str) else bytes(content)


def read_entries(draw: Draw) -> Iterator[bytes]:
    """Stream entries.bin: the records in the order of their pids."""
    for first in range(0, draw.entry_count, RECORDS_AT_ONCE):
        yield read_records(draw, first, first + RECORDS_AT_ONCE)


def read_records(draw: Draw, first: int, until: int) -> bytes:
    """Return the records from one place to before another."""
    with connection.cursor() as cursor:
        cursor.execute(RECORDS, [draw.pk, first, until])
        (records,) = cursor.fetchone() or (None,)
    found = bytes(records or b"")
    if len(found) != (min(until, draw.entry_count) - first) * RECORD_BYTES:
        raise AssertionError("The frozen list is not complete.")
    return found


def write_bundle(draw: Draw, folder: Path) -> list[str]:
    """Write the bundle into a folder and return the names of its files.

    The same draw again gives the same bytes. Files of an earlier export are replaced, each at one
    stroke.

    Raises:
        UnfitFolder: the folder holds other files, or cannot be written.
    """
    files = bundle_files(draw)
    expected = {*files, *(draft_name(name) for name in files)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if strange := sorted(
            entry.name
            for entry in folder.iterdir()
            if entry.name not in expected and not OF_DESKTOPS.fullmatch(entry.name)
        ):
            raise UnfitFolder(
                _("%(folder)s holds what is no file of this bundle: %(name)s.")
                % {"folder": printable_name(folder), "name": printable_name(strange[0])}
            )
        for name, open_ in files.items():
            write_atomically(folder / name, open_(), mode=PUBLIC)
    except OSError as failure:
        raise UnfitFolder(f"{printable_name(folder)}: {failure.strerror}.") from failure
    return list(files)

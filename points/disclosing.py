"""Hand over to a person all that is kept of them, as files.

Nothing here changes what is kept. The audit records each disclosure, a dry run too: it shows which
tables know the person.
"""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from psycopg import sql

from bookings.erased import hash_identifier
from bookings.models import ErasedIdentifier
from bookings.values import is_identifier
from campaign.models import Campaign
from core import approvals, audit
from core.atomic_files import PRIVATE, sync_folder, write_atomically
from core.audit import Actor
from core.commands import JAPAN
from core.printable import printable_name
from core.spreadsheets import write_csv
from core.sql_files import read_sql
from lottery.models import Draw
from lottery.queries import subject_of
from points.personal_data import KEPT, Kept, pattern_of
from points.refusals import FolderTaken, UnfitFolder, UnfitIdentifier

PERMISSION = "entries.disclose_member"
README = "README.txt"
SUBJECTS = {"members": "member", "entries": "entry", "accounts": "account", "bookings": "booking"}
SEPARATOR = "\x1f"  # of the fields of a stored row


@dataclass(frozen=True)
class KeptRows:
    """The rows of one table that are a person's, as a file shows them."""

    kept: Kept
    header: list[str]
    rows: list[list[object]]


def disclose_member(
    *, wester_id: str, folder: Path, actor: Actor, at: datetime, dry_run: bool = False
) -> dict[str, int]:
    """Write what is kept of a person into a new folder; return the rows of each table.

    A folder appears whole or not at all, for nobody but its owner. Of a person of whom nothing is
    kept no folder is written, and nothing is returned.

    Raises:
        NotPermitted: the actor may not disclose.
        UnfitIdentifier: this is no WESTER ID.
        FolderTaken: the folder exists, and is not overwritten.
        UnfitFolder: it cannot be written.
    """
    approvals.require(actor.user, PERMISSION)
    if not is_identifier(wester_id):
        raise UnfitIdentifier(_("This is no WESTER ID: 1 to 40 letters, digits, - and _."))
    refuse_taken(folder)
    with transaction.atomic():
        keys = find_keys(wester_id)
        found = [rows for kept in KEPT if (rows := read_kept_rows(kept, keys)).rows]
        counts = {rows.kept.table: len(rows.rows) for rows in found}
        audit.record(
            actor=actor,
            action="member.disclosed",
            subject=name_subject(keys),
            at=at,
            detail={
                "member": next(iter(keys["members"]), None),
                "entries": keys["entries"],
                "tables": counts,
                "dry_run": dry_run,
            },
        )
    if found and not dry_run:
        write_folder(folder, make_files(wester_id, found, at=at))
    return counts


def find_erased_case(wester_id: str) -> int | None:
    """Return the number of the erasure of a WESTER ID; None where there was none."""
    hashed = hash_identifier("wester_id", wester_id)
    known = ErasedIdentifier.objects.filter(hash=hashed)
    return known.values_list("case_no", flat=True).first()


def refuse_taken(folder: Path) -> None:
    """Refuse a folder that has anything in it.

    Raises:
        FolderTaken: something of this name exists; an empty folder is taken over.
        UnfitFolder: it cannot be read.
    """
    try:
        is_taken = any(folder.iterdir())
    except FileNotFoundError:
        return
    except NotADirectoryError:
        is_taken = True
    except OSError as failure:
        raise UnfitFolder(f"{printable_name(folder)}: {failure.strerror}.") from failure
    if is_taken:
        raise FolderTaken(
            _("%(name)s is there already and is not written over; take another folder.")
            % {"name": printable_name(folder)}
        )


def find_keys(wester_id: str) -> dict[str, Any]:
    """Return the keys by which tables refer to a person, as the values of every condition."""
    with connection.cursor() as cursor:
        cursor.execute(read_sql("points", "keys_of_a_person"), {"wester_id": wester_id})
        names = [column.name for column in cursor.description]
        keys = dict(zip(names, cursor.fetchone(), strict=True))
    named = [wester_id, *keys["ex_member_nos"], *(bytes(key).hex() for key in keys["credit_keys"])]
    return {
        "wester_id": wester_id,
        "hash": hash_identifier("wester_id", wester_id),
        **keys,
        "pattern": pattern_of(named),
    }


def name_subject(keys: Mapping[str, Any]) -> str:
    """Return how the audit names a person: by a key of a row, never by an identifier."""
    named = ((f"{name} {key}" for key in keys[kind]) for kind, name in SUBJECTS.items())
    return next(chain.from_iterable(named), "unknown")


def read_kept_rows(kept: Kept, keys: Mapping[str, Any]) -> KeptRows:
    """Return a person's rows of one table, without the columns that speak of others."""
    query = sql.SQL("SELECT kept.* FROM {} kept WHERE ({}) ORDER BY 1").format(
        sql.Identifier(kept.table), sql.SQL(kept.condition)
    )
    with connection.cursor() as cursor:
        cursor.execute(query, dict(keys))
        columns = [column.name for column in cursor.description]
        rows = cursor.fetchall()
    shown = {
        number: choose_reader(column)
        for number, column in enumerate(columns)
        if rows and column not in kept.hidden
    }
    return KeptRows(
        kept,
        [columns[number] for number in shown],
        [[read(row[number]) for number, read in shown.items()] for row in rows],
    )


def choose_reader(column: str) -> Callable[[Any], object]:
    """Return what makes a value of a column one that a person can read."""
    match column:
        case "campaign_id":
            return dict(Campaign.objects.values_list("pk", "code")).get
        case "draw_id":
            draws = Draw.objects.select_related("campaign").only("sequence", "campaign__code")
            return {draw.pk: subject_of(draw) for draw in draws}.get
        case "content" | "row_text":
            return read_text
    return read_value


def read_text(value: bytes | str) -> str:
    """Return delivered bytes as text; what is no UTF-8 is escaped."""
    text = value if isinstance(value, str) else bytes(value).decode(errors="backslashreplace")
    return text.replace(SEPARATOR, ",")


def read_value(value: object) -> object:
    """Return a value in words: instants in Japan's time, bytes in hex."""
    match value:
        case datetime():
            return value.astimezone(JAPAN).isoformat()
        case bytes() | memoryview():
            return bytes(value).hex()
        case list():
            return " ".join(map(str, value))
    return value


def make_files(wester_id: str, found: list[KeptRows], *, at: datetime) -> dict[str, bytes]:
    """Return the files by their names: a CSV file for each table, and what explains them."""
    files = {f"{rows.kept.table}.csv": write_csv(rows.header, rows.rows) for rows in found}
    parts = []
    for language in ("ja", "en"):
        with translation.override(language):
            parts.append(explain_files(wester_id, found, at=at))
    text = "\r\n".join("\r\n\r\n".join(parts).splitlines())
    return {README: f"{text}\r\n".encode("utf-8-sig"), **files}


INTRODUCTION = gettext_noop(
    "This is all that our campaign system keeps of the WESTER ID %(wester_id)s, as of %(at)s."
)
CLOSING = (
    gettext_noop(
        "The files are tables in UTF-8 for a spreadsheet. A cell that would begin with = + - or @ "
        "has an apostrophe before it."
    ),
    gettext_noop(
        "Left out are names of our staff, other members in the same row, and the result of a draw "
        "that is not announced yet."
    ),
    gettext_noop(
        "Not in these files: the session of a browser that is signed in, which ends within twelve "
        "hours, and backups, which contain the same and expire by themselves."
    ),
)


def explain_files(wester_id: str, found: list[KeptRows], *, at: datetime) -> str:
    """Return what explains the files, in the language in force."""
    when = at.astimezone(JAPAN).isoformat(timespec="minutes")
    lines = [_(INTRODUCTION) % {"wester_id": wester_id, "at": when}, ""]
    for rows in found:
        counted = _("%(rows)s rows") % {"rows": len(rows.rows)}
        lines += [f"{rows.kept.table}.csv ({counted})", f"    {rows.kept.explanation}"]
    return "\n".join([*lines, "", *map(_, CLOSING)])


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write all files into a folder that appears whole, or not at all, and is private.

    A killed process may leave its draft, ``.NAME.….part``, as private as the folder.

    Raises:
        FolderTaken: something of this name has appeared.
        UnfitFolder: it cannot be written.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            dir=folder.parent, prefix=f".{folder.name}.", suffix=".part", ignore_cleanup_errors=True
        ) as draft:  # only its owner may enter it
            for name, content in files.items():
                write_atomically(Path(draft, name), [content], mode=PRIVATE)
            refuse_taken(folder)
            Path(draft).rename(folder)  # an empty folder gives way, nothing else does
        sync_folder(folder.parent)
    except OSError as failure:
        raise UnfitFolder(f"{printable_name(folder)}: {failure.strerror}.") from failure

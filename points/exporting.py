"""Write the file of credits for the points system, always with the same bytes.

Source: docs/specs/points.md 3.1; docs/specs/feeds.md 1.3, 1.4.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from psycopg import sql

from bookings.erased import MARK, case_of_mark
from core import approvals
from core.atomic_files import PRIVATE, write_atomically
from core.audit import Actor
from core.commands import JAPAN
from core.locks import Lock, acquire
from core.printable import printable_name
from core.sql_files import compose_sql, read_sql
from points import auditing
from points.models import CreditFile, Payout, Transfer
from points.refusals import BatchChanged, MemberErased, NotPaid, SentOtherwise, UnfitFolder

FEED = "credits"
HEADER = b"credit_key,wester_id,points,expires_on,reason\n"


@dataclass(frozen=True)
class WrittenFile:
    """A file of credits in a folder."""

    path: Path
    file: CreditFile


def export_credits(
    *, payout: Payout, folder: Path, at: datetime, actor: Actor | None = None
) -> WrittenFile:
    """Write the file of a payout's credits and its manifest into a folder.

    The audit records who wrote it, before there is a file. A file of the same name with other
    content is never overwritten, and then no new file is recorded either.

    Raises:
        NotPermitted: the person may not pay.
        NotPaid: the payout has not ended.
        BatchChanged: the credits are not those that the file was first written of.
        MemberErased: it named a member who was erased since.
        SentOtherwise: the folder has other credits under this name.
        UnfitFolder: the folder cannot be written to.
    """
    with transaction.atomic():
        file, files = take_files(payout=payout, at=at, actor=actor)
        refuse_other_content(folder, files)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            write_atomically(folder / name, [content], mode=PRIVATE)
    except OSError as failure:
        raise UnfitFolder(f"{printable_name(folder)}: {failure.strerror}.") from failure
    return WrittenFile(folder / str(file), file)


@transaction.atomic
def take_files(
    *, payout: Payout, at: datetime, actor: Actor | None = None
) -> tuple[CreditFile, dict[str, bytes]]:
    """Return the file of a payout's credits with the content of its files, and record who took it.

    Raises:
        NotPermitted, NotPaid, BatchChanged, MemberErased: as for ``export_credits``.
    """
    file = get_or_create_file(payout, at=at, actor=actor)
    files = build_files(payout, file)
    auditing.record_payout_step("export", payout, actor=actor, at=at, detail=describe_file(file))
    return file, files


def build_files(payout: Payout, file: CreditFile) -> dict[str, bytes]:
    """Return the file of credits and its manifest by their names.

    Raises:
        BatchChanged: the credits are not those that the file was first written of.
        MemberErased: it named a member who was erased since.
    """
    refuse_erased_members(payout, file)
    content = b"".join(read_credit_lines(payout, file.last_transfer))
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise BatchChanged(_("The credits are not those that the file was first written of."))
    return {str(file): content, f"{file}.manifest.json": build_manifest(file)}


def refuse_erased_members(payout: Payout, file: CreditFile) -> None:
    """Refuse to make a file again that named a member who was erased since.

    Raises:
        MemberErased: it did; the message names the cases.
    """
    sent = Transfer.objects.filter(kind=Transfer.Kind.CREDIT, pk__lte=file.last_transfer)
    named = sent.filter(award__draw=payout.draw_id, to_account__wester_id__startswith=MARK)
    marks = named.order_by("pk").values_list("to_account__wester_id", flat=True)
    cases = sorted({case_of_mark(mark) for mark in marks if mark})
    if cases:
        raise MemberErased(
            _(
                "%(name)s cannot be made again: it named a member who was erased since (case "
                "%(cases)s). What was sent is proved by its SHA-256."
            )
            % {"name": str(file), "cases": ", ".join(map(str, cases))}
        )


def refuse_other_content(folder: Path, files: Mapping[str, bytes]) -> None:
    """Refuse to overwrite a file that may have been sent.

    Raises:
        SentOtherwise: a file of one of these names has other content.
        UnfitFolder: it cannot be read.
    """
    for name, content in files.items():
        try:
            is_other = (folder / name).read_bytes() != content
        except FileNotFoundError:
            continue
        except OSError as failure:
            raise UnfitFolder(f"{printable_name(folder)}: {failure.strerror}.") from failure
        if is_other:
            raise SentOtherwise(
                _(
                    "%(name)s lies there with other content and is not written over. If it was "
                    "sent, the credits here differ from those: see docs/operations.md, on a "
                    "restored database; if not, take another folder."
                )
                % {"name": printable_name(folder / name)}
            )


@transaction.atomic
def get_or_create_file(payout: Payout, *, at: datetime, actor: Actor | None = None) -> CreditFile:
    """Return the file of a payout's credits, fixed now if this is the first time.

    Raises:
        NotPermitted: the person may not pay.
        NotPaid: the payout has not ended.
    """
    approvals.require_actor(actor, auditing.MAY_PAY)
    acquire(Lock.LEDGER)
    payout.refresh_from_db(fields=["ended_at"])
    if payout.ended_at is None:
        raise NotPaid(_("The payout has not ended."))
    known = CreditFile.objects.filter(payout=payout).first()
    if known:
        return known
    last = Transfer.objects.aggregate(last=Max("id"))["last"] or 0
    day = payout.draw.terms.credit_at.astimezone(JAPAN).date()
    numbered = CreditFile.objects.filter(business_date=day).aggregate(last=Max("sequence"))["last"]
    rows, points = count_credits(payout, last)
    content = hashlib.sha256()
    for block in read_credit_lines(payout, last):
        content.update(block)
    return CreditFile.objects.create(
        payout=payout,
        business_date=day,
        sequence=(numbered or 0) + 1,
        last_transfer=last,
        rows=rows,
        total_points=points,
        sha256=content.hexdigest(),
        exported_at=at,
    )


def count_credits(payout: Payout, last: int) -> tuple[int, int]:
    """Return the number of credits in the file, and their points."""
    listed = sql.SQL(read_sql("points", "credits_of_file"))
    statement = sql.SQL("SELECT count(*), COALESCE(sum(points), 0) FROM ({}) credits")
    with connection.cursor() as cursor:
        cursor.execute(statement.format(listed), {"draw": payout.draw_id, "last": last})
        rows, points = cursor.fetchone()
    return int(rows), int(points)


def read_credit_lines(payout: Payout, last: int) -> Iterator[bytes]:
    """Yield the file: its header, then a line for each credit, sorted by key."""
    yield HEADER
    listed = sql.SQL(read_sql("points", "credits_of_file"))
    statement = compose_sql("points", "copy_credits", credits=listed)
    values = {"draw": payout.draw_id, "last": last, "code": payout.draw.campaign.code}
    with connection.cursor() as cursor, cursor.copy(statement, values) as lines:
        for block in lines:
            yield bytes(block)


def build_manifest(file: CreditFile) -> bytes:
    """Return the manifest beside the file."""
    content = {
        "feed": FEED,
        "version": 1,
        "business_date": file.business_date.isoformat(),
        "sequence": file.sequence,
        "rows": file.rows,
        "sha256": file.sha256,
        "encoding": "utf-8",
        "total_points": file.total_points,
    }
    return json.dumps(content).encode() + b"\n"


def describe_file(file: CreditFile) -> dict[str, Any]:
    """Return what the audit records of a file."""
    return {
        "name": str(file),
        "rows": file.rows,
        "total_points": file.total_points,
        "sha256": file.sha256,
    }

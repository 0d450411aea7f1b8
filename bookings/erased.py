"""Members who were erased: what stands in place of their identifiers, and that no feed brings back.

The keyed hash of an identifier is all that remains of it. Without the key (ERASURE_KEY) nobody can
try which identifier it was; with it, every load recognises the rows of an erased member. Source:
docs/specs/feeds.md 1.7.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice

from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from bookings.feeds import Feed
from bookings.models import ErasedIdentifier

IDENTIFIERS = ("wester_id", "ex_member_no")  # the columns of feeds that name a person
TOKEN = re.compile(rb"[A-Za-z0-9_-]{1,40}")
# No identifier has a colon, so that none is taken for this.
MARK = "erased:"
MARK_DIGITS = 24  # of the hash
ROW_BATCH_SIZE = 1_000  # of up to 8 KiB each

STAGED_NAMES = sql.SQL("SELECT DISTINCT {column} FROM staged WHERE {column} IS NOT NULL")
DELETE_STAGED = sql.SQL("""
DELETE FROM staged
USING unnest(%(names)s::text[], %(returns)s::timestamptz[]) AS erased (name, returned_at)
WHERE staged.{column} = erased.name
    AND (erased.returned_at IS NULL OR staged.{happened_at} < erased.returned_at)""")
REJECTED_TEXTS = "SELECT record, content FROM rejected WHERE content IS NOT NULL"
DELETE_REJECTED = "DELETE FROM rejected WHERE record = ANY(%s)"

Erased = dict[str, datetime | None]  # by hash: when the person returned, if so


def hash_identifier(column: str, identifier: str) -> str:
    """Return the keyed hash of a WESTER ID or an EX member number, in hex.

    Args: ``column``: ``wester_id`` or ``ex_member_no``; equal texts of both have two hashes.
    """
    return hasher_of(column)(identifier)


def hasher_of(column: str) -> Callable[[str], str]:
    """Return the function that hashes the identifiers of one column: keyed BLAKE2b (RFC 7693).

    A load calls it for every identifier of its file; HMAC-SHA-256 takes four times as long.
    """
    keyed = hashlib.blake2b(f"{column}/v1\0".encode(), key=settings.ERASURE_KEY, digest_size=32)

    def hash_one(identifier: str) -> str:
        one = keyed.copy()
        one.update(identifier.encode())
        return one.hexdigest()

    return hash_one


def mark_of(case_no: int, hashed: str) -> str:
    """Return what stands in place of an erased identifier: the case, and the hash's beginning."""
    return f"{MARK}{case_no}:{hashed[:MARK_DIGITS]}"


def is_mark(text: str) -> bool:
    """Return whether this stands in place of an erased identifier."""
    return text.startswith(MARK)


def case_of_mark(text: str) -> int:
    """Return the number of the erasure that put this in place of an identifier."""
    return int(text.split(":")[1])


def save_return(wester_id: str, *, at: datetime) -> None:
    """Remember that an erased member signed in again: what happens from now on is applied."""
    hashed = hash_identifier("wester_id", wester_id)
    cases = ErasedIdentifier.objects.filter(hash=hashed).values("case_no")
    ErasedIdentifier.objects.filter(case_no__in=cases, returned_at__isnull=True).update(
        returned_at=at
    )


def leave_out_erased(cursor: CursorWrapper, feed: Feed) -> None:
    """Delete the rows of erased members from the staged and the rejected rows of a load.

    They count as duplicates, for they are neither applied nor rejected. Each identifier of the file
    is hashed once, and none where nobody was erased.
    """
    erased: Erased = dict(ErasedIdentifier.objects.values_list("hash", "returned_at"))
    if not erased or not feed.happened_at:
        return
    for name in IDENTIFIERS:
        if name in feed.definition.header:
            leave_out_staged(cursor, name, feed.happened_at, erased)
    leave_out_rejected(cursor, erased)


def leave_out_staged(cursor: CursorWrapper, name: str, happened_at: str, erased: Erased) -> None:
    """Delete the staged rows that name an erased member in this column."""
    column, hash_one = sql.Identifier(name), hasher_of(name)
    found: Erased = {}
    with connection.chunked_cursor() as names:
        names.execute(STAGED_NAMES.format(column=column).as_string())
        for (identifier,) in names:
            hashed = hash_one(identifier)
            if hashed in erased:
                found[identifier] = erased[hashed]
    if found:
        statement = DELETE_STAGED.format(column=column, happened_at=sql.Identifier(happened_at))
        cursor.execute(statement.as_string(), {"names": [*found], "returns": [*found.values()]})


def leave_out_rejected(cursor: CursorWrapper, erased: Erased) -> None:
    """Delete the rows that are bad by themselves and contain an erased identifier.

    Of a person who returned they are quarantined: when a bad row happened is not known.
    """
    gone = {hashed for hashed, returned_at in erased.items() if returned_at is None}
    hashers = [hasher_of(name) for name in IDENTIFIERS]
    records = [
        record
        for record, content in read_rejected()
        if any(
            hash_one(token.decode("ascii")) in gone
            for token in set(TOKEN.findall(bytes(content)))
            for hash_one in hashers
        )
    ]
    if records:
        cursor.execute(DELETE_REJECTED, [records])


def read_rejected() -> Iterator[tuple[int, bytes]]:
    """Yield the rows that are bad by themselves, a few at a time."""
    with connection.chunked_cursor() as rows:
        rows.execute(REJECTED_TEXTS)
        texts = iter(rows)
        while batch := list(islice(texts, ROW_BATCH_SIZE)):
            yield from batch

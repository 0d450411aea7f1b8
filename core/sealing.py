"""Seal the audit: hash its records in batches, each chained to the one before.

The owner of the database can switch triggers off and change a record; then its batch no longer has
the hash that was stored, and who stores another one has to change every later seal. Each seal is
logged: logs that are stored elsewhere show such a change as well. Nothing that adds a record waits
for a seal. Source: docs/specs/consistency.md 5.
"""

import hashlib
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

import structlog
from django.db import connection, transaction
from django.db.models import TextField
from django.db.models.functions import Cast

from core.canonical_json import canonical_json, content_sha256
from core.locks import Lock, acquire
from core.models import AuditRecord, AuditSeal
from core.sql_files import read_sql

log = structlog.get_logger(__name__)
MAX_RECORDS = 10_000  # of a batch
PATIENCE_S = 5.0  # a transaction that takes longer is waited for by a later call
POLL_S = 0.05
NO_SEAL = "0" * 64
NUMBER_BYTES = 8  # of a record in a seal's hashes, before its SHA-256
COLUMNS = (
    "id",
    "at_text",
    "action",
    "subject",
    "user_id",
    "name",
    "os_user",
    "host",
    "detail_text",
)


def seal_audit(*, at: datetime) -> int:
    """Seal the records that no seal has yet; return their number.

    Records stay for a later call while a transaction that may have drawn an earlier number has not
    ended.
    """
    last = find_last_settled()
    sealed = 0
    while last and (seal := seal_batch(last, at=at)):
        sealed += seal.records
    return sealed


def find_last_settled() -> int | None:
    """Return a record's number before which none can appear any more.

    None where there is no record, and where somebody who may add one takes too long.
    """
    last, writers = read_writers()
    deadline = time.monotonic() + PATIENCE_S
    while writers:
        if time.monotonic() > deadline:
            return None
        time.sleep(POLL_S)
        writers &= read_writers()[1]
    return last


def read_writers() -> tuple[int | None, set[str]]:
    """Return the last record's number, and the transactions that may commit an earlier one."""
    with connection.cursor() as cursor:
        cursor.execute(read_sql("core", "audit_writers"))
        last, writers = cursor.fetchone()
    return last, set(writers)


@transaction.atomic
def seal_batch(last: int, *, at: datetime) -> AuditSeal | None:
    """Seal the next records, up to number ``last``; None where all of them are sealed."""
    acquire(Lock.AUDIT)
    before = AuditSeal.objects.order_by("-number").first()
    after = before.last_record if before else None
    batch = list(read_hashes(after=after, last=last, limit=MAX_RECORDS))
    if not batch:
        return None
    seal = AuditSeal(
        number=before.number + 1 if before else 1,
        last_record=batch[-1][0],
        records=len(batch),
        hashes=b"".join(
            number.to_bytes(NUMBER_BYTES, signed=True) + digest for number, digest in batch
        ),
        previous_sha256=before.chain_sha256 if before else NO_SEAL,
        sealed_at=at,
    )
    seal.chain_sha256 = hash_seal(seal)
    seal.save(force_insert=True)
    transaction.on_commit(partial(log_seal, seal))
    return seal


def hash_seal(seal: AuditSeal) -> str:
    """Return the SHA-256 of the canonical JSON of a seal's other columns, in lower-case hex.

    Of the hashes, which may be long, it has the SHA-256.
    """
    return content_sha256(
        {
            "number": seal.number,
            "last_record": seal.last_record,
            "records": seal.records,
            "hashes_sha256": hashlib.sha256(seal.hashes).hexdigest(),
            "previous_sha256": seal.previous_sha256,
            "sealed_at": seal.sealed_at.astimezone(UTC).isoformat(),
        }
    )


def read_hashes(
    *, after: int | None = None, last: int | None = None, limit: int | None = None
) -> Iterator[tuple[int, bytes]]:
    """Yield number and SHA-256 of each record by number, of those after one, up to one.

    Hashed is the canonical JSON of the columns. Instant and detail are hashed as PostgreSQL writes
    them: each value that the column can hold has a text of its own.
    """
    records = AuditRecord.objects.annotate(
        at_text=Cast("at", TextField()), detail_text=Cast("detail", TextField())
    )
    if after is not None:
        records = records.filter(pk__gt=after)
    if last is not None:
        records = records.filter(pk__lte=last)
    for values in records.order_by("pk").values(*COLUMNS)[:limit].iterator():
        yield values["id"], hashlib.sha256(canonical_json(values)).digest()


def log_seal(seal: AuditSeal) -> None:
    """Log a seal; ``audit verify --logged`` compares what was logged with what is stored."""
    log.info(
        "audit.sealed",
        number=seal.number,
        records=seal.records,
        last_record=seal.last_record,
        chain_sha256=seal.chain_sha256,
    )

"""Verify the audit: hash its records again and compare them with the seals.

Source: docs/specs/consistency.md 5.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, pairwise

from core.models import AuditRecord, AuditSeal
from core.sealing import NO_SEAL, hash_seal, read_digests

# Beat seals each minute; a transaction that takes longer than this is no work of ours.
MAX_UNSEALED = timedelta(hours=1)


@dataclass(frozen=True)
class Finding:
    """What does not fit: a code, the seal whose batch it is, None where it has none, and words."""

    code: str
    seal: int | None
    text: str


@dataclass(frozen=True)
class Verified:
    """The number of records, those of them without a seal, the newest seal, and what was found."""

    records: int
    unsealed: int
    newest: AuditSeal | None
    findings: list[Finding]


@dataclass
class Batch:
    """The records that are stored where a seal's batch is."""

    records: int
    first: int
    sha256: str


def verify_audit(*, logged: Mapping[int, str], now: datetime) -> Verified:
    """Compare records and seals; report every seal and every batch that is not as it was sealed.

    Args: ``logged``: hashes of seals by their numbers, as the logs show them.
    """
    seals = list(AuditSeal.objects.order_by("number"))
    batches = read_batches(seals)
    unsealed = batches.pop(len(seals), None)
    findings = [*check_chain(seals)]
    for index, seal in enumerate(seals):
        findings += check_batch(seal, batches.get(index))
    findings += check_logged(seals, logged)
    findings += check_unsealed(seals, now)
    return Verified(
        records=sum(batch.records for batch in [*batches.values(), unsealed] if batch),
        unsealed=unsealed.records if unsealed else 0,
        newest=seals[-1] if seals else None,
        findings=findings,
    )


def read_batches(seals: list[AuditSeal]) -> dict[int, Batch]:
    """Return the stored records by the index of their seal; those after the last are unsealed."""
    ends: list[int] = []
    for seal in seals:  # a seal that ends before the one before it has no batch
        ends.append(max([seal.last_record, *ends[-1:]]))
    batches: dict[int, Batch] = {}
    for index, rows in groupby(read_digests(), key=lambda row: bisect_left(ends, row[0])):
        digest, numbers = hashlib.sha256(), []
        for number, record_digest in rows:
            digest.update(record_digest)
            numbers.append(number)
        batches[index] = Batch(len(numbers), numbers[0], digest.hexdigest())
    return batches


def check_chain(seals: list[AuditSeal]) -> Iterator[Finding]:
    """Yield the seals that were changed, are missing or do not follow the one before."""
    for seal in seals:
        if hash_seal(seal) != seal.chain_sha256:
            yield Finding("seal_changed", seal.number, "The seal is not as it was written.")
    start = AuditSeal(number=0, chain_sha256=NO_SEAL, last_record=0)
    for before, seal in pairwise([start, *seals]):
        if seal.number != before.number + 1:
            yield Finding("seal_missing", seal.number, "The seal before it is missing.")
        elif seal.previous_sha256 != before.chain_sha256:
            yield Finding("seal_not_chained", seal.number, "It does not follow the seal before it.")
        if before.number and seal.first_record <= before.last_record:
            yield Finding("seal_overlaps", seal.number, "It begins inside the batch before it.")


def check_batch(seal: AuditSeal, batch: Batch | None) -> Iterator[Finding]:
    """Yield how the stored records differ from those that were sealed."""
    where = f"Between the records {seal.first_record} and {seal.last_record}"
    records = batch.records if batch else 0
    if records < seal.records:
        text = f"{where}, {seal.records - records} of {seal.records} are missing."
        yield Finding("records_missing", seal.number, text)
    elif records > seal.records:
        text = f"{where} or just before, {records - seal.records} were added afterwards."
        yield Finding("records_added", seal.number, text)
    elif batch and (batch.sha256, batch.first) != (seal.sha256, seal.first_record):
        text = f"{where}, at least one is not as it was sealed."
        yield Finding("records_changed", seal.number, text)


def check_logged(seals: list[AuditSeal], logged: Mapping[int, str]) -> Iterator[Finding]:
    """Yield the seals that are not those that the logs show."""
    stored = {seal.number: seal.chain_sha256 for seal in seals}
    for number, sha256 in sorted(logged.items()):
        if stored.get(number) != sha256:
            yield Finding("seal_not_as_logged", number, "The log shows another seal.")


def check_unsealed(seals: list[AuditSeal], now: datetime) -> Iterator[Finding]:
    """Report records that wait for their seal for longer than any work takes."""
    after = seals[-1].last_record if seals else 0
    waiting = AuditRecord.objects.filter(pk__gt=after, at__lt=now - MAX_UNSEALED)
    if count := waiting.count():
        text = f"{count} have waited for more than an hour for their seal."
        yield Finding("records_unsealed", None, text)

"""Verify the audit: hash its records again and compare them with the seals.

Source: docs/specs/consistency.md 5.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from core.models import Approval, AuditRecord, AuditRemoval, AuditSeal
from core.models.audit import HASH_BYTES
from core.sealing import NO_SEAL, NUMBER_BYTES, hash_seal, read_hashes

# Beat seals each minute; a transaction that takes longer than this is no work of ours.
MAX_UNSEALED = timedelta(hours=1)
REMOVING = "campaign.purge"  # the approved action that removes records
REMOVED = "campaign.purged"  # the record of it, with how many
MAX_NAMED = 5  # records that a finding names
Hashes = dict[int, bytes]


@dataclass(frozen=True)
class Finding:
    """What does not fit: a code, the seal whose batch it is, None where it has none, and words."""

    code: str
    seal: int | None
    text: str


@dataclass(frozen=True)
class Verified:
    """What was read, what was found, and the newest seal as ``NUMBER:SHA256``, None without one.

    ``removed`` counts the sealed records that an approved purge removed.
    """

    records: int
    removed: int
    unsealed: int
    newest: str | None
    findings: list[Finding]


def verify_audit(*, logged: Mapping[int, str], now: datetime, first_seal: int = 1) -> Verified:
    """Compare records and seals; report every seal and every record that is not as it was sealed.

    Args:
        logged: hashes of seals by their numbers, as the logs show them.
        now: until when records may have waited for their seal.
        first_seal: the number of the seal to begin with; the one before is taken as it is.
    """
    removals = find_removals()
    findings = [*check_removals(), *check_approvals()]
    sealed = removed = 0
    before = find_seal_before(first_seal)
    rows = read_hashes(after=before.last_record if before.number else None)
    row = next(rows, None)
    unseen = dict(logged)
    for seal in AuditSeal.objects.filter(number__gte=first_seal).order_by("number").iterator():
        found: Hashes = {}
        while row and row[0] <= seal.last_record:
            found[row[0]] = row[1]
            row = next(rows, None)
        expected = split_hashes(seal)
        gone = {number for number in expected.keys() - found.keys() if number in removals}
        findings += check_seal(seal, before)
        findings += check_batch(seal, expected, found, gone)
        if unseen.pop(seal.number, seal.chain_sha256) != seal.chain_sha256:
            findings.append(Finding("seal_not_as_logged", seal.number, "The log has another seal."))
        sealed += len(found)
        removed += len(gone)
        before = seal
    for number in unseen:
        findings.append(Finding("seal_not_as_logged", number, "The log has it; it is missing."))
    unsealed = sum(1 for _ in rows) + (row is not None)
    findings += check_unsealed(before, now)
    return Verified(
        records=sealed + unsealed,
        removed=removed,
        unsealed=unsealed,
        newest=f"{before.number}:{before.chain_sha256}" if before.number else None,
        findings=findings,
    )


def find_seal_before(number: int) -> AuditSeal:
    """Return the seal before this number; an empty one where there is none."""
    none = AuditSeal(number=0, last_record=0, chain_sha256=NO_SEAL)
    return AuditSeal.objects.filter(number=number - 1).first() or none


def find_first_of_recent(records: int) -> int:
    """Return the number of the first of the newest seals that have so many records together.

    At least one seal, and at most as many seals as records.
    """
    newest = AuditSeal.objects.order_by("-number").values_list("number", "records")
    first, found = 1, 0
    for number, count in newest[:records].iterator():
        if found and found + count > records:
            break
        first, found = number, found + count
    return int(first)


def find_removals() -> set[int]:
    """Return the records that were removed by an action that was approved."""
    removals = AuditRemoval.objects.filter(
        approval__state=Approval.State.APPROVED, approval__action=REMOVING
    )
    return set(removals.values_list("record", flat=True))


def check_removals() -> Iterator[Finding]:
    """Report approved purges that removed another number of records than the audit has of them."""
    removals = AuditRemoval.objects.values_list("approval").annotate(Count("record"))
    said = AuditRecord.objects.filter(action=REMOVED).values_list(
        "detail__approval", "detail__tables__core_auditrecord"
    )
    if sorted(removals) != sorted((approval, count) for approval, count in said if count):
        text = "Records were removed that no purge says it removed."
        yield Finding("removals_not_recorded", None, text)


def check_approvals() -> Iterator[Finding]:
    """Report approvals of which no record says that these people requested and decided them."""
    records = AuditRecord.objects.filter(action__startswith="approval.").values_list(
        "action", "user", "detail__approval", "detail__content_sha256"
    )
    recorded = set(records.iterator())
    for approval in Approval.objects.order_by("pk").iterator():
        done_by = [("requested", approval.requested_by_id)]
        if approval.decided_by_id:
            done_by.append((approval.state, approval.decided_by_id))
        rows = {
            (f"approval.{what}", user, approval.pk, approval.content_sha256)
            for what, user in done_by
        }
        if not rows <= recorded:
            text = f"No record of its people stands for approval {approval.pk} ({approval.action})."
            yield Finding("approval_not_recorded", None, text)


def split_hashes(seal: AuditSeal) -> Hashes:
    """Return the SHA-256 of each record that was sealed, by its number."""
    hashes = bytes(seal.hashes)
    starts = range(0, len(hashes), HASH_BYTES)
    return {
        int.from_bytes(hashes[start : start + NUMBER_BYTES], signed=True): hashes[
            start + NUMBER_BYTES : start + HASH_BYTES
        ]
        for start in starts
    }


def check_seal(seal: AuditSeal, before: AuditSeal) -> Iterator[Finding]:
    """Yield how a seal is not as it was written, or does not follow the one before."""
    if hash_seal(seal) != seal.chain_sha256:
        yield Finding("seal_changed", seal.number, "The seal is not as it was written.")
    if seal.number != before.number + 1:
        yield Finding("seal_missing", seal.number, "The seal before it is missing.")
    elif seal.previous_sha256 != before.chain_sha256:
        yield Finding("seal_not_chained", seal.number, "It does not follow the seal before it.")


def check_batch(
    seal: AuditSeal, expected: Hashes, found: Hashes, gone: set[int]
) -> Iterator[Finding]:
    """Yield how the stored records differ from those that were sealed."""
    differing = {
        "records_changed": {one for one in expected.keys() & found if expected[one] != found[one]},
        "records_missing": expected.keys() - found.keys() - gone,
        "records_added": found.keys() - expected.keys(),
    }
    for code, numbers in differing.items():
        if numbers:
            verb = code.removeprefix("records_")
            yield Finding(code, seal.number, f"Records {verb}: {name_records(numbers)}.")


def name_records(numbers: set[int]) -> str:
    """Return the first few numbers, and how many more there are."""
    named = ", ".join(map(str, sorted(numbers)[:MAX_NAMED]))
    more = len(numbers) - MAX_NAMED
    return f"{named} and {more:,} more" if more > 0 else named


def check_unsealed(newest: AuditSeal, now: datetime) -> Iterator[Finding]:
    """Report records that wait for their seal for longer than any work takes."""
    waiting = AuditRecord.objects.filter(pk__gt=newest.last_record, at__lt=now - MAX_UNSEALED)
    if count := waiting.count():
        text = f"{count} have waited for more than an hour for their seal."
        yield Finding("records_unsealed", None, text)

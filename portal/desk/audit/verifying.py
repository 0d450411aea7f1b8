"""Verify a draw, or the seals of the audit, from the page; what was found is a record."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import audit, audit_verifying, clock
from core.audit import Actor
from core.models import AuditRecord, AuditSeal
from lottery.models import Draw
from lottery.queries import LARGE_COLUMNS, subject_of
from lottery.verdict import Verdict, reach_verdict
from portal import formats
from portal.desk.audit.words import name_of_draw

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

VERIFIED = "draw.verified"
TEXTS = "terms__texts"
MAX_RECORDS = 20_000  # of the audit that a page verifies; the command verifies all
FINDINGS: dict[str, "StrPromise"] = {
    "seal_changed": gettext_lazy("The seal is not as it was written."),
    "seal_missing": gettext_lazy("The seal before it is missing."),
    "seal_not_chained": gettext_lazy("It does not follow the seal before it."),
    "seal_not_as_logged": gettext_lazy("The log has another seal."),
    "records_changed": gettext_lazy("Records were changed."),
    "records_missing": gettext_lazy("Records are missing."),
    "records_added": gettext_lazy("Records were added."),
    "records_unsealed": gettext_lazy("Records have waited for more than an hour for their seal."),
    "removals_not_recorded": gettext_lazy("Records were removed that no deletion accounts for."),
}


@dataclass(frozen=True)
class ShownDraw:
    """A draw that can be verified, with the record of its last verification."""

    draw: Draw
    name: str
    last: AuditRecord | None

    @property
    def fingerprint(self) -> str:
        """The hash of its list, which is published before the draw."""
        return bytes(self.draw.manifest_sha256).hex()


@dataclass(frozen=True)
class SealsVerdict:
    """What was found of the newest seals: sentences, none where all is as it was sealed."""

    records: int
    is_whole: bool
    findings: list[str]


def list_draws() -> list[ShownDraw]:
    """Return the draws of all campaigns, the newest first, each with its last verification."""
    draws = list(
        Draw.objects.select_related("campaign", "terms")
        .defer(*LARGE_COLUMNS, "pid_key", "nonce_key", TEXTS)
        .order_by("-frozen_at", "-id")
    )
    subjects = {draw.pk: subject_of(draw) for draw in draws}
    records = AuditRecord.objects.filter(action=VERIFIED, subject__in=subjects.values())
    last = {one.subject: one for one in records.order_by("at", "id")}
    return [ShownDraw(draw, name_of_draw(draw), last.get(subjects[draw.pk])) for draw in draws]


def verify_draw(draw: Draw, *, actor: Actor, at: datetime) -> Verdict:
    """Verify a draw as outsiders do, and record who did and what was found."""
    verdict = reach_verdict(draw)
    audit.record(
        actor=actor,
        action="draw.verified",
        subject=subject_of(draw),
        at=at,
        detail={"accepted": verdict.accepted, "drawn": verdict.is_drawn},
    )
    return verdict


def verify_seals(*, actor: Actor) -> SealsVerdict:
    """Verify the newest seals and their records, and record who did and what was found."""
    now = clock.database_now()
    first = audit_verifying.find_first_of_recent(MAX_RECORDS)
    verified = audit_verifying.verify_audit(logged={}, now=now, first_seal=first)
    audit.record(
        actor=actor,
        action="audit.verified",
        subject="audit",
        at=clock.now(),
        detail={"records": verified.records, "findings": len(verified.findings)},
    )
    return SealsVerdict(
        records=verified.records,
        is_whole=first == 1,
        findings=list(sentences(verified.findings)),
    )


def sentences(findings: Iterable[audit_verifying.Finding]) -> Iterable[str]:
    """Yield the findings in words, each with its seal."""
    for one in findings:
        said = FINDINGS.get(one.code, one.text)
        if one.seal is None:
            yield str(said)
        else:
            words = {"number": formats.grouped(one.seal), "finding": said}
            yield _("Seal %(number)s: %(finding)s") % words


def newest_seal() -> AuditSeal | None:
    """Return the newest seal, without its hashes."""
    return AuditSeal.objects.defer("hashes").order_by("-number").first()

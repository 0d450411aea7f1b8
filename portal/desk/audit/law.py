"""The law's record of each published version: figures, basis, who asked and who approved, hash."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from campaign.law import LawFigures, law_figures
from campaign.models import Terms
from campaign.terms import PUBLISH, REVISE, written_values
from core.canonical_json import content_sha256
from core.models import Approval
from portal.announcement import name_of, prize_names


@dataclass(frozen=True)
class PrizeRecord:
    """One prize beside what the law allows, in points, or in percent where ``is_share``."""

    name: str
    value: int
    limit: int
    is_share: bool
    holds: bool


@dataclass(frozen=True)
class LawRecord:
    """What is kept of one published version.

    ``approval`` is None where none is found; ``is_unchanged`` says whether the stored terms still
    have the fingerprint that was approved.
    """

    terms: Terms
    name: str
    figures: LawFigures
    prizes: list[PrizeRecord]
    approval: Approval | None
    is_unchanged: bool

    @property
    def anchor(self) -> str:
        """The place of this record on the page."""
        return f"law-{self.terms.campaign.code}-{self.terms.version}"

    @property
    def published_at(self) -> datetime | None:
        """When the version was published."""
        return self.terms.published_at


def list_law_records() -> list[LawRecord]:
    """Return the records of all published versions, the last published first."""
    versions = list(published_versions())
    approvals = find_approvals()
    return [
        law_record(terms, approvals.get((terms.campaign.code, terms.version))) for terms in versions
    ]


def published_versions() -> QuerySet[Terms]:
    """Return every published version with its campaign and prizes."""
    published = Terms.objects.filter(published_at__isnull=False)
    found = published.select_related("campaign", "published_by").prefetch_related("prizes")
    return found.order_by("-published_at", "-id")


def find_approvals() -> dict[tuple[str, int], Approval]:
    """Return the approvals by which versions were published, by code and version."""
    approved = Approval.objects.filter(
        action__in=(PUBLISH, REVISE), state=Approval.State.APPROVED
    ).order_by("id")
    return {(one.subject, int(one.content["version"])): one for one in approved}


def law_record(terms: Terms, approval: Approval | None) -> LawRecord:
    """Return the record of a version, whose figures follow from its plan."""
    figures = law_figures(terms.plan, expected_sales_yen=terms.expected_sales_yen)
    names = prize_names(terms)
    return LawRecord(
        terms=terms,
        name=name_of(terms),
        figures=figures,
        prizes=[
            PrizeRecord(names[one.number], one.value, one.limit, one.is_share, one.holds)
            for one in figures.prizes
        ],
        approval=approval,
        is_unchanged=approval is not None and is_as_approved(terms, approval),
    )


def is_as_approved(terms: Terms, approval: Approval) -> bool:
    """Return whether the stored terms have the fingerprint of what was approved."""
    content = {"version": terms.version, **written_values(terms)}
    return content_sha256(content) == approval.content_sha256

"""The list of campaigns, in words, by a constant number of queries."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import pgettext

from campaign import drafting, queries
from campaign.models import Campaign, Terms
from campaign.sentences import ENTRY_STATES
from campaign.states import entry_state
from campaign.terms import PUBLISH, REVISE
from core.models import Approval
from portal import announcement, formats
from portal.desk.campaigns import summary


@dataclass(frozen=True)
class Listed:
    """A campaign, or the draft of a new one, as the list shows it."""

    code: str
    name: str
    state: str
    versions: list[str] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    has_draft: bool = False
    can_be_revised: bool = False
    is_published: bool = False


def campaigns(*, now: datetime) -> list[Listed]:
    """Return drafts of new campaigns, then all campaigns, the last to be made first."""
    unfinished = drafting.unfinished_drafts()
    waiting = set(
        Approval.objects.filter(
            action__in=(PUBLISH, REVISE), state=Approval.State.OPEN
        ).values_list("subject", flat=True)
    )
    rows = list(
        Campaign.objects.filter(terms__isnull=False)
        .distinct()
        .prefetch_related("terms")
        .order_by("-id")
    )
    known = {campaign.code for campaign in rows}
    new = [
        Listed(
            code,
            summary.in_language_of_page(content["name"]),
            pgettext("desk", "Being written"),
            has_draft=True,
        )
        for code, content in unfinished.items()
        if code not in known
    ]
    return [
        *new,
        *(listed(row, now, row.code in unfinished, row.code in waiting) for row in rows),
    ]


def listed(campaign: Campaign, now: datetime, is_unfinished: bool, is_waiting: bool) -> Listed:  # noqa: FBT001 - named where it is called
    """Return a campaign as the list shows it."""
    working = queries.working_terms(campaign)
    versions = sorted(campaign.terms.all(), key=lambda one: one.version, reverse=True)
    drafts = [one for one in versions if one.published_at is None]
    return Listed(
        campaign.code,
        announcement.name_of(working),
        str(ENTRY_STATES[entry_state(working, campaign.entries_frozen_at, now=now)]),
        versions=[
            *([pgettext("desk", "Changes that are not complete")] if is_unfinished else []),
            *(version_in_words(one, is_waiting=is_waiting) for one in versions),
        ],
        dates=dates_in_words(working),
        has_draft=is_unfinished or bool(drafts),
        can_be_revised=campaign.entries_frozen_at is None,
        is_published=working.published_at is not None,
    )


def version_in_words(version: Terms, *, is_waiting: bool) -> str:
    """Return a version with what became of it."""
    if version.published_at:
        published = formats.bare_day_in_words(localtime(version.published_at).date())
        sentence = pgettext("desk", "Version %(version)s: published on %(day)s")
        return sentence % {"version": version.version, "day": published}
    if is_waiting:
        sentence = pgettext("desk", "Version %(version)s: waits for approval")
    else:
        sentence = pgettext("desk", "Version %(version)s: draft")
    return sentence % {"version": version.version}


def dates_in_words(terms: Terms) -> list[str]:
    """Return the dates of a campaign, each with what happens then."""
    lines = {
        pgettext("desk", "Entry: %(when)s"): pgettext("a period", "%(first)s to %(last)s")
        % {
            "first": formats.moment_in_words(localtime(terms.opens_at)),
            "last": formats.deadline_in_words(localtime(terms.closes_at)),
        },
        pgettext("desk", "Travel: %(when)s"): formats.periods_in_words(terms.periods),
        pgettext("desk", "Crediting: %(when)s"): formats.bare_day_in_words(
            localtime(terms.credit_at).date()
        ),
    }
    return [sentence % {"when": when} for sentence, when in lines.items()]

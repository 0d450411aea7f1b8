"""Queries of campaigns and their terms."""

from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from bookings.models import Stop
from campaign.models import Campaign, Terms
from campaign.refusals import NoTerms, UnknownCampaign
from campaign.termsfile import PRIZE_COLUMNS, TERMS_COLUMNS, CampaignFile

NAMED = 10  # known codes in a refusal


def listed(codes: list[str]) -> str:
    """Return codes for a sentence, the newest first, and not all where there are many."""
    return ", ".join([*codes[:NAMED], *(["…"] if len(codes) > NAMED else [])])


def get_campaign(code: str) -> Campaign:
    """Return a campaign by its code.

    Raises:
        UnknownCampaign: there is none; the message lists those that there are.
    """
    campaign = Campaign.objects.filter(code=code).first() if code.isprintable() else None
    if campaign is None:
        known = Campaign.objects.order_by("-id").values_list("code", flat=True)
        raise UnknownCampaign(
            _("There is no campaign with this code. Known codes: %(codes)s.")
            % {"codes": listed(list(known[: NAMED + 1])) or _("none")}
        )
    return campaign


def published_terms(campaign: Campaign) -> Terms | None:
    """Return the terms in force: the last published version; None before publication."""
    published = campaign.terms.filter(published_at__isnull=False)
    return published.order_by("-version").first()


def shown_terms(code: str) -> Terms | None:
    """Return the terms in force of a campaign; None where it is unknown or not published."""
    published = Terms.objects.filter(campaign__code=code, published_at__isnull=False)
    return published.select_related("campaign").order_by("-version").first()


def get_terms_or_404(code: str) -> Terms:
    """Return the terms in force of a campaign, for its pages.

    Raises:
        Http404: the campaign is unknown or not published.
    """
    terms = shown_terms(code)
    if terms is None:
        raise Http404
    return terms


def first_published_terms(campaign: Campaign) -> Terms | None:
    """Return the terms with which the campaign was published; None before publication."""
    published = campaign.terms.filter(published_at__isnull=False)
    return published.order_by("version").first()


def draft_terms(campaign: Campaign) -> Terms | None:
    """Return the version that is not published yet, if there is one."""
    return campaign.terms.filter(published_at__isnull=True).first()


def working_terms(campaign: Campaign) -> Terms:
    """Return the terms to compute with: those in force, or before publication the draft.

    Loading, aggregating and explaining work on an unpublished campaign.

    Raises:
        NoTerms: there are neither.
    """
    versions = campaign.terms.all()  # a handful, and perhaps fetched ahead for many campaigns
    terms = max(versions, key=lambda one: (one.published_at is not None, one.version), default=None)
    if terms is None:
        raise NoTerms(_("This campaign has no terms yet."))
    return terms


def terms_in_force() -> QuerySet[Terms]:
    """Return the last published version of each campaign; earlier ones no longer apply."""
    published = Terms.objects.filter(published_at__isnull=False)
    last = published.order_by("campaign", "-version").distinct("campaign").values("id")
    return Terms.objects.filter(id__in=last).select_related("campaign")


def published_campaigns() -> QuerySet[Any, Any]:
    """Return the campaigns with terms in force, the last to open first.

    Each has its ``opens_at`` and ``public_at``.
    """
    in_force = terms_in_force().filter(campaign=OuterRef("pk"))
    campaigns = Campaign.objects.annotate(
        opens_at=Subquery(in_force.values("opens_at")),
        public_at=Subquery(in_force.values("public_at")),
    )
    return campaigns.filter(opens_at__isnull=False).order_by("-opens_at", "-id")


def meant_campaign(*, at: datetime) -> Campaign | None:
    """Return the campaign that is meant at an instant where nobody names one: the only public one.

    Before the first is public, the only one that is published. None where there are several, for
    people choose then, and never a draft.
    """
    campaigns = published_campaigns()
    public = campaigns.filter(public_at__lte=at)
    found = list(public[:2]) or list(campaigns[:2])
    return found[0] if len(found) == 1 else None


def choice_label(campaign: Campaign) -> str:
    """Return a published campaign's label in a choice: its code, and the month of its opening."""
    opens_at: datetime = vars(campaign)["opens_at"]
    month = date_format(localtime(opens_at), "YEAR_MONTH_FORMAT")
    return _("%(code)s (%(month)s)") % {"code": campaign.code, "month": month}


def lines_of_network() -> dict[str, set[str]]:
    """Return each line or train of the rail network with the operators of its sections."""
    lines: dict[str, set[str]] = {}
    sections = Stop.objects.filter(operator_to_next__isnull=False)
    for line, operator in sections.values_list("service__name", "operator_to_next").distinct():
        lines.setdefault(line, set()).add(str(operator))
    return lines


def latest_terms(campaign: Campaign) -> Terms:
    """Return the terms that a check is about: the draft, else those in force.

    Raises:
        NoTerms: there are neither.
    """
    return draft_terms(campaign) or working_terms(campaign)


def other_terms(campaign: Campaign) -> list[Terms]:
    """Return the terms to compute with of every other campaign that has any, by code as bytes."""
    others = Campaign.objects.exclude(pk=campaign.pk).filter(terms__isnull=False).distinct()
    found = others.prefetch_related("terms__prizes").order_by("code")
    return [working_terms(other) for other in found]


def file_of(terms: Terms) -> CampaignFile:
    """Return what a campaign file says of a version of the terms and its prizes."""
    prizes = sorted(terms.prizes.all(), key=lambda prize: prize.number)  # perhaps fetched ahead
    return CampaignFile(
        terms.campaign.code,
        {name: getattr(terms, name) for name in TERMS_COLUMNS},
        [{name: getattr(prize, name) for name in PRIZE_COLUMNS} for prize in prizes],
    )


def terms_values(terms: Terms) -> dict[str, Any]:
    """Return the values of the terms by the names of their columns, the prizes as a list."""
    file = file_of(terms)
    return {**file.terms, "prizes": file.prizes}

"""Questions about campaigns and their terms."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bookings.models import Stop
from campaign.models import Campaign, Terms
from campaign.refusals import NoTerms, UnknownCampaign
from campaign.termsfile import FIELDS


def get_campaign(code: str) -> Campaign:
    """Return a campaign by its code.

    Raises:
        UnknownCampaign: there is none; the message lists those that there are.
    """
    campaign = Campaign.objects.filter(code=code).first() if code.isprintable() else None
    if campaign is None:
        known = Campaign.objects.order_by("code").values_list("code", flat=True)
        raise UnknownCampaign(
            _("There is no campaign with this code. Known codes: %(codes)s.")
            % {"codes": ", ".join(known) or _("none")}
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
        raise NoTerms(_("This campaign has no terms yet; use: campaign load."))
    return terms


def newest_public_terms(*, at: datetime) -> Terms | None:
    """Return the terms in force of the newest campaign whose page is public at an instant.

    The page of a campaign follows its last version alone; those before it say nothing any more.
    """
    published = Terms.objects.filter(published_at__isnull=False)
    in_force = published.order_by("campaign", "-version").distinct("campaign").values("id")
    public = Terms.objects.filter(id__in=in_force, public_at__lte=at)
    return public.select_related("campaign").order_by("-opens_at", "-id").first()


def runs_somewhere(operator: str) -> bool:
    """Say whether an operator runs any section of the rail network."""
    return Stop.objects.filter(operator_to_next=operator).exists()


def terms_values(terms: Terms) -> dict[str, Any]:
    """Return the terms by their names, as the campaign file has them."""
    return {name: getattr(terms, name) for name in FIELDS}

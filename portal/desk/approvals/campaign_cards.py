"""The cards of a campaign: publication, revision, and the deletion of its data."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from campaign.law import law_figures
from campaign.models import Campaign, Terms
from campaign.refusals import BrokenCampaignFile
from campaign.terms import written_values
from core.models import Approval
from points.models import Purge
from portal import formats, revisions
from portal.desk.approvals import terms_words
from portal.desk.approvals.cards import (
    Card,
    Link,
    Names,
    Row,
    day,
    describe_unknown,
    large_points,
    name_in,
)


def subject_of_terms(approval: Approval, _names: Names) -> str:
    """Return the name of the campaign in the requested version, and that version."""
    name = approval.content.get("name")
    values = {
        "name": name_in(name) if name else approval.subject,
        "version": approval.content.get("version", ""),
    }
    return pgettext("of terms", "%(name)s, version %(version)s") % values


def describe_terms(approval: Approval) -> Card:
    """Return the card of a publication or revision: all from the content that is hashed.

    The sentences that members will read are made from the draft, where it is still that content.
    """
    content = approval.content
    try:
        file = terms_words.read_content(content)
    except BrokenCampaignFile:
        return describe_unknown(approval)
    plan, sales = file.plan, content["expected_sales_yen"]
    campaign = Campaign.objects.get(code=approval.subject)
    after = terms_words.terms_in_words(content, plan, expected_sales_yen=sales)
    terms = version_as_requested(campaign, approval)
    before = version_before(campaign, content["version"])
    changes = []
    if before:
        old = terms_words.terms_in_words(
            written_values(before), before.plan, expected_sales_yen=before.expected_sales_yen
        )
        changes = terms_words.differences(old, after)
    return Card(
        effect=effect_of(content["budget_points"], is_revision=before is not None),
        rows=[
            after[place]
            for place in ("opens_at", "closes_at", "travel", "budget_points", "minimum_total_yen")
        ],
        compared=before is not None,
        changes=changes,
        announced=list(revisions.changes(before, terms)) if before and terms else [],
        law=terms_words.law_in_words(
            law_figures(plan, expected_sales_yen=sales), basis=content["expected_sales_basis"]
        ),
        warnings=warnings_of(campaign, is_revision=before is not None),
        more=list(after.values()),
        links=preview_links(approval.subject, content["version"]),
        done=_("These terms are published."),
        done_links=[
            Link(_("The campaign's page"), reverse("portal:campaign", args=[campaign.code]))
        ],
    )


def effect_of(budget: int, *, is_revision: bool) -> str:
    """Return what approving does."""
    words = {"points": large_points(budget)}
    if is_revision:
        return _("The revised terms, of %(points)s, are published at once, for good.") % words
    return _("The terms, of %(points)s, are published at once, for good.") % words


def warnings_of(campaign: Campaign, *, is_revision: bool) -> list[str]:
    """Return how many members have entered under other terms."""
    count = campaign.entries.count() if is_revision else 0
    if not count:
        return []
    sentence = _("%(count)s members have entered; they read on the page what has changed.")
    return [sentence % {"count": formats.grouped(count)}]


def version_as_requested(campaign: Campaign, approval: Approval) -> Terms | None:
    """Return the version that a request is about; None where it has other values by now."""
    version = approval.content["version"]
    terms = campaign.terms.filter(version=version).first()
    if terms is None or {"version": version, **written_values(terms)} != approval.content:
        return None
    return terms


def version_before(campaign: Campaign, version: int) -> Terms | None:
    """Return the published version before this one: what is in force, or was."""
    published = campaign.terms.filter(published_at__isnull=False, version__lt=version)
    return published.prefetch_related("prizes").order_by("-version").first()


def preview_links(code: str, version: int) -> list[Link]:
    """Return the link to the preview of the pages under these terms."""
    address = f"{reverse('desk:preview', args=[code])}?version={version}"
    return [Link(_("See the pages as they will be"), address, ("campaign.view_terms",))]


def subject_of_purge(approval: Approval, names: Names) -> str:
    """Return the name of the campaign."""
    return names.get(approval.subject) or approval.content.get("name") or approval.subject


def describe_purge(approval: Approval) -> Card:
    """Return the card of the deletion of a campaign's data."""
    content = approval.content
    purge = Purge.objects.filter(approval=approval).first()
    is_done = purge is not None and purge.purged_at is not None
    return Card(
        effect=_(
            "What only this campaign needed is deleted: its bookings, entries and totals. Nobody "
            "can bring it back."
        ),
        rows=[
            Row(_("Last day of travel"), day(content["last_travel_day"])),
            Row(_("To be kept until"), day(content["kept_until"])),
        ],
        done=_("The data is deleted.") if is_done else _("A worker deletes the data soon."),
        done_links=[
            Link(
                pgettext("approval", "Deletions"),
                reverse("admin:points_purge_changelist"),
                ("points.view_purge",),
            )
        ],
    )

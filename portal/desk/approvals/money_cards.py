"""The cards of points: the payout, a key that is resolved, a credit that is reversed."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.models import Approval
from points.models import CreditStatus, KeyStanding
from portal import formats
from portal.desk.approvals.cards import (
    Card,
    Link,
    Names,
    Row,
    campaign_code,
    day,
    fingerprint,
    moment,
    points,
)
from portal.desk.approvals.draw_cards import manifest_row, step_links


def describe_payout(approval: Approval) -> Card:
    """Return the card of a payout."""
    content = approval.content
    values = {
        "awards": formats.grouped(content["awards"]),
        "points": points(content["award_points"]),
    }
    return Card(
        effect=_(
            "%(awards)s awards, %(points)s at most, are credited from the day of crediting on."
        )
        % values,
        rows=[
            Row(pgettext("approval", "Awards"), values["awards"]),
            Row(_("Points of all awards, at most"), values["points"]),
            Row(_("Points are credited at"), moment(content["credit_at"])),
            Row(_("Points are valid until"), day(content["expires_on"])),
        ],
        more=[
            fingerprint(_("Fingerprint of the awards (SHA-256)"), content["list_sha256"]),
            manifest_row(approval),
        ],
        links=step_links(approval),
        done=_("The payout is approved."),
        done_links=step_links(approval),
    )


def subject_of_key(approval: Approval, names: Names) -> str:
    """Return the campaign whose key is resolved, with the points on both sides.

    They tell keys of a list apart, and name nobody.
    """
    code, content = campaign_code(approval), approval.content
    return pgettext("approval", "%(campaign)s: here %(here)s, there %(there)s") % {
        "campaign": names.get(code, code),
        "here": points_or_none(content.get("points")),
        "there": points_or_none(content.get("answered_points")),
    }


def describe_resolution(approval: Approval) -> Card:
    """Return the card of a key that a person resolves, with what both sides say."""
    content = approval.content
    is_credited = content["verdict"] == CreditStatus.CREDITED
    classed = dict(KeyStanding.Class.choices)
    return Card(
        effect=effect_of_resolution(approval),
        rows=[
            Row(_("Points here"), points_or_none(content["points"])),
            Row(_("Points in the points system"), points_or_none(content["answered_points"])),
            Row(_("What differs"), str(classed.get(content["class"], content["class"]))),
            Row(
                pgettext("approval", "Decision"),
                pgettext("of a key", "Credited")
                if is_credited
                else pgettext("of a key", "Rejected"),
            ),
            *(
                [Row(_("Award that was forfeited"), points(content["award_points"]))]
                if "award_points" in content
                else []
            ),
            Row(pgettext("of a request", "Reason"), content["reason"]),
        ],
        more=[fingerprint(pgettext("approval", "Key"), content["credit_key"])],
        links=step_links(approval),
        done=_("The key is resolved."),
        done_links=step_links(approval),
    )


def effect_of_resolution(approval: Approval) -> str:
    """Return what resolving a key does to points."""
    content = approval.content
    if content["verdict"] == CreditStatus.CREDITED:
        if "award_points" in content:
            return _("The forfeit is reversed, and what the points system credited is recorded.")
        return _("The credit stands as it is here.")
    if content["points"]:
        return _("The credit is reversed, and the award is forfeited.")
    return _("Nothing is credited for this key.")


def points_or_none(number: int | None) -> str:
    """Return points, or that there are none recorded."""
    return pgettext("of a key", "No record") if number is None else points(number)


def subject_of_transfer(approval: Approval, _names: Names) -> str:
    """Return which credit is reversed, by its number."""
    return pgettext("approval", "Credit no. %(number)s") % {"number": approval.subject}


def describe_reversal(approval: Approval) -> Card:
    """Return the card of a credit that is reversed."""
    content = approval.content
    return Card(
        effect=_("The credit is reversed, and the award is forfeited for good."),
        rows=[
            Row(_("Points of the credit"), points(content["points"])),
            Row(pgettext("of a request", "Reason"), content["reason"]),
        ],
        more=[fingerprint(pgettext("approval", "Key"), content["key"])],
        links=[credit_link(content["transfer"])],
        done=_("The credit is reversed."),
        done_links=[credit_link(content["transfer"])],
    )


def credit_link(transfer: int) -> Link:
    """Return the link to the page of a transfer."""
    address = reverse("admin:points_transfer_change", args=[transfer])
    return Link(_("The credit"), address, ("points.view_transfer",))

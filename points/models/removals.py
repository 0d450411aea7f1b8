"""What people decide to remove: a member who is erased, a campaign whose data is purged."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from bookings.models import fields
from campaign.models import Campaign
from campaign.models.campaigns import IDENTIFIER
from core.models import Approval

ASKED = Q(approval__isnull=True, erased_at__isnull=True, tables__isnull=True)
ERASED = Q(approval__isnull=False, erased_at__isnull=False, tables__isnull=False)
WAITING = Q(purged_at__isnull=True, tables__isnull=True)
PURGED = Q(purged_at__isnull=False, tables__isnull=False)


class Erasure(models.Model):
    """A member's erasure: requested with a reason, carried out once approved.

    Approvals and the audit name it by its number, never by the WESTER ID.
    """

    wester_id = fields.identifier(
        verbose_name=_("WESTER ID"),
        db_comment="Until it is carried out; then what stands in its place everywhere.",
    )
    hash = models.CharField(
        max_length=64, db_comment="The keyed hash of the WESTER ID, as bookings_erasedidentifier."
    )
    reason = models.TextField(_("reason"))
    approval = models.OneToOneField(
        Approval,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("approval"),
    )
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)
    tables = models.JSONField(
        _("rows"), null=True, blank=True, db_comment="How many rows of each table it changed."
    )

    class Meta:
        # Triggers: points/sql/erasure_triggers.sql.
        verbose_name = _("erasure of a member")
        verbose_name_plural = _("erasures of members")
        permissions = [("request_erasure", "Can request that a member be erased")]
        constraints = [
            models.UniqueConstraint(fields=["wester_id"], name="erasure_one_per_member"),
            models.CheckConstraint(condition=ASKED | ERASED, name="erasure_asked_or_erased"),
            models.CheckConstraint(
                condition=Q(wester_id__regex=IDENTIFIER) | Q(approval__isnull=False),
                name="erasure_of_an_identifier",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="erasure_says_why"),
        ]

    def __str__(self) -> str:
        return pgettext("heading", "Erasure No. %(number)s") % {"number": self.pk}


class Purge(models.Model):
    """The approved purge of a campaign's data; a worker carries it out."""

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="purges", verbose_name=_("campaign")
    )
    approval = models.OneToOneField(
        Approval, models.PROTECT, related_name="+", verbose_name=_("approval")
    )
    purged_at = models.DateTimeField(_("purged at"), null=True, blank=True)
    tables = models.JSONField(
        _("rows"), null=True, blank=True, db_comment="How many rows of each table it deleted."
    )

    class Meta:
        # Triggers: points/sql/purge_triggers.sql.
        verbose_name = _("purge of a campaign")
        verbose_name_plural = _("purges of campaigns")
        permissions = [("request_purge", "Can request that a campaign's data be purged")]
        constraints = [
            models.CheckConstraint(condition=WAITING | PURGED, name="purge_waiting_or_purged")
        ]

    def __str__(self) -> str:
        return pgettext("heading", "Purge No. %(number)s") % {"number": self.pk}

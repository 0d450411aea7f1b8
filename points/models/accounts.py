"""Where points are: a campaign's own accounts, and one for each member."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from bookings.models import fields
from campaign.models import Campaign

OF_A_MEMBER = Q(kind="member", campaign__isnull=True, wester_id__isnull=False)
CAMPAIGN_KINDS = ["issuer", "budget", "reserved", "forfeited", "expired"]  # as transfers reach them
OF_A_CAMPAIGN = Q(
    kind__in=CAMPAIGN_KINDS,
    campaign__isnull=False,
    wester_id__isnull=True,
)


class Account(models.Model):
    """Points of one kind of a campaign, or of one member under any campaign.

    Source: docs/specs/points.md 1.1, 1.2. Only the trigger of the transfers writes the balance.
    """

    class Kind(models.TextChoices):
        """What an account holds."""

        ISSUER = "issuer", _("issuer")
        BUDGET = "budget", _("budget")
        RESERVED = "reserved", _("reserved")
        FORFEITED = "forfeited", _("forfeited")
        EXPIRED = "expired", _("expired")
        MEMBER = "member", _("member")

    kind = models.CharField(_("kind"), max_length=9, choices=Kind)
    campaign = models.ForeignKey(
        Campaign,
        models.PROTECT,
        related_name="accounts",
        null=True,
        blank=True,
        db_index=False,
        verbose_name=_("campaign"),
    )
    wester_id = fields.identifier(null=True, blank=True, verbose_name=_("WESTER ID"))
    balance_points = models.BigIntegerField(
        _("balance"),
        db_default=0,
        db_comment="Written only by the transfers' trigger.",
    )
    least_points = models.BigIntegerField(
        _("least balance"),
        db_default=0,
        db_comment="Of an issuer minus the budget of the terms in force, else 0.",
    )

    class Meta:
        # Triggers: points/sql/account_triggers.sql; the balance: points/sql/transfer_triggers.sql.
        verbose_name = _("points account")
        verbose_name_plural = _("points accounts")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "kind"],
                condition=Q(campaign__isnull=False),
                name="account_one_of_a_kind",
            ),
            models.UniqueConstraint(
                fields=["wester_id"],
                condition=Q(wester_id__isnull=False),
                name="account_one_per_member",
            ),
            models.CheckConstraint(
                condition=OF_A_MEMBER | OF_A_CAMPAIGN, name="account_of_a_member_or_a_campaign"
            ),
            models.CheckConstraint(
                condition=Q(balance_points__gte=F("least_points")), name="account_within_its_bound"
            ),
            models.CheckConstraint(
                condition=Q(least_points=0) | Q(kind="issuer", least_points__lt=0),
                name="account_only_issuer_below_zero",
            ),
        ]

    def __str__(self) -> str:
        of = self.campaign.code if self.campaign else f"No. {self.pk}"
        return pgettext("heading", "%(kind)s (%(of)s)") % {
            "kind": self.get_kind_display(),
            "of": of,
        }

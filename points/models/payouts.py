"""The crediting of all awards of a draw, and its parts."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from core.models import Approval
from lottery.models import Draw


class Payout(models.Model):
    """The crediting of a draw's awards, created by its approval.

    What was approved is an upper bound: the recheck only lowers it.

    Source: docs/specs/points.md 2.
    """

    draw = models.OneToOneField(Draw, models.PROTECT, related_name="payout", verbose_name=_("draw"))
    approval = models.ForeignKey(
        Approval, models.PROTECT, related_name="+", verbose_name=_("approval")
    )
    awards = models.IntegerField(_("awards"))
    award_points = models.BigIntegerField(_("points of the awards"))
    list_sha256 = models.CharField(
        max_length=64, db_comment="Of the approved list: key, WESTER ID and points of each award."
    )
    ended_by_budget = models.BooleanField(
        _("ended by the budget"),
        db_comment="Whether a reward did not fit: then lots decided also in prizes that all take.",
    )
    approved_at = models.DateTimeField(_("approved at"))
    ended_at = models.DateTimeField(
        _("ended at"),
        null=True,
        blank=True,
        db_comment="When the last award was credited or forfeited.",
    )
    closed_at = models.DateTimeField(
        _("closed at"), null=True, blank=True, db_comment="When both sides agreed on every key."
    )

    class Meta:
        # Triggers: points/sql/payout_triggers.sql.
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        permissions = [
            ("request_payout", "Can request a payout"),
            ("request_resolution", "Can request that a key be resolved"),
            ("run_payout", "Can run, export, settle and close a payout"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(awards__gte=0, award_points__gte=F("awards")),
                name="payout_of_some_points_each",
            ),
            models.CheckConstraint(
                condition=Q(list_sha256__regex=r"^[0-9a-f]{64}$"), name="payout_hash_is_sha256"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(ended_at__isnull=False),
                name="payout_closed_after_its_end",
            ),
        ]

    def __str__(self) -> str:
        return pgettext("heading", "Payout of %(draw)s") % {"draw": self.draw}


class PayoutPart(models.Model):
    """Some awards of a payout, by rank in one prize; the worker that locks the row pays them."""

    payout = models.ForeignKey(
        Payout, models.PROTECT, related_name="parts", db_index=False, verbose_name=_("payout")
    )
    number = models.IntegerField(_("number"), db_comment="From 0.")
    prize = models.SmallIntegerField(_("prize"), db_comment="Its number in the plan, from 1.")
    first_rank = models.IntegerField(_("first rank"))
    last_rank = models.IntegerField(_("last rank"), db_comment="Inclusive.")
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)

    class Meta:
        # Triggers: points/sql/payoutpart_triggers.sql.
        verbose_name = _("part of a payout")
        verbose_name_plural = _("parts of a payout")
        constraints = [
            models.UniqueConstraint(fields=["payout", "number"], name="payoutpart_once"),
            models.CheckConstraint(
                condition=Q(
                    number__gte=0,
                    prize__gte=1,
                    first_rank__gte=1,
                    last_rank__gte=F("first_rank"),
                ),
                name="payoutpart_of_some_ranks",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payout_id}/{self.number}"

"""Views of the database: where each award stands, each key between both sides, unread answers.

Nothing of this is stored: it follows from transfers, answers and resolutions.
"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from bookings.models import QuarantinedRow, fields
from lottery.models import Award, Draw
from points.models.payouts import Payout
from points.models.settlement import CreditStatus


def view_reference(model: Any, **options: Any) -> Any:
    """Return the field for a column of a view that refers to another table."""
    return models.ForeignKey(
        model, models.DO_NOTHING, db_constraint=False, related_name="+", **options
    )


class AwardStanding(models.Model):
    """What became of one award: whole points, after all reversals.

    The view: points/sql/award_standing.sql.
    """

    class State(models.TextChoices):
        """Where an award stands; ``credited`` and ``forfeited`` are its ends."""

        DRAWN = "drawn", pgettext_lazy("state of an award", "Drawn")
        RESERVED = "reserved", pgettext_lazy("state of an award", "Reserved")
        CREDITED = "credited", pgettext_lazy("state of an award", "Credited")
        FORFEITED = "forfeited", pgettext_lazy("state of an award", "Forfeited")
        VOID = "void", pgettext_lazy("state of an award", "Void")

    award = models.OneToOneField(
        Award, models.DO_NOTHING, db_constraint=False, primary_key=True, related_name="standing"
    )
    draw = view_reference(Draw, verbose_name=_("draw"))
    prize = models.SmallIntegerField(_("prize"))
    rank = models.IntegerField(_("rank"))
    wester_id = fields.identifier(verbose_name=_("WESTER ID"))
    award_points = models.BigIntegerField(_("award"))
    state = models.CharField(_("state"), max_length=9, choices=State)
    credited_points = models.BigIntegerField(_("credited"))
    released_points = models.BigIntegerField(_("released"))
    forfeited_points = models.BigIntegerField(_("forfeited"))
    expired_points = models.BigIntegerField(_("expired"))
    credit_key = models.BinaryField(null=True)
    credited_at = models.DateTimeField(_("credited at"), null=True)
    expires_on = models.DateField(_("expires on"), null=True)
    reason = models.CharField(_("reason"), max_length=40)
    detail = models.TextField(_("detail"))

    class Meta:
        managed = False
        db_table = "points_awardstanding"
        verbose_name = _("award")
        verbose_name_plural = _("awards")

    def __str__(self) -> str:
        words = {"prize": self.prize, "rank": self.rank}
        return pgettext("heading", "Award: prize %(prize)s, place %(rank)s") % words


class KeyStanding(models.Model):
    """What both sides say of one credit; each key is in exactly one class.

    The view: points/sql/key_standing.sql.
    """

    class Class(models.TextChoices):
        """The result of comparing both sides."""

        AGREES = "agrees", _("agrees")
        REJECTED = "rejected", _("rejected")
        MISSING_THERE = "missing_there", _("missing there")
        UNKNOWN_HERE = "unknown_here", _("unknown here")
        AMOUNT_DIFFERS = "amount_differs", _("amount differs")
        ANSWERED_TWICE = "answered_twice", _("answered twice")

    id = models.CharField(primary_key=True, max_length=100)
    payout = view_reference(Payout, verbose_name=_("payout"))
    credit_key = models.BinaryField()
    award = view_reference(Award, null=True, verbose_name=_("award"))
    transfer = view_reference("points.Transfer", null=True, verbose_name=_("credit"))
    points = models.BigIntegerField(_("points here"), null=True)
    is_reversed = models.BooleanField(_("reversed"))
    answered_points = models.BigIntegerField(_("points there"), null=True)
    detail = models.TextField(_("detail"))
    classed = models.CharField(_("class"), max_length=14, choices=Class)
    is_open = models.BooleanField(pgettext_lazy("a key", "open"))
    answered = models.CharField(
        max_length=8,
        choices=CreditStatus,
        blank=True,
        db_comment="The last answer; empty where there is none, or it says both.",
    )

    class Meta:
        managed = False
        db_table = "points_keystanding"
        verbose_name = _("key")
        verbose_name_plural = _("keys")

    def __str__(self) -> str:
        return bytes(self.credit_key).hex()


class WaitingAnswer(models.Model):
    """A row in quarantine that a payout waits for; a row without a key may hold several.

    The view: points/sql/waiting_answer.sql.
    """

    id = models.CharField(primary_key=True, max_length=40)
    payout = view_reference(Payout)
    row = view_reference(QuarantinedRow)

    class Meta:
        managed = False
        default_permissions = ()
        db_table = "points_waitinganswer"

    def __str__(self) -> str:
        return self.id

"""The table of awards with its constraints.

Its triggers stand in lottery/sql/award_triggers.sql.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from lottery.models.draws import Draw
from lottery.models.entrants import Entrant


class Award(models.Model):
    """The points that an entrant wins in a prize; a partial award is less than the reward."""

    draw = models.ForeignKey(
        Draw,
        models.PROTECT,
        related_name="awards",
        db_index=False,
        db_constraint=False,
        verbose_name=_("draw"),
    )
    entrant = models.ForeignKey(
        Entrant, models.PROTECT, related_name="awards", db_index=False, db_constraint=False
    )
    prize = models.SmallIntegerField(_("prize"), db_comment="Its number in the plan, from 1.")
    rank = models.IntegerField(
        _("rank"), db_comment="Place in the order of all entrants, from 1, the same for each prize."
    )
    lot = models.IntegerField(
        _("winning lot"),
        db_comment="Of the entrant's lots the one with the least ticket, from 1.",
    )
    points = models.BigIntegerField(_("points"), db_comment="The reward, or under partial less.")

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        constraints = [
            models.UniqueConstraint(fields=["entrant", "prize"], name="award_of_a_prize_once"),
            models.UniqueConstraint(fields=["draw", "prize", "rank"], name="award_rank_once"),
            models.CheckConstraint(condition=models.Q(rank__gte=1), name="award_rank_from_1"),
            models.CheckConstraint(condition=models.Q(lot__gte=1), name="award_lot_from_1"),
            models.CheckConstraint(condition=models.Q(points__gt=0), name="award_of_some_points"),
        ]

    def __str__(self) -> str:
        return f"{self.draw_id}/{self.prize}/{self.rank}"

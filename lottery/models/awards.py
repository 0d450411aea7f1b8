"""The table of awards with its constraints.

Its triggers stand in lottery/sql/award_triggers.sql.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from lottery.models.draws import Draw
from lottery.models.entrants import Entrant


class Award(models.Model):
    """The points that a drawn entrant wins; a partial award is less than the reward."""

    draw = models.ForeignKey(
        Draw,
        models.PROTECT,
        related_name="awards",
        db_index=False,
        db_constraint=False,
        verbose_name=_("draw"),
    )
    entrant = models.OneToOneField(
        Entrant, models.PROTECT, related_name="award", db_constraint=False
    )
    rank = models.IntegerField(
        _("rank"), db_comment="Place in the order of tickets, from 1; after the winners' the rest."
    )
    points = models.BigIntegerField(_("points"), db_comment="The reward, or under partial less.")

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        constraints = [
            models.UniqueConstraint(fields=["draw", "rank"], name="award_rank_once"),
            models.CheckConstraint(condition=models.Q(rank__gte=1), name="award_rank_from_1"),
            models.CheckConstraint(condition=models.Q(points__gt=0), name="award_of_some_points"),
        ]

    def __str__(self) -> str:
        return f"{self.draw_id}/{self.rank}"

"""What the drawn entrants get."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from lottery.models.draws import Draw
from lottery.models.entrants import Entrant


class Award(models.Model):
    """What one drawn entrant gets; under ``partial`` the last one may be less than the reward."""

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="awards")
    entrant = models.OneToOneField(Entrant, models.PROTECT, related_name="award")
    rank = models.IntegerField(db_comment="Place in the order of tickets, from 1.")
    points = models.BigIntegerField(db_comment="At most the entrant's reward, more than 0.")

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        constraints = [
            models.UniqueConstraint(fields=["draw", "rank"], name="award_rank_once"),
            models.CheckConstraint(condition=models.Q(points__gt=0), name="award_of_some_points"),
        ]

    def __str__(self) -> str:
        return f"{self.draw_id}/{self.rank}"

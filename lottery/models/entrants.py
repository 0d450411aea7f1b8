"""The frozen list: who is in a draw, under which pseudonym, for which reward."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from bookings.models import fields
from lottery.models.draws import Draw


class Entrant(models.Model):
    """A frozen entry. Staff see neither pid nor nonce; files name neither member nor total."""

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="entrants")
    position = models.IntegerField(db_comment="Place in entries.bin, from 0, by pid.")
    wester_id = fields.identifier()
    total_yen = models.BigIntegerField(db_comment="Of the counting bookings, inside the freeze.")
    reward_points = models.BigIntegerField(db_comment="min(total, cap): due if drawn.")
    pid = models.BinaryField(db_comment="16 bytes.")
    nonce = models.BinaryField(db_comment="32 bytes, opens the commitment.")
    commitment = models.BinaryField(db_comment="32 bytes, c of the protocol.")

    class Meta:
        verbose_name = _("entrant")
        verbose_name_plural = _("entrants")
        constraints = [
            models.UniqueConstraint(fields=["draw", "wester_id"], name="entrant_one_per_member"),
            models.UniqueConstraint(fields=["draw", "pid"], name="entrant_pid_once"),
            models.UniqueConstraint(fields=["draw", "position"], name="entrant_position_once"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

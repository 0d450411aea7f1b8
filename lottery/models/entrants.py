"""The table of entrants with its constraints.

Its triggers stand in lottery/sql/entrant_triggers.sql.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from bookings.models import fields
from lottery.models.draws import Draw, has_bytes
from lottery.protocol import HASH_BYTES, PID_BYTES


class Entrant(models.Model):
    """An entrant: one entry on the frozen list of a draw.

    Staff see neither pid (the pseudonym) nor nonce; the published files show neither member nor
    total.
    """

    draw = models.ForeignKey(
        Draw, models.PROTECT, related_name="entrants", db_index=False, db_constraint=False
    )
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
            models.CheckConstraint(
                condition=models.Q(position__gte=0), name="entrant_position_from_0"
            ),
            models.CheckConstraint(
                condition=models.Q(reward_points__gte=1), name="entrant_reward_from_1"
            ),
            models.CheckConstraint(
                condition=has_bytes("pid", PID_BYTES)
                & has_bytes("nonce", HASH_BYTES)
                & has_bytes("commitment", HASH_BYTES),
                name="entrant_bytes_of_their_length",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

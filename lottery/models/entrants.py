"""The table of entrants with its constraints.

Its triggers stand in lottery/sql/entrant_triggers.sql.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from bookings.models import fields
from lottery.models.draws import Cardinality, Draw, has_bytes
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
    facts = models.SmallIntegerField(
        db_comment="Bits of campaign.facts, by the counting bookings, inside the freeze."
    )
    lots = models.IntegerField(db_comment="Chances in the draw, as the plan gives them.")
    mask = models.IntegerField(db_comment="Bit i - 1 is set where the entrant may win prize i.")
    rewards = ArrayField(
        models.BigIntegerField(),
        db_comment="Points in each prize if won; 0 where the entrant may not win it.",
    )
    pid = models.BinaryField(db_comment="16 bytes.")
    nonces = models.BinaryField(
        db_comment="Of each prize 32 bytes, which open the commitment to its reward."
    )
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
                condition=has_bytes("pid", PID_BYTES)
                & has_bytes("nonces", Cardinality("rewards") * HASH_BYTES)
                & has_bytes("commitment", HASH_BYTES),
                name="entrant_bytes_of_their_length",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

"""Whom the freeze considers: the rows that the rules of a member are asked of."""

from django.db import models

from bookings.models import fields


class Candidate(models.Model):
    """Somebody who entered, as a statement of the freeze puts them together; no table has them."""

    wester_id = fields.identifier(primary_key=True)
    entered_at = models.DateTimeField()
    counting_total = models.BigIntegerField()
    has_left = models.BooleanField()

    class Meta:
        managed = False
        default_permissions = ()
        db_table = "candidate"

    def __str__(self) -> str:
        return str(self.counting_total)

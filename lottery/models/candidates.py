"""The rows that the rules of a member are evaluated on; no table."""

from django.db import models

from bookings.models import fields


class Candidate(models.Model):
    """A member who takes part, with what decides whether they become an entrant.

    The rows are those of ``WITH candidate AS (...)`` in lottery/sql/candidates.sql and
    points/payout.py, so that the ORM can compile the rules of a member for them.
    """

    wester_id = fields.identifier(primary_key=True)
    takes_part = models.BooleanField()
    is_elsewhere = models.BooleanField()
    counting_total = models.BigIntegerField()
    facts = models.SmallIntegerField()
    has_left = models.BooleanField()

    class Meta:
        managed = False
        default_permissions = ()
        db_table = "candidate"

    def __str__(self) -> str:
        return str(self.counting_total)

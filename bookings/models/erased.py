"""The table of identifiers that were erased: their keyed hashes, and nothing of the person."""

from django.db import models
from django.db.models import Q


class ErasedIdentifier(models.Model):
    """The keyed hash of a WESTER ID or EX member number that an erasure removed.

    A feed row that names it is a duplicate, unless the person signed in again and what the row says
    happened after that. Written only by points/sql/erase_member.sql.
    """

    hash = models.CharField(
        primary_key=True,
        max_length=64,
        db_collation="C",
        db_comment="Of bookings.erased.hash_identifier, lower-case hex.",
    )
    case_no = models.BigIntegerField(db_comment="The number of the erasure: points_erasure.id.")
    returned_at = models.DateTimeField(
        null=True, db_comment="When the person signed in again: later feed rows are applied."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(hash__regex=r"^[0-9a-f]{64}$"), name="erasedidentifier_hash_is_hex"
            )
        ]

    def __str__(self) -> str:
        return str(self.case_no)

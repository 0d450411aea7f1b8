"""Whose totals have to be computed again."""

from django.db import models
from django.db.models import Q

from bookings.models import fields


class MemberMark(models.Model):
    """Something changed for the members of this WESTER ID, or of this EX member number.

    Written in the transaction of the change and never merged with a mark that exists: that one may
    be consumed by a run which does not see the change yet.
    """

    wester_id = fields.identifier(null=True)
    ex_member_no = fields.identifier(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(wester_id__isnull=False, ex_member_no__isnull=True)
                | Q(wester_id__isnull=True, ex_member_no__isnull=False),
                name="membermark_names_one_member",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

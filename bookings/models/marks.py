"""The table of marks: whose totals must be recomputed.

A mark is a row that names a member whose bookings or registrations have changed since their total
was computed. Loads write marks; the start of the next run consumes them (campaign/due.py).
"""

from django.db import models
from django.db.models import Q

from bookings.models import fields


class MemberMark(models.Model):
    """A mark: the total of this WESTER ID or EX member number must be recomputed.

    Each change writes its own mark, in its own transaction, and never relies on an existing one: a
    run that does not see the change yet may consume that.
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

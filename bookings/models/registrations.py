"""The tables of EX registrations: which EX member has which WESTER ID."""

from django.db import models
from django.db.models import Q

from bookings.enumerations import MemberKind
from bookings.models import fields


class RegistrationValues(models.Model):
    """The values of one delivered row."""

    member_kind = models.CharField(max_length=32, choices=MemberKind)
    wester_id = fields.identifier()
    points_registered_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField()
    row_text = models.BinaryField(
        db_comment="The five fields unquoted in UTF-8, joined by 0x1F: decides a tie of updated_at."
    )

    class Meta:
        abstract = True


class ExRegistration(RegistrationValues):
    """The current registration: of a number's rows the one with greatest (updated_at, row_text)."""

    ex_member_no = fields.IdentifierKey()

    class Meta:
        indexes = [models.Index(fields=["wester_id"], name="exregistration_wester_id")]
        constraints = [
            models.CheckConstraint(
                condition=Q(member_kind__in=MemberKind.values), name="exregistration_kind_known"
            )
        ]

    def __str__(self) -> str:
        return str(self.ex_member_no)


class RegistrationRow(RegistrationValues):
    """Every accepted row once, by its values, to distinguish repeated rows from new ones."""

    ex_member_no = fields.identifier()

    class Meta:
        # Its triggers are in bookings/sql/registrationrow_triggers.sql.
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "ex_member_no",
                    "member_kind",
                    "wester_id",
                    "points_registered_at",
                    "updated_at",
                ],
                nulls_distinct=False,
                name="registrationrow_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.ex_member_no} {self.updated_at}"

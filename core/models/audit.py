"""The audit: who did what, when and from where, and the seals over its records.

The triggers are in core/sql/auditrecord_triggers.sql and core/sql/auditseal_triggers.sql.
"""

from datetime import UTC, datetime

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Func, Q
from django.utils import formats
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from core import action_names
from core.models.approvals import Approval

# What happens on a page before anybody is signed in.
WITHOUT_A_PERSON = ("staff.locked_out", "staff.sign_in_failed")
BY_ACCOUNT = Q(user__isnull=False) & ~Q(name="")
BY_MACHINE = Q(user__isnull=True, name="") & ~Q(os_user="")
BY_NOBODY = Q(user__isnull=True, name="", os_user="", host="", action__in=WITHOUT_A_PERSON)

HASH_BYTES = 40  # of one record in the hashes of a seal
SHA256 = r"^[0-9a-f]{64}$"
# Python has no infinite instant; a page could not show a record of one.
INSTANTS = (datetime(2000, 1, 1, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC))


class AuditRecord(models.Model):
    """One action: who did what, when and from where; never changed, never deleted."""

    WITHOUT_A_PERSON = WITHOUT_A_PERSON

    at = models.DateTimeField(_("at"))
    action = models.CharField(_("action"), max_length=40)
    subject = models.CharField(_("subject"), max_length=100)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_comment="Null where a command needs no account, and where nobody was signed in.",
        verbose_name=_("user"),
    )
    name = models.CharField(
        _("name"),
        max_length=150,
        db_default="",
        blank=True,
        db_comment="Of the account when it acted; empty without one.",
    )
    os_user = models.CharField(
        _("user of the machine"),
        max_length=100,
        db_default="",
        blank=True,
        db_comment="Of a command; empty for the web.",
    )
    host = models.CharField(
        _("machine"),
        max_length=255,
        db_default="",
        blank=True,
        db_comment="Of a command; empty for the web.",
    )
    detail = models.JSONField(_("detail"), default=dict, blank=True)

    class Meta:
        verbose_name = _("audit record")
        verbose_name_plural = _("audit records")
        indexes = [  # of the searches, all of which show the newest records first
            models.Index(fields=["at", "id"], name="auditrecord_at"),
            models.Index(fields=["name", "at", "id"], name="auditrecord_name_at"),
            models.Index(fields=["action", "at", "id"], name="auditrecord_action_at"),
            models.Index(fields=["subject", "at", "id"], name="auditrecord_subject_at"),
            GinIndex(
                fields=["detail"], opclasses=["jsonb_path_ops"], name="auditrecord_detail_has"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=BY_ACCOUNT | BY_MACHINE | BY_NOBODY, name="auditrecord_names_a_user"
            ),
            models.CheckConstraint(
                condition=Q(at__range=INSTANTS), name="auditrecord_at_an_instant"
            ),
        ]

    def __str__(self) -> str:
        at = formats.date_format(localtime(self.at), "SHORT_DATETIME_FORMAT")
        return f"{at} {action_names.name_of(self.action)}"


class AuditSeal(models.Model):
    """The hash of a batch of records, chained to the seal before it; see core.sealing.

    A batch has every record after the last one of the seal before, up to its own last one.
    """

    number = models.PositiveBigIntegerField(
        _("number"), primary_key=True, db_comment="Without gaps, from 1."
    )
    last_record = models.BigIntegerField(_("last record"))
    records = models.PositiveIntegerField(_("records"))
    hashes = models.BinaryField(
        db_comment="Of each record, by number: the number in 8 bytes, its SHA-256 in 32."
    )
    previous_sha256 = models.CharField(
        _("the seal before"),
        max_length=64,
        db_comment="chain_sha256 of the seal before; zeros for the first.",
    )
    chain_sha256 = models.CharField(
        _("SHA-256 of the seal"),
        max_length=64,
        db_comment="Of the canonical JSON of the other columns, with the SHA-256 of hashes.",
    )
    sealed_at = models.DateTimeField(_("sealed at"))

    class Meta:
        verbose_name = _("seal of the audit")
        verbose_name_plural = _("seals of the audit")
        constraints = [
            models.CheckConstraint(
                condition=Q(records__gte=1)
                & Q(records=Func("hashes", function="octet_length") / HASH_BYTES),
                name="auditseal_has_records",
            ),
            models.CheckConstraint(
                condition=Q(previous_sha256__regex=SHA256) & Q(chain_sha256__regex=SHA256),
                name="auditseal_hashes_are_sha256",
            ),
            models.CheckConstraint(
                condition=Q(sealed_at__range=INSTANTS), name="auditseal_at_an_instant"
            ),
        ]

    def __str__(self) -> str:
        return pgettext("heading", "Seal No. %(number)s") % {"number": self.number}


class AuditRemoval(models.Model):
    """A sealed record that an approved purge or erasure deleted; its seal still has its hash.

    Only a function of the tables' owner deletes records and adds these.
    """

    record = models.BigIntegerField(primary_key=True)
    approval = models.ForeignKey(Approval, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("removal from the audit")
        verbose_name_plural = _("removals from the audit")

    def __str__(self) -> str:
        return str(self.record)

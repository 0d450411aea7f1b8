"""The audit: who did what, when and from where.

Its triggers are in core/sql/auditrecord_triggers.sql.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# What happens on a page before anybody is signed in.
WITHOUT_A_PERSON = ("staff.locked_out", "staff.sign_in_failed")
BY_ACCOUNT = Q(user__isnull=False) & ~Q(name="")
BY_MACHINE = Q(user__isnull=True, name="") & ~Q(os_user="")
BY_NOBODY = Q(user__isnull=True, name="", os_user="", host="", action__in=WITHOUT_A_PERSON)


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
        constraints = [
            models.CheckConstraint(
                condition=BY_ACCOUNT | BY_MACHINE | BY_NOBODY, name="auditrecord_names_a_user"
            )
        ]

    def __str__(self) -> str:
        return f"{self.at} {self.action} {self.subject}"

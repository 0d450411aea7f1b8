"""The audit: who did what, when and from where.

Its triggers are in core/sql/auditrecord_triggers.sql.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class AuditRecord(models.Model):
    """One action: who did what, when and from where; never changed, never deleted."""

    at = models.DateTimeField(_("at"))
    action = models.CharField(_("action"), max_length=40)
    subject = models.CharField(_("subject"), max_length=100)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_comment="Null where a command needs no account, such as the one that adds them.",
        verbose_name=_("user"),
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
                condition=Q(user__isnull=False) | ~Q(os_user=""), name="auditrecord_names_a_user"
            )
        ]

    def __str__(self) -> str:
        return f"{self.at} {self.action} {self.subject}"

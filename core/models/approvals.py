"""Four eyes: what one person requests and another one approves.

Its triggers are in core/sql/approval_triggers.sql.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from core import action_names

MAX_REASON_LENGTH = 500

OPEN = Q(state="open", decided_by__isnull=True, decided_at__isnull=True)
APPROVED = Q(state="approved", decided_by__isnull=False, decided_at__isnull=False)
REFUSED = Q(state="refused", decided_by__isnull=False, decided_at__isnull=False)
SUPERSEDED = Q(state="superseded", decided_by__isnull=True, decided_at__isnull=False)


class Approval(models.Model):
    """A request for an action with one exact content, and a second person's decision."""

    class State(models.TextChoices):
        """What became of the request; it moves once, from open."""

        OPEN = "open", _("open")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")
        SUPERSEDED = "superseded", _("superseded")

    action = models.CharField(_("action"), max_length=40)
    subject = models.CharField(
        _("subject"), max_length=100, db_comment="What it is about, such as a campaign's code."
    )
    content = models.JSONField(_("content"), db_comment="What is approved, for the eye to read.")
    content_sha256 = models.CharField(
        max_length=64, db_comment="Of the canonical JSON of content, lower-case hex."
    )
    state = models.CharField(_("state"), max_length=10, choices=State, db_default=State.OPEN)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="requested_approvals",
        verbose_name=_("requested by"),
    )
    requested_by_name = models.CharField(
        _("requested by"),
        max_length=150,
        blank=True,
        db_default="",
        db_comment="The account's name when it asked; the database fills it in.",
    )
    requested_os_user = models.CharField(
        _("requested by the machine's user"),
        max_length=100,
        blank=True,
        db_default="",
        db_comment="Who typed the command, which only claims a name; empty for the web.",
    )
    requested_host = models.CharField(
        _("requested on the machine"),
        max_length=255,
        blank=True,
        db_default="",
        db_comment="Of a command; empty for the web.",
    )
    requested_at = models.DateTimeField(_("requested at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="decided_approvals",
        null=True,
        blank=True,
        verbose_name=_("decided by"),
    )
    decided_by_name = models.CharField(
        _("decided by"),
        max_length=150,
        blank=True,
        db_default="",
        db_comment="The account's name when it decided; the database fills it in.",
    )
    decided_os_user = models.CharField(
        _("decided by the machine's user"),
        max_length=100,
        blank=True,
        db_default="",
        db_comment="Of a command; empty for the web.",
    )
    decided_host = models.CharField(
        _("decided on the machine"),
        max_length=255,
        blank=True,
        db_default="",
        db_comment="Of a command; empty for the web.",
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    refused_because = models.CharField(
        pgettext_lazy("of a refusal", "reason"),
        max_length=MAX_REASON_LENGTH,
        blank=True,
        db_default="",
        db_comment="Of a refusal, for the person who asked; empty where they withdrew it.",
    )

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        permissions = [("decide_approval", "Can approve or refuse what others ask for")]
        constraints = [
            models.CheckConstraint(
                condition=OPEN | APPROVED | REFUSED | SUPERSEDED, name="approval_open_or_ended"
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | ~Q(decided_by=F("requested_by")),
                name="approval_by_another_person",
            ),
            models.CheckConstraint(
                condition=Q(content_sha256__regex=r"^[0-9a-f]{64}$"), name="approval_hash_is_sha256"
            ),
            models.CheckConstraint(
                condition=Q(refused_because="") | Q(state="refused"),
                name="approval_reason_of_a_refusal",
            ),
            models.UniqueConstraint(
                fields=["action", "subject"],
                condition=Q(state="open"),
                name="approval_one_open_per_subject",
            ),
        ]

    def __str__(self) -> str:
        words = {"action": action_names.name_of(self.action), "state": self.get_state_display()}
        return pgettext("heading", "%(action)s (%(state)s)") % words

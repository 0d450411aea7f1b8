"""How staff sign in: the sessions they have open, and the tries that failed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class StaffSession(models.Model):
    """One browser in which a staff user signed in with the password.

    All instants are the database server's real time: a moved clock ends no session.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("user")
    )
    browser = models.CharField(
        _("browser"), max_length=200, db_comment="As the browser names itself; anybody can send it."
    )
    started_at = models.DateTimeField(_("started at"), db_default=Now())
    seen_at = models.DateTimeField(_("last used at"), db_default=Now())
    factor_at = models.DateTimeField(
        _("second factor given at"),
        null=True,
        blank=True,
        db_comment="The last time. Null: the password only, which opens no page.",
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("ended by"),
    )

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        indexes = [models.Index(fields=["user", "started_at"], name="staffsession_of_user")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="staffsession_open_or_ended_by_a_person",
            )
        ]

    def __str__(self) -> str:
        return f"session {self.pk} of user {self.user_id}"


class SignInTries(models.Model):
    """The tries for one account that were not (yet) right, of known or of unknown browsers.

    A browser is known to an account that signed in with it before. Each known one has a row of its
    own, all unknown ones share one: what fails in these never pauses a known one.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        db_comment="Null: all names that belong to no account of staff.",
    )
    device = models.CharField(
        max_length=32, db_comment="Number of a known browser; empty: all unknown browsers."
    )
    tries = models.SmallIntegerField(db_comment="Since the last sign-in or pause.")
    tried_at = models.DateTimeField(db_comment="The last of them.")
    paused_until = models.DateTimeField(
        null=True, db_comment="Exclusive. Nothing is tried before; null: never paused."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "device"],
                nulls_distinct=False,
                name="signintries_one_per_account_and_browser",
            )
        ]

    def __str__(self) -> str:
        return f"{self.tries} tries for user {self.user_id}"

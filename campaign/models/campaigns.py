"""One dated promotion; what it promises is in its terms.

Its triggers are in campaign/sql/campaign_triggers.sql and, those of a draw, in
lottery/sql/campaign_triggers.sql.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

IDENTIFIER = r"^[A-Za-z0-9_-]{1,40}$"


class Campaign(models.Model):
    """One dated promotion.

    It has no column of its state: that follows from the clock, the terms and the draw.
    """

    code = models.CharField(_("code"), max_length=40, unique=True, db_collation="C")
    entries_frozen_at = models.DateTimeField(
        _("entries frozen at"),
        null=True,
        blank=True,
        editable=False,
        db_comment="Set by the freeze, cleared by a void; while it is set, members cannot enter.",
    )

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=IDENTIFIER), name="campaign_code_is_identifier"
            )
        ]

    def __str__(self) -> str:
        return str(self.code)

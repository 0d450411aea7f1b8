"""The draft of a campaign that has not the form of a campaign file yet.

Staff write a draft step by step. While a value is missing, no row of the terms can hold it: the
file stands here as far as it goes. Once it is complete it becomes the draft of the terms, and this
row is deleted.
"""

from django.db import models
from django.db.models import Func, Q, Value
from django.utils.translation import gettext_lazy as _

from campaign.models.campaigns import IDENTIFIER


class UnfinishedDraft(models.Model):
    """A campaign file with values missing; at most one for a campaign's code."""

    code = models.CharField(_("code"), max_length=40, unique=True, db_collation="C")
    content = models.JSONField(
        _("content"), db_comment="As a campaign file; null where nothing was given yet."
    )

    class Meta:
        verbose_name = _("unfinished draft")
        verbose_name_plural = _("unfinished drafts")
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=IDENTIFIER), name="unfinisheddraft_code_is_identifier"
            ),
            models.CheckConstraint(
                condition=Q(
                    models.lookups.Exact(
                        Func("content", function="jsonb_typeof", output_field=models.TextField()),
                        Value("object"),
                    )
                ),
                name="unfinisheddraft_content_is_object",
            ),
        ]

    def __str__(self) -> str:
        return str(self.code)

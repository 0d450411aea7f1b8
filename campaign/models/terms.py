"""The terms of a campaign: its numbers and lists, one row a version."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bookings.enumerations import MemberKind
from campaign.models.campaigns import Campaign
from campaign.models.terms_rules import TERMS_RULES
from campaign.sentences import TERMS_SENTENCES

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

DRAFT = Q(published_at__isnull=True, published_by__isnull=True)
PUBLISHED = Q(published_at__isnull=False, published_by__isnull=False)


def member_kinds(label: "StrPromise") -> "ArrayField[Any, Any]":
    """Return a column for a list of member kinds."""
    return ArrayField(
        models.CharField(max_length=100, choices=MemberKind),
        default=list,
        blank=True,
        verbose_name=label,
    )


class Terms(models.Model):
    """One version of what a campaign promises; a published one never changes."""

    class Policy(models.TextChoices):
        """What happens where the budget ends."""

        STOP = "stop", _("stop")
        PARTIAL = "partial", _("partial")

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="terms", verbose_name=_("campaign")
    )
    version = models.PositiveSmallIntegerField(pgettext_lazy("of terms", "version"))
    name_ja = models.CharField(_("name in Japanese"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100)
    public_at = models.DateTimeField(_("page public from"))
    opens_at = models.DateTimeField(_("entry from"))
    closes_at = models.DateTimeField(_("entry until"), db_comment="Exclusive.")
    travel_first = models.DateField(_("first travel date"))
    travel_last = models.DateField(_("last travel date"), db_comment="Inclusive.")
    minimum_total_yen = models.BigIntegerField(_("minimum total (yen)"))
    reward_cap_points = models.BigIntegerField(_("largest reward (points)"))
    budget_points = models.BigIntegerField(_("total of all rewards (points)"))
    policy = models.CharField(_("cut at the budget"), max_length=100, choices=Policy)
    credit_at = models.DateTimeField(_("credited at"))
    expires_on = models.DateField(_("points expire on"), db_comment="The last day they are valid.")
    time_zone = models.CharField(_("time zone"), max_length=100, default="Asia/Tokyo")
    operator = models.CharField(
        _("operator"), max_length=100, db_comment="The journey must run over a section of it."
    )
    kinds_excluded = member_kinds(_("member kinds left out"))
    kinds_registered = member_kinds(_("member kinds that must register before booking"))
    kinds_free = member_kinds(_("member kinds that need no registration"))
    expected_sales_yen = models.BigIntegerField(
        _("expected sales (yen)"),
        db_comment="Of the campaign; the prize law takes its share of this.",
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("published by"),
    )

    class Meta:
        # Its triggers stand in campaign/sql/terms_triggers.sql.
        verbose_name = _("terms")
        verbose_name_plural = _("terms")
        permissions = [("request_publication", "Can ask for terms to be published or revised")]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "version"], name="terms_one_per_version"),
            models.UniqueConstraint(
                fields=["campaign"], condition=DRAFT, name="terms_one_draft_per_campaign"
            ),
            models.CheckConstraint(condition=DRAFT | PUBLISHED, name="terms_draft_or_published"),
            *TERMS_RULES,
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} v{self.version}"

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Name every rule that is broken by its sentence, the same as for a campaign file.

        Raises:
            ValidationError: at least one rule is broken.
        """
        broken: list[StrPromise | ValidationError] = []
        for constraint in self._meta.constraints:
            try:
                constraint.validate(type(self), self, exclude=set(exclude or ()))
            except ValidationError as failure:
                broken.append(TERMS_SENTENCES.get(constraint.name, failure))
        if broken:
            raise ValidationError(broken)

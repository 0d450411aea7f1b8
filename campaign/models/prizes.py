"""The prizes of a version of the terms, one row each.

Their triggers are in campaign/sql/prize_triggers.sql; the functions of their constraints in
campaign/sql/fits.sql.
"""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _

from campaign.file_form import MAX_PERCENT, MAX_PRIZES
from campaign.file_values import MAX_NUMBER
from campaign.models.campaigns import IDENTIFIER
from campaign.models.terms import Fits, Terms, from_1

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


class Take(models.TextChoices):
    """Who wins a prize."""

    ALL = "all", _("everybody")
    WINNERS = "winners", _("a number of winners")
    ONE_IN = "one_in", _("one in so many")


class RewardKind(models.TextChoices):
    """What a winner gets."""

    SPENT = "spent", _("a share of what was spent")
    FIXED = "fixed", _("fixed points")
    POOL = "pool", _("a share of a pool")


def optional(label: "StrPromise", **options: Any) -> "models.BigIntegerField[Any, Any]":
    """Return a column for a number that some prizes have."""
    return models.BigIntegerField(label, null=True, blank=True, **options)


class Prize(models.Model):
    """One prize of a plan. Source: docs/specs/campaigns.md 4."""

    terms = models.ForeignKey(
        Terms, models.PROTECT, related_name="prizes", db_index=False, verbose_name=_("terms")
    )
    number = models.PositiveSmallIntegerField(
        _("number"), db_comment="From 1, in the plan's order."
    )
    code = models.CharField(_("code"), max_length=40, db_collation="C")
    name_ja = models.CharField(_("name in Japanese"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100)
    take = models.CharField(_("who wins"), max_length=7, choices=Take)
    take_count = optional(_("number of winners, or one in"), db_comment="Null: everybody.")
    minimum_total_yen = optional(
        _("minimum total (yen)"), db_comment="Its own; null: that of the campaign."
    )
    beside = models.BooleanField(
        _("won beside earlier prizes"), default=False, db_comment="False: earlier winners do not."
    )
    kind = models.CharField(_("kind of reward"), max_length=5, choices=RewardKind)
    percent = optional(_("percent of what was spent"))
    cap = optional(_("largest reward (points)"))
    cap_if = models.JSONField(
        _("other caps"), default=list, blank=True, db_comment="As in a campaign file."
    )
    points = optional(_("points"), db_comment="Of each winner, or of the whole pool.")

    class Meta:
        verbose_name = _("prize")
        verbose_name_plural = _("prizes")
        constraints = [
            models.UniqueConstraint(fields=["terms", "number"], name="prize_number_once"),
            models.UniqueConstraint(fields=["terms", "code"], name="prize_code_once"),
            models.CheckConstraint(
                condition=Q(number__range=(1, MAX_PRIZES)), name="prize_number_from_1_to_16"
            ),
            models.CheckConstraint(
                condition=Q(code__regex=IDENTIFIER), name="prize_code_is_identifier"
            ),
            models.CheckConstraint(
                condition=Q(take=Take.ALL, take_count__isnull=True)
                | Q(take=Take.WINNERS, take_count__isnull=False, take_count__range=(1, MAX_NUMBER))
                | Q(take=Take.ONE_IN, take_count__isnull=False, take_count__range=(2, MAX_NUMBER)),
                name="prize_take_has_its_count",
            ),
            models.CheckConstraint(
                condition=Q(minimum_total_yen__isnull=True) | from_1("minimum_total_yen"),
                name="prize_minimum_in_range",
            ),
            models.CheckConstraint(
                condition=Q(beside=False) | Q(take=Take.ALL), name="prize_beside_takes_all"
            ),
            models.CheckConstraint(
                condition=(
                    Q(kind=RewardKind.SPENT, percent__range=(1, MAX_PERCENT), points__isnull=True)
                    & Q(percent__isnull=False, cap__isnull=False)
                    & from_1("cap")
                )
                | (
                    Q(kind=RewardKind.FIXED, percent__isnull=True, cap__isnull=True)
                    & Q(points__isnull=False)
                    & from_1("points")
                )
                | (
                    Q(kind=RewardKind.POOL, percent__isnull=True, points__isnull=False)
                    & (Q(cap__isnull=True) | from_1("cap"))
                    & from_1("points")
                ),
                name="prize_reward_has_its_words",
            ),
            models.CheckConstraint(
                condition=~Q(kind=RewardKind.POOL)
                | Q(take=Take.ALL, minimum_total_yen__isnull=True),
                name="prize_pool_takes_all",
            ),
            models.CheckConstraint(
                condition=Q(
                    Fits(
                        "cap_if",
                        Value("cap"),
                        Value(1),
                        Value(MAX_NUMBER),
                        function="campaign_whens_fit",
                    )
                )
                & (Q(cap_if=[]) | Q(kind=RewardKind.SPENT)),
                name="prize_cap_if_fits",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.terms_id} {self.code}"

"""The terms of a campaign: its numbers and lists, one row a version.

Their triggers are in campaign/sql/terms_triggers.sql; the function of a constraint is in
campaign/sql/is_sorted_set.sql.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Mod
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bookings.enumerations import MemberKind
from campaign.models.campaigns import Campaign
from campaign.sentences import TERMS_SENTENCES

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

MAX_EXACT = 2**53 - 1  # whole numbers up to here are the same in every JSON reader
DRAFT = Q(published_at__isnull=True, published_by__isnull=True)
PUBLISHED = Q(published_at__isnull=False, published_by__isnull=False)
# Beyond, programs disagree about what an instant is; the other rules bound all that lies between.
FROM_2000_TO_2099 = Q(
    public_at__gte=datetime(1999, 12, 31, 15, tzinfo=UTC),  # Japan is nine hours ahead
    travel_first__gte=date(2000, 1, 1),
    expires_on__lte=date(2099, 12, 31),
)


class BudgetPolicy(models.TextChoices):
    """What happens where the budget ends."""

    STOP = "stop", _("stop")
    PARTIAL = "partial", _("partial")


class IsSortedSet(Func):
    """Whether an array is sorted as bytes and names nothing twice."""

    function = "campaign_is_sorted_set"
    output_field = models.BooleanField()


class EpochSeconds(Func):
    """Unix seconds of an instant, with their fraction."""

    template = "EXTRACT(EPOCH FROM %(expressions)s)"
    output_field = models.DecimalField()


class JapaneseDay(Func):
    """The day of an instant in Japan's calendar."""

    template = "(%(expressions)s AT TIME ZONE 'Asia/Tokyo')::date"
    output_field = models.DateField()


def whole_second(*fields: str) -> Q:
    """Return the condition that these instants are whole seconds, as the manifest writes them."""
    condition = Q()
    for field in fields:
        condition &= Q(models.lookups.Exact(Mod(EpochSeconds(F(field)), 1), 0))
    return condition


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
    policy = models.CharField(_("cut at the budget"), max_length=100, choices=BudgetPolicy)
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
        verbose_name = _("terms")
        verbose_name_plural = _("terms")
        permissions = [("request_publication", "Can ask for terms to be published or revised")]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "version"], name="terms_one_per_version"),
            models.UniqueConstraint(
                fields=["campaign"], condition=DRAFT, name="terms_one_draft_per_campaign"
            ),
            models.CheckConstraint(condition=DRAFT | PUBLISHED, name="terms_draft_or_published"),
            models.CheckConstraint(condition=Q(version__gte=1), name="terms_version_from_1"),
            models.CheckConstraint(
                condition=~Q(name_ja="") & ~Q(name_en="") & ~Q(operator=""),
                name="terms_names_not_empty",
            ),
            # The operator is printed in the draw's terms.json, whose strings are ASCII: only the
            # freeze would find any other name, when nothing can be changed any more.
            models.CheckConstraint(
                condition=Q(operator__regex=r"^[ -~]*$"), name="terms_operator_is_ascii"
            ),
            models.CheckConstraint(
                condition=FROM_2000_TO_2099, name="terms_dates_from_2000_to_2099"
            ),
            models.CheckConstraint(
                condition=Q(public_at__lte=F("opens_at")), name="terms_public_before_entry"
            ),
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("closes_at")), name="terms_entry_opens_before_closing"
            ),
            models.CheckConstraint(
                condition=Q(travel_first__lte=F("travel_last")), name="terms_travel_dates_in_order"
            ),
            models.CheckConstraint(
                condition=Q(credit_at__gte=F("closes_at")), name="terms_credit_after_entry"
            ),
            models.CheckConstraint(
                condition=Q(travel_last__lt=JapaneseDay("credit_at")),
                name="terms_credit_after_travel",
            ),
            models.CheckConstraint(
                condition=Q(expires_on__gt=JapaneseDay("credit_at")),
                name="terms_expiry_after_credit",
            ),
            models.CheckConstraint(
                condition=whole_second("public_at", "opens_at", "closes_at", "credit_at"),
                name="terms_instants_whole_seconds",
            ),
            models.CheckConstraint(
                condition=Q(minimum_total_yen__range=(1, MAX_EXACT)), name="terms_minimum_in_range"
            ),
            models.CheckConstraint(
                condition=Q(reward_cap_points__range=(1, MAX_EXACT)), name="terms_cap_in_range"
            ),
            models.CheckConstraint(
                condition=Q(budget_points__range=(1, MAX_EXACT)), name="terms_budget_in_range"
            ),
            models.CheckConstraint(
                condition=Q(expected_sales_yen__range=(1, MAX_EXACT)),
                name="terms_sales_in_range",
            ),
            models.CheckConstraint(
                condition=Q(policy__in=BudgetPolicy.values), name="terms_policy_known"
            ),
            models.CheckConstraint(
                condition=Q(time_zone="Asia/Tokyo"), name="terms_time_zone_is_japan"
            ),
            models.CheckConstraint(
                condition=Q(
                    kinds_excluded__contained_by=MemberKind.values,
                    kinds_registered__contained_by=MemberKind.values,
                    kinds_free__contained_by=MemberKind.values,
                ),
                name="terms_kinds_known",
            ),
            models.CheckConstraint(
                condition=~Q(kinds_excluded__overlap=F("kinds_registered"))
                & ~Q(kinds_excluded__overlap=F("kinds_free"))
                & ~Q(kinds_registered__overlap=F("kinds_free")),
                name="terms_kinds_on_one_list",
            ),
            models.CheckConstraint(
                condition=Q(IsSortedSet("kinds_excluded"))
                & Q(IsSortedSet("kinds_registered"))
                & Q(IsSortedSet("kinds_free")),
                name="terms_kinds_sorted_once",
            ),
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
